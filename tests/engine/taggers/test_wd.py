"""The tagger's input convention and file format."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.core.errors import UserError
from studio.engine.taggers.wd import Tagger, prepare
from tiny_tagger import write_tiny_tagger


@pytest.fixture
def tagger(tmp_path: Path) -> Tagger:
    return Tagger.from_folder(write_tiny_tagger(tmp_path / "tagger", ["blue hair", "green eyes", "red dress", "^_^"]))


def test_the_first_channel_is_blue(tagger: Tagger) -> None:
    chances = tagger.predict([Image.new("RGB", (32, 32), (10, 20, 255))])[0]
    assert chances["blue hair"] == pytest.approx(1.0)
    assert chances["red dress"] == pytest.approx(10 / 255)


def test_values_run_from_0_to_255_without_a_mean() -> None:
    pixels = prepare(Image.new("RGB", (8, 8), (1, 2, 3)), 8)
    assert pixels.dtype == np.float32 and pixels.shape == (8, 8, 3)
    assert pixels[0, 0].tolist() == [3.0, 2.0, 1.0]


def test_a_tall_picture_is_padded_to_a_centred_white_square() -> None:
    pixels = prepare(Image.new("RGB", (8, 16), "black"), 16)
    assert pixels[:, :4].min() == 255 and pixels[:, 12:].min() == 255
    assert pixels[:, 4:12].max() == 0


def test_transparency_lies_on_white() -> None:
    assert prepare(Image.new("RGBA", (8, 8), (0, 0, 0, 0)), 8).min() == 255


def test_the_side_is_read_from_the_model(tmp_path: Path) -> None:
    assert Tagger.from_folder(write_tiny_tagger(tmp_path, ["smile"], side=24)).side == 24


def test_underscores_become_spaces_except_in_faces(tagger: Tagger) -> None:
    assert [row.tag for row in tagger.rows] == ["blue hair", "green eyes", "red dress", "^_^"]


def test_many_pictures_are_answered_in_their_order(tagger: Tagger) -> None:
    chances = tagger.predict([Image.new("RGB", (16, 16), (0, 0, blue)) for blue in range(20)])
    assert [round(found["blue hair"] * 255) for found in chances] == list(range(20))


def test_a_model_with_a_fixed_batch_is_filled_up(tmp_path: Path) -> None:
    tagger = Tagger.from_folder(write_tiny_tagger(tmp_path, ["blue hair"], batch=3))
    chances = tagger.predict([Image.new("RGB", (16, 16), (0, 0, blue)) for blue in range(4)])
    assert [round(found["blue hair"] * 255) for found in chances] == [0, 1, 2, 3]


def test_tags_above_the_threshold_come_most_likely_first(tagger: Tagger) -> None:
    assert tagger.tags(Image.new("RGB", (16, 16), (250, 50, 200)), 0.35)[:2] == ("red dress", "blue hair")


def test_no_picture_gives_no_answer(tagger: Tagger) -> None:
    assert tagger.predict([]) == []


def test_a_folder_without_the_tag_file_is_refused_by_name(tmp_path: Path) -> None:
    write_tiny_tagger(tmp_path, ["smile"])
    (tmp_path / "selected_tags.csv").unlink()
    with pytest.raises(UserError, match="selected_tags.csv"):
        Tagger.from_folder(tmp_path)


def test_a_tag_file_of_another_length_is_refused(tmp_path: Path) -> None:
    write_tiny_tagger(tmp_path, ["smile"])
    with (tmp_path / "selected_tags.csv").open("a", encoding="utf-8") as rows:
        rows.write("1,frown,0,100\n")
    with pytest.raises(UserError, match="2 tags.*answers 1"):
        Tagger.from_folder(tmp_path)


def test_a_broken_model_is_refused_by_name(tmp_path: Path) -> None:
    write_tiny_tagger(tmp_path, ["smile"])
    (tmp_path / "model.onnx").write_bytes(b"not a model")
    with pytest.raises(UserError, match="model.onnx"):
        Tagger.from_folder(tmp_path)


def test_a_changed_model_has_another_digest(tmp_path: Path) -> None:
    first = Tagger.from_folder(write_tiny_tagger(tmp_path / "a", ["smile", "frown"]))
    second = Tagger.from_folder(write_tiny_tagger(tmp_path / "b", ["smile", "frown"], channels=[2, 2]))
    assert first.digest != second.digest
