"""Previews of a LoRA in training: every prompt with every seed, each time, and the training none the wiser.

The adapter draws as it stands, unmerged, or is passed over for the picture of step 0. Pictures have generators of their
own; the global random state is put back, no gradient flag changes, and no byte of the base is written.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import torch
from PIL import Image

from studio.core.recipe import Recipe
from studio.engine.anima.checkpoint import Anima
from studio.engine.anima.pipeline import OnStep, Picture, Stop, rendered
from studio.engine.lora.inject import disabled
from studio.engine.precision import arithmetic, training_dtype


@dataclass(frozen=True, slots=True)
class Preview:
    """One picture; `prompt` counts the recipe's prompts from 0."""

    prompt: int
    seed: int
    picture: Picture
    image: Image.Image


def preview_pictures(recipe: Recipe, trigger: str) -> tuple[Picture, ...]:
    """All prompts with all seeds, prompt by prompt; `{trigger}` becomes the character's word."""
    return tuple(_picture(recipe, prompt.replace("{trigger}", trigger), seed) for prompt, seed in _pairs(recipe))


def render_previews(
    anima: Anima,
    recipe: Recipe,
    trigger: str,
    *,
    adapter: bool = True,
    on_step: OnStep | None = None,
    stop: Stop | None = None,
) -> list[Preview]:
    """The previews of now, or of the bare base with `adapter` False. Fewer if `stop` was called before the end."""
    pictures, pairs = preview_pictures(recipe, trigger), _pairs(recipe)
    numbers = {prompt: number for number, prompt in enumerate(recipe.preview_prompts)}
    with _undisturbed(anima, recipe, adapter):
        drawn = dict(rendered(anima, pictures, on_step=on_step, stop=stop))
    return [
        Preview(numbers[prompt], seed, pictures[place], drawn[place])
        for place, (prompt, seed) in enumerate(pairs)
        if place in drawn
    ]


@contextmanager
def _undisturbed(anima: Anima, recipe: Recipe, adapter: bool) -> Iterator[None]:
    cuda = [anima.device] if anima.device.type == "cuda" else []
    with ExitStack() as stack:
        stack.enter_context(torch.no_grad())
        stack.enter_context(torch.random.fork_rng(devices=cuda))
        stack.enter_context(arithmetic(anima.device, training_dtype(recipe.precision, anima.device)))
        if not adapter:
            stack.enter_context(disabled(anima.transformer))
        yield


def _pairs(recipe: Recipe) -> list[tuple[str, int]]:
    return [(prompt, seed) for prompt in recipe.preview_prompts for seed in recipe.preview_seeds]


def _picture(recipe: Recipe, prompt: str, seed: int) -> Picture:
    return Picture(
        prompt=prompt,
        negative=recipe.preview_negative,
        seed=seed,
        steps=recipe.preview_steps,
        cfg=recipe.preview_cfg,
        sampler=recipe.preview_sampler,
        scheduler=recipe.preview_scheduler,
        width=recipe.preview_width,
        height=recipe.preview_height,
    )
