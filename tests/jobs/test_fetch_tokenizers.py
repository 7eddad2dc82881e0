"""Downloading the tokenizers, from a stand-in for the public hub on this machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hub_stand_in import COMMIT, Hub, serving
from job_runs import run

from studio.core.events import Event, Failed, Finished, Note, Progress, Stopped
from studio.jobs.fetch_tokenizers import REPOSITORY, FetchTokenizers
from studio.store.tokenizers import Tokenizer

OURS = {"qwen2": "tokenizer", "t5": "t5_tokenizer"}


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


@pytest.fixture
def hub(tiny_base) -> Iterator[Hub]:
    files = {f"{OURS[folder.name]}/{path.name}": path.read_bytes()
             for folder in (tiny_base.qwen_tokenizer, tiny_base.t5_tokenizer) for path in folder.iterdir()}  # fmt: skip
    files |= {"tokenizer/README.md": b"not asked for", "transformer/config.json": b"{}"}
    with serving(Hub(files, large=frozenset({"t5_tokenizer/tokenizer.json"}))) as served:
        yield served


def fetch(hub: Hub, into: Path, stop_at=lambda event: False) -> list[Event]:
    return run(FetchTokenizers(into, hub.endpoint), stop_at)


def kept(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_both_come_byte_by_byte_and_work(hub: Hub, tmp_path: Path, tiny_base) -> None:
    assert isinstance(fetch(hub, tmp_path)[-1], Finished)
    for folder in (tiny_base.qwen_tokenizer, tiny_base.t5_tokenizer):
        fetched = tmp_path / folder.name
        assert {path.name: path.read_bytes() for path in fetched.iterdir()} == {
            path.name: path.read_bytes() for path in folder.iterdir()}  # fmt: skip
        assert Tokenizer.from_folder(fetched).encode("blue hair") == Tokenizer.from_folder(folder).encode("blue hair")


def test_it_says_what_comes_from_where_before_it_comes_and_how_far_it_is(hub: Hub, tmp_path: Path) -> None:
    events = fetch(hub, tmp_path)
    first = next(place for place, event in enumerate(events) if isinstance(event, Progress))
    said = [event.text for event in events[:first] if isinstance(event, Note)]
    assert len(said) == 2 and all(REPOSITORY in text and COMMIT in text and "MiB" in text for text in said)
    last = [event for event in events if isinstance(event, Progress)][-1]
    assert last.done == last.total


def test_only_the_tokenizers_own_files_are_asked_for(hub: Hub, tmp_path: Path) -> None:
    fetch(hub, tmp_path)
    asked = {line.rpartition("/")[2] for line in hub.asked}
    assert asked == {"tokenizer.json", "vocab.json", "merges.txt", "tokenizer_config.json"}


def test_no_key_is_sent(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    fetch(hub, tmp_path)
    assert hub.headers and not [sent for sent in hub.headers if "hf_secret" in str(sent)]


@pytest.mark.parametrize("path", ["t5_tokenizer/tokenizer.json", "tokenizer/merges.txt"])
@pytest.mark.parametrize("change", ["flip", "cut", "more"])
def test_what_differs_from_its_checksum_is_refused_and_nothing_is_kept(hub, tmp_path: Path, path, change) -> None:
    own = hub.files[path]
    hub.wrong = {path: {"flip": own[:-1] + b"\0", "cut": own[:-1], "more": own + b"x"}[change]}
    ending = fetch(hub, tmp_path)[-1]
    assert isinstance(ending, Failed) and ending.kind == "person"
    name = next(ours for ours, theirs in OURS.items() if path.startswith(f"{theirs}/"))
    assert not [left for left in kept(tmp_path) if left.startswith(name)]


def test_a_wrong_checksum_is_told_with_both(hub: Hub, tmp_path: Path) -> None:
    path = "t5_tokenizer/tokenizer.json"
    hub.wrong = {path: hub.files[path][:-1] + b"\0"}
    said = fetch(hub, tmp_path)[-1].what
    assert hub.etag(path) in said and "nothing was kept" in said


def test_files_that_make_no_tokenizer_are_not_kept(hub: Hub, tmp_path: Path) -> None:
    hub.files = dict(hub.files) | {"t5_tokenizer/tokenizer.json": b"{}"}
    assert isinstance(fetch(hub, tmp_path)[-1], Failed) and not (tmp_path / "t5").exists()


def test_stopping_leaves_nothing_unfinished(hub: Hub, tmp_path: Path) -> None:
    events = fetch(hub, tmp_path, stop_at=lambda event: isinstance(event, Progress))
    assert isinstance(events[-1], Stopped) and kept(tmp_path) == []


def test_what_is_there_already_is_not_fetched_again(hub: Hub, tmp_path: Path) -> None:
    fetch(hub, tmp_path)
    hub.asked.clear()
    assert fetch(hub, tmp_path)[-1].facts["fetched"] == () and hub.asked == []


def test_a_damaged_one_is_fetched_again(hub: Hub, tmp_path: Path) -> None:
    fetch(hub, tmp_path)
    (tmp_path / "t5" / "tokenizer.json").write_text("{")
    assert fetch(hub, tmp_path)[-1].facts["fetched"] == ("t5",)
    assert Tokenizer.from_folder(tmp_path / "t5").encode("hair")


@pytest.mark.parametrize("status", [404, 500, 403])
def test_a_hub_that_refuses_is_the_persons_to_know(hub: Hub, tmp_path: Path, status: int) -> None:
    hub.status = status
    ending = fetch(hub, tmp_path)[-1]
    assert ending.kind == "person" and "did not answer as it should" in ending.what and kept(tmp_path) == []


def test_a_hub_that_is_not_there_is_the_persons_to_know(tmp_path: Path) -> None:
    ending = run(FetchTokenizers(tmp_path, "http://127.0.0.1:9"))[-1]
    assert ending.kind == "person" and "did not answer" in ending.what


def test_a_repository_without_tokenizers_is_named(hub: Hub, tmp_path: Path) -> None:
    hub.files = {"tokenizer/README.md": b"", "t5_tokenizer/README.md": b""}
    assert REPOSITORY in fetch(hub, tmp_path)[-1].what
