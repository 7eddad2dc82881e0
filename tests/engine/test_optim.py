"""Optimizers: what the recipe asks of them, clipping, and memories that come back."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from studio.core.errors import UserError
from studio.core.recipe import OPTIMIZERS, Recipe
from studio.engine.optim import (
    averaged,
    build_optimizer,
    clip_gradients,
    flags,
    load_memories,
    memories,
    require_installed,
    take_step,
)
from studio.engine.tensor_files import read_tensors, write_tensors

NAMES = ["a", "b.down", "b.up"]
RATES = {"prodigy": 1.0}


def recipe_with(optimizer: str) -> Recipe:
    if optimizer == "adamw_8bit":
        pytest.importorskip("bitsandbytes")
    return Recipe(optimizer=optimizer, learning_rate=RATES.get(optimizer, 0.01))


def parameters() -> list[nn.Parameter]:
    """One that is large enough for 8 bits, one small, one that starts as nothing."""
    own = torch.Generator().manual_seed(0)
    return [nn.Parameter(values) for values in (torch.randn((64, 96), generator=own), torch.randn((5, 3), generator=own),
                                                torch.zeros(3, 5))]


def walk(values: list[nn.Parameter], optimizer: torch.optim.Optimizer, steps: range, rate: float) -> None:
    for step in steps:
        for value in values:
            value.grad = torch.sin(value.detach() * (step + 1) + 0.1)
        take_step(optimizer, rate)


def test_the_recipe_reaches_the_optimizer() -> None:
    recipe = Recipe(learning_rate=3e-4, beta1=0.8, beta2=0.97, weight_decay=0.02)
    (group,) = build_optimizer(parameters(), recipe).param_groups
    assert (group["lr"], group["betas"], group["weight_decay"], group["fused"]) == (3e-4, (0.8, 0.97), 0.02, True)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_takes_the_recipe_and_says_nothing(optimizer: str, capsys: pytest.CaptureFixture[str]) -> None:
    recipe = replace(recipe_with(optimizer), beta1=0.8, beta2=0.97, weight_decay=0.02)
    (group,) = build_optimizer(parameters(), recipe).param_groups
    assert (group["lr"], group["betas"], group["weight_decay"]) == (recipe.learning_rate, (0.8, 0.97), 0.02)
    assert capsys.readouterr() == ("", "")


def test_the_flags_name_the_implementation() -> None:
    assert flags(build_optimizer(parameters(), Recipe())) == "AdamW fused=True foreach=None eps=1e-08"
    assert flags(build_optimizer(parameters(), recipe_with("prodigy"))) == "Prodigy of prodigyopt 1.1.2"


def test_gradients_are_clipped_to_the_norm() -> None:
    values = parameters()
    optimizer = build_optimizer(values, Recipe())
    for limit, left in ((0.0, 10.0), (20.0, 10.0), (2.0, 2.0)):
        values[1].grad = torch.full((5, 3), 10 / 15**0.5)
        assert clip_gradients(optimizer, limit).item() == pytest.approx(10.0)
        assert values[1].grad.norm().item() == pytest.approx(left, rel=1e-5)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_memories_come_back_exactly_from_a_file(optimizer: str, tmp_path: Path) -> None:
    recipe, file = recipe_with(optimizer), tmp_path / "state"
    whole, halves = parameters(), parameters()
    walk(whole, build_optimizer(whole, recipe), range(6), recipe.learning_rate)
    first = build_optimizer(halves, recipe)
    walk(halves, first, range(3), recipe.learning_rate)
    write_tensors(file, memories(first, NAMES), {})
    second = build_optimizer(halves, recipe)
    load_memories(second, NAMES, read_tensors(file)[0])
    walk(halves, second, range(3, 6), recipe.learning_rate)
    assert all(torch.equal(one, other) for one, other in zip(whole, halves, strict=True))
    assert not torch.equal(whole[0], parameters()[0])


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_what_was_loaded_is_no_longer_the_file_s(optimizer: str) -> None:
    recipe, values = recipe_with(optimizer), parameters()
    first, second = build_optimizer(values, recipe), build_optimizer(values, recipe)
    walk(values, first, range(2), recipe.learning_rate)
    saved = memories(first, NAMES)
    before = {name: value.clone() for name, value in saved.items()}
    load_memories(second, NAMES, saved)
    walk(values, second, range(2, 4), recipe.learning_rate)
    assert all(torch.equal(saved[name], value) for name, value in before.items())


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_fresh_optimizer_has_no_memories_and_takes_none(optimizer: str) -> None:
    fresh = build_optimizer(parameters(), recipe_with(optimizer))
    assert memories(fresh, NAMES) == {}
    load_memories(fresh, NAMES, {})
    assert memories(fresh, NAMES) == {}


def test_moments_of_8_bits_are_a_quarter_as_large() -> None:
    values = parameters()
    optimizer = build_optimizer(values, recipe_with("adamw_8bit"))
    walk(values, optimizer, range(1), 0.01)
    assert {name: value.dtype for name, value in memories(optimizer, NAMES).items() if name.endswith("state1")} == {
        "a.state1": torch.uint8, "b.down.state1": torch.float32, "b.up.state1": torch.float32}


def test_prodigy_finds_a_rate() -> None:
    """On a bowl as wide as the way from its start; the smallest rate it knows would not have moved."""
    value = nn.Parameter(torch.zeros(8))
    optimizer = build_optimizer([value], recipe_with("prodigy"))
    for _ in range(200):
        value.grad = value.detach() - 0.05
        take_step(optimizer, 1.0)
    assert (value - 0.05).abs().max() < 0.01


@pytest.mark.parametrize("optimizer", sorted({*OPTIMIZERS} - {"adamw_schedulefree"}))
def test_only_schedule_free_has_an_average(optimizer: str) -> None:
    recipe, values = recipe_with(optimizer), parameters()
    built = build_optimizer(values, recipe)
    walk(values, built, range(2), recipe.learning_rate)
    assert averaged(built) is None


def test_the_average_of_schedule_free_is_the_library_s_own_and_touches_nothing() -> None:
    recipe, values = recipe_with("adamw_schedulefree"), parameters()
    optimizer = build_optimizer(values, recipe)
    assert averaged(optimizer) is None
    walk(values, optimizer, range(4), recipe.learning_rate)
    live = [value.detach().clone() for value in values]
    average = averaged(optimizer)
    assert all(torch.equal(value, before) for value, before in zip(values, live, strict=True))
    optimizer.eval()
    assert all(torch.equal(value, own) for value, own in zip(values, average, strict=True))
    assert not torch.equal(values[0], live[0])


def test_a_missing_library_is_named_with_the_command_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.engine.optim.find_spec", lambda name: None)
    with pytest.raises(UserError) as refused:
        require_installed(Recipe(optimizer="adamw_8bit"))
    assert "pip install bitsandbytes" in refused.value.remedy
