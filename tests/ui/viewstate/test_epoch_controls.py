"""Sheets of one family are one series, and controls say who blocks a prompt without being epochs."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.core.axes import BASE
from studio.core.compared_epochs import NO_TRIGGER, PLAN, compared, on_seeds
from studio.core.project import Character
from studio.core.recipe import load_recipe
from studio.core.sheet_plan import load_plan, sheet_of
from studio.core.sweep import Sheet
from ui.viewstate.epoch_controls import controls, counted, patterns, shown
from ui.viewstate.epoch_panes import TARGET, first_panes
from ui.viewstate.epoch_series import Series, merged, series_of_sheet

LOW = "low angle"


def sheet(epochs=(20, 100)) -> Sheet:
    return sheet_of(compared(load_plan(PLAN), epochs), load_recipe("official"), [Character("Mira", "mira")],
                    {epoch: f"{epoch:064x}" for epoch in epochs}, "ff")


def series(of: Sheet, id: str = "0001", drawn=lambda cell: True) -> Series:
    there = {cell.key for cell in of.expand() if drawn(cell)}
    return series_of_sheet("run", id, Path(id), of, there, Path(id, "cells"), {})


def test_a_control_stands_under_the_prompt_that_it_controls_and_is_no_epoch() -> None:
    made = series(sheet())
    assert made.epochs == (BASE, NO_TRIGGER, 20, 100) and len(made.looks) == 9
    assert all(made.shot(look, NO_TRIGGER) for look in made.looks)
    assert {cell.value("epoch") for cell in made.cells} == {BASE, 20, 100}
    assert [each.shows for each in first_panes(4, made.epochs).panes] == [TARGET, BASE, 20, 100]


def test_more_seeds_and_more_epochs_join_the_sheet_they_extend() -> None:
    whole, more = sheet(), on_seeds(sheet(), (BASE, NO_TRIGGER, 100), (7, 8))
    one = merged([series(whole), series(more, "0002", lambda cell: cell.spec.seed == 7)])
    assert (one.id, one.folder, one.sheets) == ("0001", Path("0001"), ("0001", "0002"))
    assert [look.seed for look in one.looks if look.name == LOW] == [42, 100, 200, 7, 8]
    assert (one.planned, one.missing) == (36 + 18, 9) and one.seeds == {42, 100, 200, 7, 8}
    assert one.shot(next(look for look in one.looks if look.seed == 7), 20) is None
    assert merged([series(whole)]) == series(whole)


@pytest.fixture
def long() -> Series:
    return series(on_seeds(sheet(), (BASE, NO_TRIGGER, 20, 100), tuple(range(8))))


def hits(made: Series, *good: tuple[object, str]):
    by_key = {shot.cell.key: (arm, look.name) in good for (look, arm), shot in made.shots.items()}
    return lambda shot: by_key[shot.cell.key]


def test_the_sentence_says_who_blocks_a_prompt_that_the_pick_fails(long: Series) -> None:
    found = controls(long, hits(long, (BASE, LOW), (NO_TRIGGER, LOW), (100, "face")), 100)
    assert shown(found) == "Full body: the base cannot. Low angle: the base can, the trigger blocks it."
    assert ("low angle: the base can, the trigger blocks it" in [text for text, _ in counted(found)])


def test_nothing_is_said_of_what_the_pick_can_or_chance_could_have_done(long: Series) -> None:
    assert shown(controls(long, hits(long, *((100, name) for name in ("face", "full body", LOW))), 100)) == ""
    few = series(sheet())
    assert shown(controls(few, hits(few, (BASE, LOW), (100, "face"), (100, "full body"), (BASE, "face"),
                                    (BASE, "full body")), 100)) == ""
    assert controls(few, hits(few), None) == () and all(patterns())
