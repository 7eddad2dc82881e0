"""A chosen target is remembered in the project, and can be taken back."""

from pathlib import Path

from studio.store.targets import NAME, choose_target, read_targets


def test_choices_are_remembered_and_taken_back(tmp_path: Path) -> None:
    assert read_targets(tmp_path) == {}
    choose_target(tmp_path, "1girl, smile", "aa")
    choose_target(tmp_path, "1girl, angry", "bb")
    assert read_targets(tmp_path) == {"1girl, smile": "aa", "1girl, angry": "bb"}
    assert choose_target(tmp_path, "1girl, smile", "") == {"1girl, angry": "bb"} == read_targets(tmp_path)


def test_a_file_that_makes_no_sense_is_as_good_as_none(tmp_path: Path) -> None:
    for text in ("[1, 2]", "{", '{"a": 3}'):
        (tmp_path / NAME).write_text(text)
        assert read_targets(tmp_path) == {}
