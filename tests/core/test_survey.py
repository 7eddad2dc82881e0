from dataclasses import replace

import pytest

from studio.core.likeness import Likeness
from studio.core.project import Character, Group, Project, with_character, with_group
from studio.core.survey import Assignment, Found, Survey, assigned, assignments, common_trigger, copies, elected, numbered

MIRA, SUZU = Character("Mira", "mirasol", 3), Character("Suzu", "suzuhane")
BOOK = with_group(with_character(with_character(Project("Book"), MIRA), SUZU), Group(("Mira", "Suzu")))


def found(where, folder="", **more):
    return Found(where, folder, 1000, **{"id": where, "width": 512, "height": 512} | more)


@pytest.mark.parametrize("folder, words", [
    ("10_mira girl", (10, "mira girl")), ("1_", (1, "")), ("mira", (None, "mira")), ("0_mira", (None, "0_mira")),
    ("10 mira", (None, "10 mira")),
])
def test_a_kohya_folder_begins_with_its_repeats(folder, words):
    assert numbered(folder) == words


@pytest.mark.parametrize("folder, characters, repeats", [
    ("mira", ("Mira",), None), ("set/MIRA/busts", ("Mira",), None), ("train/10_mirasol girl", ("Mira",), 10),
    ("Mira+Suzu", ("Mira", "Suzu"), None), ("suzu & mira", ("Mira", "Suzu"), None),
    ("train/4_suzuhane+mirasol 2girls", ("Mira", "Suzu"), 4),
])
def test_folders_of_known_characters_are_known_by_name_and_by_trigger(folder, characters, repeats):
    assert assigned(folder, BOOK) == Assignment(folder, characters, "", repeats)


@pytest.mark.parametrize("folder, name, trigger, repeats", [
    ("Kana", "Kana", "kana", None), ("train/5_kanachan girl", "kanachan", "kanachan", 5),
    ("set/Kana Sol", "Kana Sol", "kana sol", None), ("Kana/full body", "Kana", "kana", None),
    ("Kana/0001", "Kana", "kana", None), ("Kana/images", "Kana", "kana", None),
])
def test_a_new_character_is_called_as_her_folder(folder, name, trigger, repeats):
    assert assigned(folder, BOOK) == Assignment(folder, (name,), trigger, repeats)


def test_the_trigger_is_what_every_caption_calls_first():
    told = ["masterpiece, 1girl, kanakana, smile", "1girl, kanakana, sitting. She sits there."]
    assert common_trigger(told) == "kanakana" == assigned("new", BOOK, told).trigger
    assert common_trigger([*told, "1girl, smile"]) == "" == common_trigger(told[:1])


def test_captions_that_call_a_known_character_show_her_whatever_the_folder():
    assert assigned("v2", BOOK, ["1girl, mirasol, smile", "1girl, mirasol"]) == Assignment("v2", ("Mira",))


def test_a_new_pair_is_named_as_written():
    assert assigned("Kana+Kei", BOOK) == Assignment("Kana+Kei", ("Kana", "Kei"))


def test_each_folder_is_assigned_once_and_files_without_one_are_not():
    told = assignments([found("a", "Mira"), found("b", "Mira"), found("c", ""), found("d", "Kana")], BOOK)
    assert [each.folder for each in told] == ["Mira", "Kana"]


def test_a_survey_counts_what_would_be_taken_in():
    survey = Survey((
        found("a", "x", caption="mira", caption_kind="text"), found("b", "y", twin="a"),
        found("c", "x", trouble="c is empty"), found("d", "x", width=100), found("e", "x", caption="m", caption_kind="JSON"),
    ))  # fmt: skip
    assert [each.where for each in survey.new] == ["a", "d", "e"]
    assert [each.where for each in survey.tiny] == ["d"] and [each.where for each in survey.damaged] == ["c"]
    assert [each.where for each in survey.twins] == ["b"] and survey.folders == ("x", "y")
    assert survey.captions == {"text": 1, "JSON": 1}


def test_copies_are_grouped_with_those_of_the_project():
    stamp = bytes(range(256)) * 4
    like, other = Likeness(stamp, 1.0), Likeness(stamp[::-1], 1.0)
    pictures = [found("a", likeness=like), found("b", likeness=other), found("c", likeness=like)]
    assert copies(pictures, {}) == (("a", "c"),)
    assert copies(pictures, {"images/x.png": other, "images/y.png": other}) == (("images/x.png", "images/y.png", "b"),
                                                                               ("a", "c"))
    assert copies([pictures[1]], {"images/x.png": like, "images/y.png": like}) == ()


def twins(*names: str, captioned: str = "") -> dict[str, str]:
    """Which of files with the same bytes is whose twin, met in this order."""
    met = [Found(name, "set", 9, "same", 64, 64, "1girl" if name == captioned else None, twin=names[0] if at else "")
           for at, name in enumerate(names)]
    return {each.where: each.twin for each in elected(met)}


@pytest.mark.parametrize("copy", ["copy of mira_001.png", "mira_001 (2).png", "mira_001 - Copy.png",
                                  "mira_001_copy2.png", "mira_001 - コピー.png", "Kopie von mira_001.png"])
def test_of_the_same_bytes_the_file_that_is_not_named_as_a_copy_is_kept(copy: str) -> None:
    assert twins(copy, "mira_001.png") == {copy: "mira_001.png", "mira_001.png": ""}


def test_of_the_same_bytes_the_captioned_and_then_the_shorter_name_is_kept() -> None:
    assert twins("mira.png", "mira at home.png", captioned="mira at home.png")["mira.png"] == "mira at home.png"
    assert twins("mira at home.png", "mira.png")["mira at home.png"] == "mira.png"


def test_what_the_project_has_stays_the_original() -> None:
    met = Found("copycat.png", "set", 9, "same", 64, 64, twin="images/Mira/copy of mira.png")
    assert elected([met, replace(met, where="b.png")])[0].twin == met.twin
