"""Measurements stay with the machine and the base, and a damaged file only costs measurements."""

import json

import pytest

from studio.core.recipe import Recipe
from studio.core.speed import Speed
from studio.store.measured import NAME, recall, remember

SPEED = Speed(Recipe(rank=8), 1024.0, "measured", image_s=0.5, checkpoint_bytes=100)


def test_the_newest_measurement_of_a_base_comes_first(tmp_path) -> None:
    newer = Speed(Recipe(rank=16), 2048.0, "measured again", image_s=0.4)
    remember(SPEED, "practice", tmp_path)
    remember(newer, "practice", tmp_path)
    assert recall("practice", tmp_path) == (newer, SPEED)
    assert recall("/models/other.safetensors", tmp_path) == ()


def test_another_machine_measures_for_itself(tmp_path) -> None:
    remember(SPEED, "practice", tmp_path)
    line = json.loads((tmp_path / NAME).read_text())
    (tmp_path / NAME).write_text(json.dumps(line | {"machine": "elsewhere"}))
    assert recall("practice", tmp_path) == ()


@pytest.mark.parametrize("line", ["", "[", "[]", "{}", '{"machine": 1}', "\x00"])
def test_a_damaged_line_costs_only_itself(tmp_path, line) -> None:
    remember(SPEED, "practice", tmp_path)
    with (tmp_path / NAME).open("a") as file:
        file.write(f"{line}\n")
    assert recall("practice", tmp_path) == (SPEED,)


def test_a_file_that_is_no_text_is_as_good_as_none(tmp_path) -> None:
    (tmp_path / NAME).write_bytes(b"\xff\xfe\x00")
    assert recall("practice", tmp_path) == ()


def test_old_measurements_make_room(tmp_path) -> None:
    for number in range(203):
        remember(Speed(Recipe(), float(number), ""), "practice", tmp_path)
    kept = recall("practice", tmp_path)
    assert len(kept) == 200 and kept[0].area == 202.0


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    remember(SPEED, "practice", tmp_path / "file")
    assert recall("practice", tmp_path / "file") == ()
