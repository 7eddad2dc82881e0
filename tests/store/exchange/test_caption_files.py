import json

import pytest
from exchange_drawings import write

from studio.core.errors import UserError
from studio.store.exchange.caption_files import CaptionFiles, Told
from studio.store.exchange.sources import Sources
from tests.store.exchange.test_json_captions import CAPTION, FLAT

A1111 = "1girl, mira\nNegative prompt: bad\nSteps: 28, Sampler: Euler, Seed: 1, Model: anima-base-v1.0, Version: v1.10"


def told(path):
    with Sources([path]) as sources:
        return CaptionFiles(sources.loose).of(sources.all[0])


@pytest.mark.parametrize("ending", [".txt", ".caption", ".png.txt"])
def test_text_beside_a_picture_is_its_caption(tmp_path, ending):
    path = write(tmp_path / "x.png")
    path.with_name(f"x{ending}").write_bytes("mira ミラ,\r\nsmile\n".encode())
    assert told(path) == Told("mira ミラ,\nsmile", "text")


def test_json_of_the_anima_trainers_comes_before_text_and_is_kept_whole(tmp_path):
    path = write(tmp_path / "x.png", 1, "older text")
    path.with_suffix(".json").write_text(FLAT)
    assert told(path) == Told(CAPTION, "JSON", FLAT)


@pytest.mark.parametrize("other", ["{}", "rubbish", '{"tag_string": "1girl"}', '{"tags": []}'])
def test_json_that_says_nothing_leaves_the_word_to_the_text(tmp_path, other):
    path = write(tmp_path / "x.png", 1, "mira")
    path.with_suffix(".json").write_text(other)
    assert told(path) == Told("mira", "text")


def test_an_empty_text_leaves_the_word_to_the_next(tmp_path):
    path = write(tmp_path / "x.png", 1, " ,\n")
    path.with_suffix(".caption").write_text("mira")
    assert told(path).caption == "mira"


def test_settings_of_a_web_ui_are_no_caption_but_tell_where_the_picture_is_from(tmp_path):
    path = write(tmp_path / "x.png", 1, A1111)
    found = told(path)
    assert (found.caption, found.made.models) == (None, ("anima-base-v1.0",))
    path.with_suffix(".caption").write_text("mira")
    assert told(path).caption == "mira"


def test_a_table_of_kohyas_tells_of_pictures_that_have_nothing_beside_them(tmp_path):
    write(tmp_path / "set/a.png", 1)
    write(tmp_path / "set/b.png", 2, "mira")
    (tmp_path / "set/meta_lat.json").write_text(json.dumps({"a": {"tags": "smile"}, "b": {"tags": "frown"}}))
    with Sources([tmp_path / "set"]) as sources:
        captions = CaptionFiles(sources.loose)
        assert [captions.of(source) for source in sources.all] == [Told("smile", "kohya metadata"), Told("mira", "text")]


@pytest.mark.parametrize("raw, said", [("赤い".encode("shift-jis"), "x.txt is not UTF-8"), (b"a, " * 100_000, "too long")])
def test_what_is_no_text_is_named(tmp_path, raw, said):
    path = write(tmp_path / "x.png")
    path.with_suffix(".txt").write_bytes(raw)
    with pytest.raises(UserError, match=said):
        told(path)
