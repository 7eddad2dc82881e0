"""A journal is heard in rows and in events, while it grows, and says exactly where it is damaged."""

import json
import math
from pathlib import Path

import pytest

from studio.core.errors import UserError
from studio.core.events import Event, Note, Started, StepDone, Telemetry, stamped, to_json
from studio.store import feed
from studio.store.feed import Feed, Heard, StepRows, events_in

NIGHT: tuple[Event, ...] = (
    Started("0001", "train", 9), StepDone(1, 1, 0.5, 2e-5, 1.25, 4, "832x1216"),
    StepDone(2, 1, math.nan, 2e-5, 1.25, 8, losses={"mira": 0.1}), Telemetry(1, 2), StepDone(3, 1, 1, 0, 2, 12),
    Note("a line\nwith U+2028 \u2028"), StepDone(4, 2, 0.25, 2e-5, 1.25, 16, time=5.0, attempt=2),
)  # fmt: skip


def append(path: Path, *lines: bytes) -> None:
    with path.open("ab") as file:
        file.writelines(line + b"\n" for line in lines)


def line(event: Event) -> bytes:
    return to_json(event).encode()


def heard(source: Feed) -> list[Heard]:
    return [each for block in source.read() for each in block]


def test_rows_and_events_are_what_was_written_in_its_order(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    append(path, *map(line, NIGHT))
    found = heard(Feed(path))
    assert [type(each) for each in found] == [Started, StepRows, Telemetry, StepRows, Note, StepRows]
    assert found[1].rows[0] == (1, 4, 0.5, 2e-5, 1.25, 1, 0.0, 1) and found[1].rows[1][2] is None
    assert found[1].buckets == ["832x1216", ""] and found[1].losses == [None, {"mira": 0.1}] and not found[3].losses
    assert [to_json(each) for each in events_in(found)] == [to_json(each) for each in NIGHT]


def test_a_growing_journal_is_followed_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    source, second = Feed(path), line(NIGHT[2])
    assert heard(source) == []
    append(path, line(NIGHT[1]))
    assert list(events_in(heard(source))) == [NIGHT[1]]
    with path.open("ab") as file:
        file.write(second[:20])
        file.flush()
        assert heard(source) == []
        file.write(second[20:] + b"\n")
    assert [each.step for each in events_in(heard(source))] == [2]


@pytest.mark.parametrize("size", [1, 64, 200, 333])
def test_a_block_is_as_large_as_its_first_line_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size) -> None:
    path = tmp_path / "journal.jsonl"
    append(path, *map(line, NIGHT), line(Note("x" * 5000)))
    monkeypatch.setattr(feed, "BLOCK", size)
    assert [to_json(each) for each in events_in(heard(Feed(path)))] == [to_json(each) for each in NIGHT] + [
        to_json(Note("x" * 5000))]


@pytest.mark.parametrize(("facts", "why"), [
    ({"step": "5"}, "damaged"), ({"loss": "low"}, "damaged"), ({"bucket": 3}, "damaged"), ({"losses": [1]}, "damaged"),
    ({"epoch": 1.5}, "damaged"), ({"colour": "red"}, "A newer studio"), ({"step": None}, "damaged"),
])  # fmt: skip
def test_a_step_that_is_none_is_named_by_its_place(tmp_path: Path, facts: dict[str, object], why: str) -> None:
    path = tmp_path / "journal.jsonl"
    append(path, line(NIGHT[0]), line(NIGHT[1]))
    place = path.stat().st_size
    append(path, json.dumps(json.loads(line(NIGHT[4])) | facts).encode(), line(stamped(NIGHT[6], 6.0, 2)))
    with pytest.raises(UserError) as told:
        heard(Feed(path))
    assert why in str(told.value) and (why != "damaged" or f"at byte {place}" in str(told.value))


def test_a_step_whose_facts_stand_in_another_order_is_a_step(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    facts = json.loads(line(NIGHT[1]))
    append(path, json.dumps(dict(reversed(facts.items()))).encode())
    assert list(events_in(heard(Feed(path)))) == [NIGHT[1]]
