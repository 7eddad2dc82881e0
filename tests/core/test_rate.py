"""The learning rate as a function of the step."""

import pytest

from studio.core.rate import learning_rate
from studio.core.recipe import LR_SCHEDULES, Recipe


def rates(recipe: Recipe, steps: int) -> list[float]:
    return [learning_rate(recipe, step, steps) for step in range(1, steps + 1)]


@pytest.mark.parametrize(("warmup", "first"), [(0, [1.0, 1.0, 1.0]), (1, [1.0, 1.0, 1.0]), (4, [0.25, 0.5, 0.75])])
def test_the_rate_rises_linearly(warmup: int, first: list[float]) -> None:
    assert rates(Recipe(learning_rate=1.0, warmup_steps=warmup), 100)[:3] == first


@pytest.mark.parametrize("floor", [0.0, 0.3])
def test_a_constant_rate_has_no_floor(floor: float) -> None:
    assert rates(Recipe(learning_rate=3e-4, lr_floor=floor), 50) == [3e-4] * 50


def test_a_linear_rate_falls_by_the_same_each_step() -> None:
    falling = rates(Recipe(learning_rate=1.0, warmup_steps=2, lr_schedule="linear", lr_floor=0.2), 6)
    assert falling == pytest.approx([0.5, 1.0, 0.8, 0.6, 0.4, 0.2])


def test_a_cosine_stands_half_way_in_the_middle() -> None:
    falling = rates(Recipe(learning_rate=1.0, lr_schedule="cosine", lr_floor=0.5), 8)
    assert falling[3] == pytest.approx(0.75) and falling[0] > 0.97
    assert falling == sorted(falling, reverse=True)


@pytest.mark.parametrize("schedule", ["linear", "cosine"])
@pytest.mark.parametrize("floor", [0.0, 0.1])
def test_a_falling_rate_ends_at_its_floor(schedule: str, floor: float) -> None:
    recipe = Recipe(learning_rate=2.0, lr_schedule=schedule, lr_floor=floor, warmup_steps=3)
    assert rates(recipe, 20)[-1] == pytest.approx(2 * floor)


@pytest.mark.parametrize("schedule", LR_SCHEDULES)
def test_a_run_shorter_than_its_warm_up_only_rises(schedule: str) -> None:
    recipe = Recipe(learning_rate=1.0, lr_schedule=schedule, warmup_steps=10)
    assert rates(recipe, 3) == pytest.approx([0.1, 0.2, 0.3])
