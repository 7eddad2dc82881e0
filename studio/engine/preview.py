"""Previews of a LoRA in training: every prompt with every seed, each time, and the training none the wiser.

The adapter draws as it stands, unmerged, or is passed over for the picture of step 0. Pictures have generators of their
own; the global random state is put back, no gradient flag changes, and no byte of the base is written.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import torch
from PIL import Image

from studio.core.previews import preview_specs
from studio.core.recipe import Recipe
from studio.core.spec import RenderSpec
from studio.engine.anima.checkpoint import Anima
from studio.engine.anima.pipeline import OnStep, Picture, Stop, rendered
from studio.engine.lora.inject import disabled
from studio.engine.precision import arithmetic, training_dtype


@dataclass(frozen=True, slots=True)
class Preview:
    """One picture and what it was drawn from; `prompt` counts the recipe's prompts from 0."""

    prompt: int
    spec: RenderSpec
    image: Image.Image


def render_previews(
    anima: Anima,
    recipe: Recipe,
    trigger: str,
    triggers: Iterable[str] = (),
    *,
    adapter: bool = True,
    on_step: OnStep | None = None,
    stop: Stop | None = None,
) -> list[Preview]:
    """The previews of now, or of the bare base with `adapter` False. Fewer if `stop` was called before the end.

    They call the character of `trigger`, in a run of all `triggers`.
    """
    specs, seeds = preview_specs(recipe, trigger, triggers), len(recipe.preview_seeds)
    with _undisturbed(anima, recipe, adapter):
        drawn = dict(rendered(anima, [Picture.of(spec) for spec in specs], on_step=on_step, stop=stop))
    return [Preview(place // seeds, specs[place], drawn[place]) for place in sorted(drawn)]


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
