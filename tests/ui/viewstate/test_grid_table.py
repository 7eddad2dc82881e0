"""Cells stand in rows and columns as a person arranges them; what is hidden, folded and sorted is found again."""

import pytest

from studio.core.axes import BASE, Axis
from studio.core.compared_epochs import NO_TRIGGER
from studio.core.recipe import load_recipe
from studio.core.sheet_plan import load_plan, sheet_of
from studio.core.project import Character
from studio.core.spec import RenderSpec
from studio.core.stats import Hits
from studio.core.sweep import Sheet
from ui.viewstate.grid_arrangement import COLUMNS, ROWS, STEP0, TARGET, first_arrangement, from_json, to_json
from ui.viewstate.grid_names import names_of
from ui.viewstate.grid_sheets import spots_of
from ui.viewstate.grid_table import Table
from ui.viewstate.grid_tallies import hits_of, tallied

SHEET = Sheet(
    "Epoch by prompt", (Axis("epoch", (BASE, 2, 10)),),
    (Axis("composition", ("from side", "from above")), Axis("seed", (42, 100))),
    RenderSpec(prompt="1girl, {composition}"), epochs=((2, "2" * 64), (10, "a" * 64)))  # fmt: skip


def table(arrangement=None, hits=lambda key: Hits(), sheet: Sheet = SHEET) -> Table:
    return Table(sheet, spots_of(sheet), arrangement or first_arrangement(sheet), hits)


def labels(lines) -> list[str]:
    return [each.label for each in lines]


def test_compositions_are_rows_and_all_else_columns_in_groups() -> None:
    found = table()
    assert labels(found.rows) == ["from side", "from above"]
    assert labels(found.columns) == ["seed 42", "seed 100"] * 3
    assert [(band.label, band.start, band.count) for band in found.bands(COLUMNS)] == [
        ("step 0", 0, 2), ("epoch 2", 2, 2), ("epoch 10", 4, 2)]
    spot = found.spot(1, 3)
    assert (spot.cell.value("composition"), spot.cell.value("epoch"), spot.cell.spec.seed) == ("from above", 2, 100)


def test_target_and_step_0_are_there_before_all_other_columns() -> None:
    assert table().pins == (TARGET, STEP0) and table().pinned_side == COLUMNS
    line = table().line_spot(ROWS, 1)
    base = next(each for each in spots_of(SHEET) if each.cell.value("epoch") == BASE
                and each.cell.value("composition") == "from above" and each.cell.spec.seed == 42)
    assert line.step0 == base.key, "step 0 is the same prompt and seed without the LoRA"


def test_with_prompts_across_target_and_step_0_are_rows() -> None:
    assert table(first_arrangement(SHEET).turned()).pinned_side == ROWS


def test_the_plan_of_poses_and_angles_is_eight_rows_by_two() -> None:
    sheet = sheet_of(load_plan("pose-angle-weak"), load_recipe("practice"), [Character(name="Mira", trigger="miravelo")],
                     {8: "8" * 64}, "b" * 64)
    found = table(sheet=sheet)
    assert (len(found.rows), len(found.columns)) == (8, 2)
    assert labels(found.columns) == ["seed 42", "seed 100"] and not found.bands(COLUMNS)
    assert labels(found.rows)[0] == "neutral" and found.pins == (TARGET, STEP0)


@pytest.mark.parametrize("axis, side", [("seed", ROWS), ("epoch", ROWS), ("composition", COLUMNS)])
def test_any_axis_can_be_on_either_side_and_no_cell_is_lost(axis: str, side: str) -> None:
    found = table(first_arrangement(SHEET).placed(axis, side))
    assert len(found.rows) * len(found.columns) == len(found.places) == 12
    for key, place in found.places.items():
        assert found.spot(*place).key == key


def test_an_axis_is_made_the_outer_head() -> None:
    found = table(first_arrangement(SHEET).shifted("seed", -1))
    assert labels(found.columns)[:3] == ["step 0", "epoch 2", "epoch 10"]
    assert [band.label for band in found.bands(COLUMNS)] == ["seed 42", "seed 100"]


def test_a_hidden_line_is_gone_until_all_are_shown_also_on_the_other_side() -> None:
    hiding = first_arrangement(SHEET).hiding([("epoch", BASE)])
    assert labels(table(hiding).columns) == ["seed 42", "seed 100"] * 2 and table(hiding).hidden_count == 4
    assert len(table(hiding.placed("epoch", ROWS)).rows) == 4
    assert table(hiding.showing_all()).hidden_count == 0


