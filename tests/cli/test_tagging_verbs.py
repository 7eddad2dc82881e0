"""Tagging, guessing and describing as they are typed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from tiny_project import write_project
from tiny_tagger import write_tiny_tagger

from studio.cli import verbs
from studio.cli.main import main
from studio.core.events import Event, Failed, from_json
from tests.chat_stand_in import chat_stand_in
from tests.store.test_api_keys import MemoryKeyring


@pytest.fixture
def ask(capsys: pytest.CaptureFixture) -> Callable[..., list[Event]]:
    """Types a command, and answers with what it told."""
    def typed(*words: object) -> list[Event]:
        capsys.readouterr()
        code = main([*map(str, words), "--json"])
        events = [from_json(line) for line in capsys.readouterr().out.splitlines()]
        assert code == (2 if isinstance(events[-1], Failed) else 0)
        return events

    return typed


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path / "p", "")


@pytest.fixture
def ring() -> Iterator[MemoryKeyring]:
    before = keyring.get_keyring()
    keyring.set_keyring(MemoryKeyring())
    yield keyring.get_keyring()
    keyring.set_keyring(before)


def test_a_dry_run_is_a_preview(project: Path, tmp_path: Path, ask) -> None:
    tagger = write_tiny_tagger(tmp_path / "tagger", ["smile"], channels=[0])
    proposed = ask("tag", project, "--tagger", tagger, "--mode", "merge", "--dry-run")[-1].facts["proposed"]
    assert len(proposed) == 4 and all(after == f"{before}, smile" for _, before, after in proposed)


def test_labels_are_guessed_from_captions_or_by_a_tagger(project: Path, tmp_path: Path, ask) -> None:
    assert ask("guess", project, "--captions")[-1].facts["labels"] == 4
    tagger = write_tiny_tagger(tmp_path / "tagger", ["sitting"], channels=[0])
    assert ask("guess", project, "--tagger", tagger)[-1].facts["labels"] == 8
    assert "--tagger is for looking at pictures" in ask("guess", project, "--tagger", tagger, "--captions")[-1].what


def test_describing_needs_an_address_and_a_model(project: Path, ask) -> None:
    assert "--endpoint is missing" in ask("describe", project)[-1].what
    assert "--model is missing" in ask("describe", project, "--endpoint", "http://localhost:1")[-1].what
    assert "sentences cannot be 9" in ask("describe", project, "--endpoint", "x", "--model", "m", "--sentences", 9)[-1].what


def test_one_image_is_described_and_the_key_is_kept_for_the_next_time(project: Path, ring: MemoryKeyring, ask,
                                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verbs, "getpass", lambda prompt: "secret")
    with chat_stand_in() as stand_in:
        line = ("describe", project, "--endpoint", stand_in.url, "--model", "llava")
        assert ask(*line, "--image", "1.png", "--save-key")[-1].facts == {"captions": 1, "left": 0}
        assert ask(*line, "--image", "2.png", "--send-images")[-1].facts == {"captions": 1, "left": 0}
    assert stand_in.keys == ["Bearer secret"] * 2
    assert [isinstance(asked["messages"][-1]["content"], list) for asked in stand_in.asked] == [False, True]
