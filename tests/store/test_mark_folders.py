"""Sheets that are looked at as one are marked in one place."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from studio.core.axes import Axis
from studio.core.spec import RenderSpec
from studio.core.sweep import Sheet
from studio.store import sweeps
from studio.store.mark_folders import mark_folder, mark_folders, readable_sheets
from studio.store.workspace import Workspace, create


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Workspace]:
    with create(tmp_path / "project", "P") as place:
        yield place


def sheet(seeds: tuple[int, ...], title: str = "Epoch by seed", run: str = "a") -> Sheet:
    return Sheet(title, (Axis("epoch", (1, 2)),), (Axis("seed", seeds),), RenderSpec("1girl"),
                 epochs=((1, f"{run}1"), (2, f"{run}2")))


def test_a_sheet_on_more_seeds_is_marked_where_the_first_one_is(place: Workspace) -> None:
    first, other, of_run, more = (sweeps.create_sheet(place, each) for each in (
        sheet((42, 7)), sheet((42, 7), "Another"), sheet((42, 7), run="b"), sheet((1001, 1002))))
    assert mark_folder(place, more) == mark_folder(place, first) == first.folder
    assert mark_folder(place, other) == other.folder and mark_folder(place, of_run) == of_run.folder


def test_a_sheet_that_cannot_be_read_stands_in_nobodys_way(place: Workspace) -> None:
    spoilt, first, more = (sweeps.create_sheet(place, sheet((seed,))) for seed in (1, 2, 3))
    (spoilt.folder / sweeps.SHEET).write_text("not a sheet", encoding="utf-8")
    assert list(readable_sheets(place)) == [first.folder, more.folder]
    assert mark_folder(place, more) == first.folder and mark_folder(place, spoilt) == spoilt.folder


def test_folders_are_told_of_sheets_that_were_read_already() -> None:
    one, two = Path("1"), Path("2")
    assert mark_folders({one: sheet((1,)), two: replace(sheet((1,)), title="other")}) == {one: one, two: two}
