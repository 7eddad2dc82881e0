"""Which checkpoints stay."""

from dataclasses import replace

from studio.core.keep import outdated_epochs, saved_epochs
from studio.core.recipe import Recipe
from studio.core.schedule import Plan

PLAN = Plan(steps_per_epoch=4, exposures_per_epoch=4, epochs=7, steps=28)


def test_the_last_epoch_is_always_saved() -> None:
    assert list(saved_epochs(Recipe(save_every=2), PLAN)) == [2, 4, 6, 7]
    assert list(saved_epochs(Recipe(save_every=7), PLAN)) == [7]
    assert list(saved_epochs(Recipe(), replace(PLAN, steps=9))) == [1, 2, 3]


def test_all_stay_unless_a_number_is_named() -> None:
    assert outdated_epochs(Recipe(), (1, 2, 3), 3) == outdated_epochs(Recipe(keep_every=2), (1, 2, 3), 3) == []


def test_the_newest_stay_in_whatever_order_they_come() -> None:
    assert outdated_epochs(Recipe(keep_last=2), (5, 1, 3), 5) == [1]
    assert outdated_epochs(Recipe(keep_last=1), (5, 1, 3), 5) == [1, 3]
    assert outdated_epochs(Recipe(keep_last=9), (5, 1), 5) == []


def test_every_so_many_th_stays_as_well() -> None:
    assert outdated_epochs(Recipe(keep_last=1, keep_every=3), range(1, 8), 7) == [1, 2, 4, 5]


def test_later_ones_that_a_crash_left_neither_go_nor_take_a_place() -> None:
    assert outdated_epochs(Recipe(keep_last=1), (1, 2, 3), 2) == [1]
