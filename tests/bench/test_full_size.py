"""The measurement at full size, tried on a tiny model: its cases, its page, and what it survives."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from studio.core.errors import UserError
from studio.engine.anima.shapes import empty_conditioner, empty_transformer
from tests.bench.cases import FULL, SMALL, Case, cases
from tests.bench.ceiling import step_flop
from tests.bench.full_size import NO_ROOM, attempt, main
from tests.bench.page import Result, Told, page_of
from tests.bench.random_base import RELEASE


def numbers_in(model: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


def test_the_shapes_are_those_of_the_release() -> None:
    assert numbers_in(empty_transformer(RELEASE.transformer)) == 1_956_405_248
    assert numbers_in(empty_conditioner(RELEASE.adapter)) == 134_663_680


def test_the_arithmetic_of_a_step_is_counted_and_not_done() -> None:
    """Of two blocks: each weight twice a token on the way forward and twice on the way back, and attention."""
    two = replace(RELEASE.transformer, layers=2)
    weights, tokens, width = numbers_in(empty_transformer(two).transformer_blocks), 4096, two.width
    least = 4 * weights * 0.9 * tokens
    most = 4 * weights * tokens + 2 * 12 * tokens**2 * width + least / 10
    assert least < step_flop(two, Case(1).recipe(FULL), FULL.side, FULL.side, words=60) < most


def test_every_way_of_training_is_measured_once_and_what_compiles_comes_last() -> None:
    found = [str(case) for case in cases(FULL, ("picture", "eager", "swap", "compile"))]
    assert found[:6] == ["batch 1, checkpointing", "batch 4, checkpointing", "batch 1", "batch 4",
                         "batch 1, checkpointing, 14 blocks swapped", "batch 1, checkpointing, 26 blocks swapped"]
    assert len(set(found)) == len(found) == 10 and all("compiled" in case for case in found[6:])
    assert cases(FULL, ("picture",)) == []


@pytest.mark.parametrize("device", ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)])
def test_a_trial_measures_every_case_and_the_picture(tmp_path: Path, device: str) -> None:
    assert main(["--tiny", "--device", device, "--out", str(tmp_path), "picture", "eager", "swap"]) == 0
    told = json.loads((tmp_path / "full-size.json").read_text("utf-8"))
    assert [row["case"] for row in told["steps"]] == [str(case) for case in cases(SMALL, ("eager", "swap"))]
    for row in told["steps"]:
        assert row["step_s"] > 0 and row["first_step_s"] > 0 and row["bare"] > 0 and row["ceiling_share"] > 0
        assert (row["peak_gib"] is None) == (device == "cpu")
    assert told["picture"]["alone_s"] > 0
    page = (tmp_path / "full-size.md").read_text("utf-8")
    assert all(f"| {row['case']} |" in page for row in told["steps"]) and "CFG 1, er_sde" in page


def test_what_is_not_reached_in_time_is_said(tmp_path: Path) -> None:
    assert main(["--tiny", "--device", "cpu", "--seconds", "0", "--out", str(tmp_path), "eager"]) == 0
    assert (tmp_path / "full-size.md").read_text("utf-8").count("not reached in time") == 4


def test_a_card_that_is_full_costs_one_case_and_not_the_rest() -> None:
    def full(case: Case) -> Result:
        raise torch.OutOfMemoryError("tried to allocate 20 GiB")

    assert attempt(Case(4), full) == Result("batch 4", note=NO_ROOM)


def test_a_run_that_goes_astray_costs_one_case_too() -> None:
    def astray(case: Case) -> Result:
        raise UserError("The loss is nan", "Lower the rate.")

    assert attempt(Case(4), astray).note == "UserError: The loss is nan. Lower the rate."


def test_a_case_that_fails_says_why_on_its_line() -> None:
    def failing(case: Case) -> Result:
        raise RuntimeError("no kernel | image\nand much more")

    result = attempt(Case(1, compiled=True), failing)
    assert result == Result("batch 1, compiled", note="RuntimeError: no kernel | image")
    line = page_of(Told(MACHINE, steps=(result,))).splitlines()[-1]
    assert line == "| batch 1, compiled | - | - | - | - | - | - | RuntimeError: no kernel / image |"


MACHINE = {"device": "a card", "torch": "2", "dtype": "bfloat16", "side": 1024, "rank": 32,
           "tflop_per_picture": 39.56, "ceiling_tflop_per_s": 780.0}  # fmt: skip
