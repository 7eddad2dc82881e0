"""A sheet in an article: epochs to the right, the target and step 0 before them, constants nowhere."""

from collections import Counter

import pytest

from studio.core.article_grid import grid_of
from studio.core.axes import BASE, EPOCH, Axis
from studio.core.project import Character
from studio.core.recipe import load_recipe
from studio.core.sheet_plan import load_plan, sheet_of, shipped_plans
from studio.core.spec import RenderSpec
from studio.core.sweep import Sheet

EPOCHS = (20, 80, 150)
SHA = tuple((epoch, f"{epoch:064d}") for epoch in EPOCHS)


def sheet(rows: tuple[Axis, ...], columns: tuple[Axis, ...], within: tuple[Axis, ...] = ()) -> Sheet:
    return Sheet("Every epoch", rows, columns, RenderSpec(prompt="1girl, mira, {pose}"), (("pose", "standing"),), SHA,
                 (("Mira", "mira"),), within)


def test_epochs_run_to_the_right_and_all_else_downwards() -> None:
    grid = grid_of(sheet((Axis(EPOCH, EPOCHS),), (Axis("pose", ("sitting", "running")), Axis("seed", (1, 2)))))
    assert [dict(column)[EPOCH] for column in grid.columns] == list(EPOCHS)
    assert [tuple(dict(row).values()) for row in grid.rows] == [
        ("sitting", 1), ("sitting", 2), ("running", 1), ("running", 2)]
    assert all(cell.value(EPOCH) == epoch for row in grid.cells for cell, epoch in zip(row, EPOCHS, strict=True))


def test_the_base_is_step_0_and_no_column_of_its_own() -> None:
    made = sheet((Axis(EPOCH, (BASE, *EPOCHS)),), (Axis("seed", (1, 2)),))
    grid = grid_of(made)
    bases = {cell.spec.seed: cell.key for cell in made.expand() if cell.value(EPOCH) == BASE}
    assert len(grid.columns) == 3
    assert grid.starts == (bases[1], bases[2])


def test_step_0_is_known_without_the_base_in_the_sheet() -> None:
    with_base = grid_of(sheet((Axis(EPOCH, (BASE, *EPOCHS)),), (Axis("seed", (1, 2)),)))
    without = grid_of(sheet((Axis(EPOCH, EPOCHS),), (Axis("seed", (1, 2)),)))
    assert without.starts == with_base.starts


def test_a_sheet_of_one_epoch_keeps_its_rows_and_columns() -> None:
    grid = grid_of(sheet((Axis("pose", ("sitting", "running", "standing")),),
                         (Axis(EPOCH, (80,)), Axis("seed", (42, 100)))))
    assert [dict(row) for row in grid.rows] == [{"pose": "sitting"}, {"pose": "running"}, {"pose": "standing"}]
    assert [dict(column) for column in grid.columns] == [{"seed": 42}, {"seed": 100}]


def test_pictures_within_a_cell_stand_side_by_side() -> None:
    grid = grid_of(sheet((Axis("pose", ("sitting", "running")),), (Axis(EPOCH, (80,)),), (Axis("seed", (1, 2, 3)),)))
    assert len(grid.rows) == 2 and len(grid.columns) == 3 and len(grid.all_cells) == 6


def test_no_cell_is_lost_or_shown_twice() -> None:
    made = sheet((Axis(EPOCH, EPOCHS), Axis("pose", ("sitting", "running"))), (Axis("seed", (1, 2)),))
    keys = [cell.key for cell in grid_of(made).all_cells]
    assert sorted(keys) == sorted(cell.key for cell in made.expand())


@pytest.mark.parametrize("name", shipped_plans())
def test_every_sheet_that_ships_is_laid_out_without_losing_a_cell(name: str) -> None:
    characters = (Character("Mira", "mira"), Character("Kai", "kai"))
    made = sheet_of(load_plan(name), load_recipe("official"), characters,
                    {epoch: f"{epoch:064x}" for epoch in range(1, 181)}, "ff")
    grid = grid_of(made)
    shown = Counter((cell.row, cell.column, cell.slot) for cell in grid.all_cells)
    bases = {cell.key for cell in made.expand() if cell.value(EPOCH) == BASE}
    assert set(shown.values()) == {1}
    assert {cell.key for cell in made.expand()} - {cell.key for cell in grid.all_cells} <= bases & set(grid.starts)
    assert len(grid.starts) == len(grid.rows) == len(grid.cells)
    assert all(len(row) == len(grid.columns) for row in grid.cells)
