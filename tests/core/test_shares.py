"""How much of an epoch each character is shown."""

from dataclasses import replace
from pathlib import Path

import pytest

from studio.core.dataset import ImageItem
from studio.core.project import Character, Group, Project
from studio.core.record import Record
from studio.core.shares import shares

PROJECT = Project("P", (Character("Mira", "m", 4), Character("Suzu", "s", 2)), groups=(Group(("Mira", "Suzu"), 3),))


def record(id: str, *characters: str) -> Record:
    return Record(ImageItem(id, Path(f"{id}.png"), 1, 1, characters))


def test_exposures_are_pictures_times_repeats_and_shares_sum_to_one() -> None:
    mira, suzu, pair = shares([record("a", "Mira"), record("b", "Mira"), record("c", "Suzu"), record("d", "Suzu", "Mira")],
                              PROJECT)
    assert [(each.name, each.pictures, each.exposures) for each in (mira, suzu, pair)] == [
        ("Mira", 2, 8), ("Suzu", 1, 2), ("Mira+Suzu", 1, 3)]
    assert sum(each.share for each in (mira, suzu, pair)) == pytest.approx(1)


def test_rejected_pictures_do_not_count_and_nobody_is_left_out() -> None:
    mira, suzu, _ = shares([replace(record("a", "Mira"), rejected=True), record("c", "Suzu")], PROJECT)
    assert (mira.pictures, mira.share, suzu.share) == (0, 0.0, 1.0)


def test_an_empty_set_has_no_shares() -> None:
    assert {each.share for each in shares([], PROJECT)} == {0.0}
