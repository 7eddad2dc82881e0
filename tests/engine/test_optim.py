"""The optimizer: rates, clipping, and moments that come back."""

import pytest
import torch
from torch import nn

from studio.core.recipe import Recipe
from studio.engine.optim import (
    build_optimizer,
    clip_gradients,
    flags,
    learning_rate,
    load_moments,
    moments,
    take_step,
)

NAMES = ["a", "b"]


def parameters() -> list[nn.Parameter]:
    own = torch.Generator().manual_seed(0)
    return [nn.Parameter(torch.randn(shape, generator=own)) for shape in ((3, 4), (5, 3))]


def walk(values: list[nn.Parameter], optimizer: torch.optim.AdamW, steps: range) -> None:
    for step in steps:
        for value in values:
            value.grad = torch.sin(value.detach() * (step + 1))
        take_step(optimizer, 0.01)


def test_the_recipe_reaches_the_optimizer() -> None:
    recipe = Recipe(learning_rate=3e-4, beta1=0.8, beta2=0.97, weight_decay=0.02)
    (group,) = build_optimizer(parameters(), recipe).param_groups
    assert (group["lr"], group["betas"], group["weight_decay"], group["fused"]) == (3e-4, (0.8, 0.97), 0.02, True)


def test_the_flags_name_the_implementation() -> None:
    assert flags(build_optimizer(parameters(), Recipe())) == "AdamW fused=True foreach=None eps=1e-08"


@pytest.mark.parametrize(("warmup", "rates"), [(0, [1.0, 1.0, 1.0]), (1, [1.0, 1.0, 1.0]), (4, [0.25, 0.5, 0.75])])
def test_the_rate_rises_linearly(warmup: int, rates: list[float]) -> None:
    recipe = Recipe(learning_rate=1.0, warmup_steps=warmup)
    assert [learning_rate(recipe, step) for step in (1, 2, 3)] == rates
    assert learning_rate(recipe, 100) == 1.0


def test_gradients_are_clipped_to_the_norm() -> None:
    values = parameters()
    optimizer = build_optimizer(values, Recipe())
    for limit, left in ((0.0, 10.0), (20.0, 10.0), (2.0, 2.0)):
        values[0].grad, values[1].grad = torch.zeros(3, 4), torch.full((5, 3), 10 / 15**0.5)
        assert clip_gradients(optimizer, limit) == pytest.approx(10.0)
        assert values[1].grad.norm().item() == pytest.approx(left, rel=1e-5)


def test_moments_come_back_exactly() -> None:
    whole, halves = parameters(), parameters()
    walk(whole, build_optimizer(whole, Recipe()), range(6))
    first = build_optimizer(halves, Recipe())
    walk(halves, first, range(3))
    second = build_optimizer(halves, Recipe())
    load_moments(second, NAMES, {name: value.clone() for name, value in moments(first, NAMES).items()})
    walk(halves, second, range(3, 6))
    assert all(torch.equal(one, other) for one, other in zip(whole, halves, strict=True))


def test_a_fresh_optimizer_has_no_moments_and_takes_none() -> None:
    optimizer = build_optimizer(parameters(), Recipe())
    assert moments(optimizer, NAMES) == {}
    load_moments(optimizer, NAMES, {})
    assert optimizer.state_dict()["state"] == {}
