"""What a tagger saw is remembered, and forgotten without harm."""

from pathlib import Path

import pytest

from studio.store.tagger_answers import FOLDER, TaggerAnswers
from studio.store.workspace import Workspace, create, open_project, read_project


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return create(tmp_path / "p", "Tags")


def test_an_answer_is_there_after_reopening_but_for_what_is_unlikely(place: Workspace) -> None:
    TaggerAnswers(place, "abc").learn("one", {"smile": 0.91234567, "hat": 0.01})
    place.close()
    with open_project(place.folder) as again:
        assert TaggerAnswers(again, "abc")["one"] == {"smile": 0.9123}


def test_another_version_of_the_tagger_has_seen_nothing_yet(place: Workspace) -> None:
    TaggerAnswers(place, "abc").learn("one", {"smile": 0.9})
    assert "one" not in TaggerAnswers(place, "abd")


def test_what_makes_no_sense_is_as_if_it_were_not_there(place: Workspace) -> None:
    answers = TaggerAnswers(place, "abc")
    answers.learn("one", {"smile": 0.9})
    with (place.cache / FOLDER / "abc.jsonl").open("ab") as file:
        file.write(b'{"image": "two"}\n[1]\n{"image": "three", "tags": {"x": "y"}}\n{"image": "four", "tags": {"x": 0.5}}\n')
        file.write(b'{"image": "torn", "ta')
    read = TaggerAnswers(place, "abc")
    assert [id for id in ("one", "two", "three", "four", "torn") if id in read] == ["one", "four"]


def test_a_torn_last_line_is_healed_when_the_project_is_opened(place: Workspace) -> None:
    TaggerAnswers(place, "abc").learn("one", {"smile": 0.9})
    path = place.cache / FOLDER / "abc.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"image": "torn", "ta')
    place.close()
    with open_project(place.folder) as again:
        assert path.read_bytes() == whole
        TaggerAnswers(again, "abc").learn("two", {"hat": 0.9})
        assert all(id in TaggerAnswers(again, "abc") for id in ("one", "two"))


def test_who_only_looks_at_a_project_writes_nothing_into_it(place: Workspace) -> None:
    place.close()
    TaggerAnswers(read_project(place.folder), "abc").learn("one", {"smile": 0.9})
    assert not (place.cache / FOLDER).exists()
