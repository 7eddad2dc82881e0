import sys
from contextlib import contextmanager

import pytest

from studio.core.errors import UserError
from studio.core.events import Note, StepDone, to_json
from studio.store.journal import Journal, heal, read
from tests.store.crash import killed

APPEND_FOR_EVER = """
import itertools, sys
from pathlib import Path
from studio.core.events import Note
from studio.store.journal import Journal
with Journal(Path(sys.argv[1])) as journal:
    for count in itertools.count():
        journal.append(Note(f"{count} " + "x" * 2000), milestone=count % 7 == 0)
        print(count)
"""


def step(number):
    return StepDone(step=number, epoch=1, loss=0.5, lr=2e-5, seconds=0.1, exposures=number)


def written(path, *events):
    path.write_bytes(b"".join(to_json(event).encode() + b"\n" for event in events))


def appended(path, event):
    with Journal(path) as journal:
        journal.append(event, milestone=True)


def test_what_is_appended_is_read_again(tmp_path):
    path = tmp_path / "journal.jsonl"
    with Journal(path) as open_journal:
        open_journal.append(step(1))
        open_journal.append(Note("a line\nwith U+2028 \u2028 and ミラ"), milestone=True)
    assert read(path) == (step(1), Note("a line\nwith U+2028 \u2028 and ミラ"))


def test_an_event_can_be_read_before_the_journal_is_closed(tmp_path):
    path = tmp_path / "journal.jsonl"
    with Journal(path) as open_journal:
        open_journal.append(step(1))
        assert read(path) == (step(1),)


def test_a_reopened_journal_goes_on(tmp_path):
    path = tmp_path / "journal.jsonl"
    for number in (1, 2, 3):
        appended(path, step(number))
    assert [event.step for event in read(path)] == [1, 2, 3]


def test_a_missing_journal_has_no_events(tmp_path):
    assert read(tmp_path / "journal.jsonl") == ()
    assert heal(tmp_path / "journal.jsonl") == 0


def test_a_line_torn_at_any_byte_is_as_if_it_had_never_been(tmp_path):
    path = tmp_path / "journal.jsonl"
    written(path, step(1), Note("ミラ"))
    whole, first = path.read_bytes(), len(to_json(step(1)).encode()) + 1
    for length in range(first, len(whole)):
        path.write_bytes(whole[:length])
        assert read(path) == (step(1),)
        assert heal(path) == length - first
        assert path.read_bytes() == whole[:first]


def test_reading_changes_nothing_as_the_last_line_may_still_grow(tmp_path):
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b'{"event":"note","te')
    assert read(path) == ()
    assert path.read_bytes() == b'{"event":"note","te'


def test_opening_a_torn_journal_cuts_it_before_the_next_line(tmp_path):
    path = tmp_path / "journal.jsonl"
    written(path, step(1))
    with path.open("ab") as file:
        file.write(b'{"event":"step_do')
    appended(path, step(2))
    assert read(path) == (step(1), step(2))


def test_zeros_that_a_power_failure_left_are_cut(tmp_path):
    path = tmp_path / "journal.jsonl"
    written(path, step(1))
    with path.open("ab") as file:
        file.write(b"\0" * 500 + b"\n" + b"\0" * 30)
    assert heal(path) == 531
    assert read(path) == (step(1),)


def test_damage_in_the_middle_is_named_and_not_passed_over(tmp_path):
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b"rubbish\n" + to_json(step(1)).encode() + b"\n")
    with pytest.raises(UserError, match=r"journal\.jsonl is damaged at byte 0"):
        read(path)


@pytest.mark.parametrize("lines", [1, 3, 50, 400])
def test_a_process_killed_while_appending_loses_no_event_that_it_had_appended(tmp_path, lines):
    path = tmp_path / "journal.jsonl"
    told = killed(APPEND_FOR_EVER, path, after_lines=lines)
    heal(path)
    kept = [int(event.text.split()[0]) for event in read(path)]
    assert kept == list(range(len(kept)))
    assert kept[-1] >= int(told[-1])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits no file's size")
@pytest.mark.parametrize("room", [0, 1, 30])
def test_a_disk_that_takes_half_a_line_is_left_with_none_of_it(tmp_path, room):
    path = tmp_path / "journal.jsonl"
    with Journal(path) as journal:
        journal.append(step(1))
        with no_file_larger(path.stat().st_size + room), pytest.raises(OSError):
            journal.append(step(2), milestone=True)
        assert read(path) == (step(1),) and path.read_bytes().endswith(b"\n")
        journal.append(step(3))
    assert read(path) == (step(1), step(3))


@contextmanager
def no_file_larger(size):
    """As a full disk does, the system takes what fits and refuses the next byte."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_name_that_is_no_text_comes_back_as_it_was(tmp_path):
    path = tmp_path / "journal.jsonl"
    appended(path, Note("caf\udce9.png"))
    assert read(path) == (Note("caf\udce9.png"),)


@pytest.mark.parametrize("line", [b"[" * 100_000, b"5", b'{"event":[]}', b'{"event":"step_done","step":"x"}', b"null",
                                  b'{"event":"note"}', b'{"event":"note","text":"x","attempt":[]}'])  # fmt: skip
def test_a_line_of_odd_values_is_damage_and_named(tmp_path, line):
    path = tmp_path / "journal.jsonl"
    path.write_bytes(line + b"\n" + to_json(step(1)).encode() + b"\n")
    with pytest.raises(UserError, match=r"journal\.jsonl is damaged at byte 0|A newer studio"):
        read(path)
