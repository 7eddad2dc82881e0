"""Which pictures a training run draws of itself: all prompts of its recipe with all their seeds."""

from collections.abc import Iterable
from itertools import product

from studio.core.caption import fill, prompt_words
from studio.core.knobs import Setting
from studio.core.recipe import Recipe
from studio.core.spec import RenderSpec

_SHARED = ("negative", "steps", "cfg", "sampler", "scheduler", "width", "height")


def preview_specs(recipe: Recipe, trigger: str, triggers: Iterable[str] = ()) -> tuple[RenderSpec, ...]:
    """Every prompt with every seed, prompt by prompt, for the character of that trigger; `triggers` are the run's."""
    words, shared = prompt_words(trigger, triggers), preview_settings(recipe)
    pairs = product(recipe.preview_prompts, recipe.preview_seeds)
    return tuple(RenderSpec(prompt=fill(prompt, words), seed=seed, **shared) for prompt, seed in pairs)


def preview_settings(recipe: Recipe) -> dict[str, Setting]:
    """What all previews have in common, by the names of a `RenderSpec`."""
    return {name: getattr(recipe, f"preview_{name}") for name in _SHARED}
