"""Previews: every prompt with every seed, the same each time, and no trace left behind."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from PIL import Image

from studio.core.previews import preview_specs
from studio.core.recipe import Recipe
from studio.engine.anima.checkpoint import Anima
from studio.engine.anima.pipeline import Picture, render
from studio.engine.lora.inject import adapter_parameters, add_adapter, remove_adapter
from studio.core.prompt import Segment, parse_weights
from studio.engine.preview import render_previews

RECIPE = Recipe(
    preview_prompts=("{trigger}, 1girl", "blue hair"), preview_seeds=(3, 4), preview_steps=2, preview_cfg=2.0,
    preview_width=64, preview_height=64, preview_negative="red",
)  # fmt: skip


@pytest.fixture
def training(tiny_anima: Anima) -> Iterator[Anima]:
    """A base that carries a trained adapter."""
    add_adapter(tiny_anima.transformer, Recipe(rank=2, alpha=8), seed=1)
    own = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for value in adapter_parameters(tiny_anima.transformer):
            value.copy_(torch.randn(value.shape, generator=own) * 0.3)
    yield tiny_anima
    remove_adapter(tiny_anima.transformer)


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image).astype(int)


def test_previews_name_prompt_and_seed(training: Anima) -> None:
    found = render_previews(training, RECIPE, "mira")
    assert [(one.prompt, one.spec.seed) for one in found] == [(0, 3), (0, 4), (1, 3), (1, 4)]
    assert [one.spec for one in found] == list(preview_specs(RECIPE, "mira"))
    assert all(one.image.size == (64, 64) for one in found)


def test_two_previews_of_one_adapter_are_equal(training: Anima) -> None:
    first = render_previews(training, RECIPE, "mira")
    torch.manual_seed(77)
    for one, other in zip(first, render_previews(training, RECIPE, "mira"), strict=True):
        assert np.array_equal(pixels(one.image), pixels(other.image))


def test_without_the_adapter_a_preview_is_the_base(training: Anima) -> None:
    base = render_previews(training, RECIPE, "mira", adapter=False)
    trained = render_previews(training, RECIPE, "mira")
    remove_adapter(training.transformer)
    bare = render(training, [Picture.of(spec) for spec in preview_specs(RECIPE, "mira")])
    add_adapter(training.transformer, Recipe(rank=2, alpha=8), seed=1)  # the fixture takes it off again
    assert all(np.array_equal(pixels(one.image), pixels(image)) for one, image in zip(base, bare, strict=True))
    assert any(not np.array_equal(pixels(a.image), pixels(b.image)) for a, b in zip(base, trained, strict=True))


@pytest.mark.parametrize("adapter", [True, False])
def test_a_preview_leaves_random_state_flags_and_weights_alone(training: Anima, adapter: bool) -> None:
    transformer = training.transformer
    random_state = torch.get_rng_state()
    flags = {name: value.requires_grad for name, value in transformer.named_parameters()}
    weights = {name: value.clone() for name, value in transformer.state_dict().items()}
    storages = {name: value.data_ptr() for name, value in transformer.named_parameters()}
    render_previews(training, RECIPE, "mira", adapter=adapter)
    assert torch.equal(torch.get_rng_state(), random_state)
    assert {name: value.requires_grad for name, value in transformer.named_parameters()} == flags
    assert all(torch.equal(value, weights[name]) for name, value in transformer.state_dict().items())
    assert {name: value.data_ptr() for name, value in transformer.named_parameters()} == storages
    assert torch.is_grad_enabled() and all(value.grad is None for value in transformer.parameters())


def test_a_stop_leaves_early(training: Anima) -> None:
    assert render_previews(training, RECIPE, "mira", stop=lambda: True) == []


def test_the_brackets_of_a_trigger_weigh_nothing_in_what_is_drawn() -> None:
    picture = Picture.of(preview_specs(RECIPE, "mira (cat:1.5)")[0])
    assert parse_weights(picture.prompt) == (Segment("mira (cat:1.5), 1girl", 1.0),)
