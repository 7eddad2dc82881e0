"""What a row says of its ratios, and how rows are set."""

import json

import pytest

from tests.bench.table import Row, at_least, at_most, facts_of, text_of


def test_a_row_is_judged_by_its_median_and_not_by_its_worst_turn() -> None:
    row = Row("train", "step", (1.0, 1.08, 9.0), at_most(1.10))
    assert row.median == 1.08 and row.is_met
    assert not Row("train", "step", (1.0, 1.11, 9.0), at_most(1.10)).is_met


def test_a_target_can_bound_from_below() -> None:
    assert Row("sheet", "cells", (1.5,), at_least(1.5)).is_met
    assert not Row("sheet", "cells", (1.49,), at_least(1.5)).is_met


def test_without_a_target_nothing_is_met_or_missed() -> None:
    assert Row("vae", "encode", (4.0,)).is_met is None


def test_quartiles_hold_the_middle_half() -> None:
    assert Row("vae", "encode", (1.0, 2.0, 3.0, 4.0, 5.0)).quartiles == (2.0, 4.0)
    assert Row("vae", "encode", (3.0,)).quartiles == (3.0, 3.0)


def test_the_table_stands_in_columns_with_each_note_below_its_row() -> None:
    rows = [
        Row("train", "a step", (1.02, 1.04, 1.06), at_most(1.10), note="345 ms against 332 ms"),
        Row("swap", "a swap", (0.021,), at_most(0.02), percent=True),
        Row("vae", "encode", (6.4, 6.6)),
    ]
    assert text_of(rows).splitlines() == [
        "part   what    median  quartiles       n  target",
        "train  a step  1.04x   1.03x to 1.05x  3  <= 1.10x  met",
        "         345 ms against 332 ms",
        "swap   a swap  2.1 %   2.1 % to 2.1 %  1  <= 2 %    not met",
        "vae    encode  6.50x   6.45x to 6.55x  2  -",
    ]


@pytest.mark.parametrize("row", [Row("vae", "encode", (6.4, 6.6)), Row("swap", "a swap", (0.021,), at_most(0.02))])
def test_a_machine_reads_every_ratio(row: Row) -> None:
    read = json.loads(json.dumps(facts_of(row)))
    assert tuple(read["ratios"]) == row.ratios and read["n"] == len(row.ratios)
    assert read["median"] == row.median and read["met"] == row.is_met