def test_a_folded_group_is_one_line_with_all_its_cells() -> None:
    folded = first_arrangement(SHEET).folding([("epoch", 2)])
    found = table(folded)
    assert labels(found.columns) == ["seed 42", "seed 100", "epoch 2", "seed 42", "seed 100"]
    assert found.columns[2].count == 2 and [each.cell.spec.seed for each in found.spots(0, 2)] == [42, 100]
    assert len(found.places) == 12
    assert labels(table(folded.folding([("epoch", 2)])).columns) == labels(table().columns)


def test_names_sort_as_people_count() -> None:
    sheet = Sheet("s", (Axis("composition", ("look 10", "look 2")),), (Axis("seed", (42, 7)),),
                  RenderSpec(prompt="{composition}"))
    by_name = first_arrangement(sheet).sorted_by(ROWS, "name")
    assert labels(table(by_name, sheet=sheet).rows) == ["look 2", "look 10"]


def test_the_best_lines_stand_first_inside_the_best_groups_and_unmarked_ones_last() -> None:
    values = {each.key: 2 if each.cell.value("epoch") == 10 and each.cell.spec.seed == 100 else 0
              for each in spots_of(SHEET) if each.cell.value("epoch") != BASE}
    best = first_arrangement(SHEET).sorted_by(COLUMNS, "best")
    found = table(best, lambda key: hits_of(values.get(key)))
    assert [band.label for band in found.bands(COLUMNS)] == ["epoch 10", "epoch 2", "step 0"]
    assert labels(found.columns)[:2] == ["seed 100", "seed 42"]
    worst = table(best.sorted_by(COLUMNS, "worst"), lambda key: hits_of(values.get(key)))
    assert [band.label for band in worst.bands(COLUMNS)] == ["epoch 2", "epoch 10", "step 0"]


def test_tallies_count_what_is_shown_and_the_base_only_by_itself() -> None:
    values = {each.key: 2 if each.cell.spec.seed == 42 else 1 for each in spots_of(SHEET)}
    found = table()
    counted = tallied(found, values)
    assert counted.rows == (Hits(2, 4), Hits(2, 4)) and counted.all == Hits(4, 8)
    assert counted.columns == (Hits(2, 2), Hits(0, 2)) * 3
    assert counted.of_band(COLUMNS, found.bands(COLUMNS)[1]) == Hits(2, 4)
    without = table(first_arrangement(SHEET).hiding([("composition", "from side")]))
    assert tallied(without, values).all == Hits(2, 4)


def test_an_arrangement_is_remembered_and_one_of_another_sheet_is_not() -> None:
    chosen = first_arrangement(SHEET).placed("epoch", ROWS).hiding([("seed", 100)]).folding([("epoch", 2)])
    chosen = chosen.hiding([("epoch", BASE)]).hiding([("epoch", 10), ("seed", 42)])
    chosen = chosen.sorted_by(ROWS, "name").with_pin(TARGET, False).comparing("face", True).ranking_anyway(True)
    assert from_json(to_json(chosen), SHEET) == chosen
    other = Sheet("s", (Axis("composition", ("a",)),), (Axis("seed", (42, 7)),), RenderSpec(prompt="{composition}"))
    assert from_json(to_json(chosen), other) == first_arrangement(other)
    assert from_json("no json", SHEET) == first_arrangement(SHEET)


@pytest.mark.parametrize("side", [ROWS, COLUMNS])
def test_every_axis_may_stand_on_one_side(side: str) -> None:
    arrangement = first_arrangement(SHEET)
    for axis in ("epoch", "composition", "seed"):
        arrangement = arrangement.placed(axis, side)
    found = table(arrangement)
    assert {len(found.rows), len(found.columns)} == {12, 1} and len(found.places) == 12
    assert tallied(found, {each.key: 2 for each in spots_of(SHEET)}).all == Hits(8, 8)


def test_nothing_is_left_where_everything_is_hidden() -> None:
    hiding = first_arrangement(SHEET)
    for value in ("from side", "from above"):
        hiding = hiding.hiding([("composition", value)])
    found = table(hiding)
    assert found.hidden_count == 12 and not found.rows and not found.places and found.line_spot(ROWS, 0) is None


def test_long_texts_are_called_by_what_tells_them_from_each_other() -> None:
    sheet = Sheet("s", (Axis("composition", ("smile, front view, upper body", "smile, front view, full body")),),
                  (Axis("seed", (42, 7)),), RenderSpec(prompt="{composition}"))
    assert labels(table(sheet=sheet).rows) == ["upper body", "full body"]


def test_the_control_without_trigger_is_no_epoch() -> None:
    names = names_of(Axis("epoch", (BASE, NO_TRIGGER, 2)))
    assert list(names.values()) == ["step 0", "no trigger", "epoch 2"]
