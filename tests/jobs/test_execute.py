"""The one function that runs a job: journal first, listener second, one ending."""

import errno
from collections.abc import Callable
from pathlib import Path

import pytest

from studio.core.errors import UserError
from studio.core.events import Ending, Event, Failed, Finished, Note, Progress, Started, Stopped
from studio.jobs.execute import Emit, Stop, Ticket, answered, execute, exit_code
from studio.jobs.gpu import Gpu
from studio.store import journal
from studio.store.run_lock import owned


class Work:
    """A job that does what it is given to do."""

    kind = "work"

    def __init__(self, folder: Path | None, do: Callable[[Emit, Stop], Ending]) -> None:
        self.folder, self._do = folder, do

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        emit(Started("work", self.kind, 1))
        return self._do(emit, stop)


def heard(folder: Path | None, do: Callable[[Emit, Stop], Ending]) -> list[Event]:
    events: list[Event] = []
    execute(Ticket(Work(folder, do)), Gpu("cpu"), events.append, clock=lambda: 12.5)
    return events


def failing(error: BaseException) -> Callable[[Emit, Stop], Ending]:
    def do(emit: Emit, stop: Stop) -> Ending:
        raise error

    return do


def endings(events: list[Event]) -> list[Event]:
    return [event for event in events if isinstance(event, Finished | Stopped | Failed)]


@pytest.mark.parametrize("do", [
    lambda emit, stop: Finished(), lambda emit, stop: Stopped(), failing(UserError("no base", "Name one.")),
    failing(KeyboardInterrupt()), failing(RuntimeError("oops")), failing(OSError(errno.ENOSPC, "full")),
])  # fmt: skip
def test_every_job_ends_exactly_once_and_last(tmp_path: Path, do: Callable[[Emit, Stop], Ending]) -> None:
    events = heard(tmp_path, do)
    assert len(endings(events)) == 1 and endings(events) == events[-1:]
    assert list(journal.read(tmp_path / "journal.jsonl")) == events


def test_the_journal_knows_before_the_listener(tmp_path: Path) -> None:
    def listen(event: Event) -> None:
        assert journal.read(tmp_path / "journal.jsonl")[-1] == event

    execute(Ticket(Work(tmp_path, lambda emit, stop: Finished({"steps": 3}))), Gpu("cpu"), listen)


def test_stopping_a_waiting_job_never_starts_it(tmp_path: Path) -> None:
    ticket = Ticket(Work(tmp_path, failing(AssertionError("it was started"))))
    ticket.stop.set()
    events: list[Event] = []
    assert isinstance(execute(ticket, Gpu("cpu"), events.append), Stopped)
    assert len(events) == 1


def test_where_somebody_is_at_work_nothing_is_begun_and_nothing_written(tmp_path: Path) -> None:
    heard(tmp_path, lambda emit, stop: Finished())
    before = (tmp_path / "journal.jsonl").read_bytes()
    with owned(tmp_path), pytest.raises(UserError, match="is being worked on already"):
        heard(tmp_path, failing(AssertionError("it was started")))
    assert (tmp_path / "journal.jsonl").read_bytes() == before


def test_what_a_person_did_is_told_with_its_remedy(tmp_path: Path) -> None:
    ending = heard(tmp_path, failing(UserError("no base", "Name one.")))[-1]
    assert (ending.kind, ending.what, ending.remedy) == ("person", "no base", "Name one.")
    assert not (tmp_path / "log.txt").exists()


def test_a_bug_leaves_its_traceback_in_the_log_and_nowhere_else(tmp_path: Path) -> None:
    ending = heard(tmp_path, failing(RuntimeError("oops\nsecond line")))[-1]
    assert ending.kind == "bug" and ending.what == "RuntimeError: oops" and str(tmp_path / "log.txt") in ending.remedy
    assert "Traceback" in (tmp_path / "log.txt").read_text(encoding="utf-8")
    assert "Traceback" not in (tmp_path / "journal.jsonl").read_text(encoding="utf-8")


def test_a_full_disk_is_nobodys_bug(tmp_path: Path) -> None:
    assert heard(tmp_path, failing(OSError(errno.ENOSPC, "full")))[-1].kind == "person"


def test_a_device_without_memory_is_told_as_such(tmp_path: Path) -> None:
    lost = type("OutOfMemoryError", (RuntimeError,), {})
    assert heard(tmp_path, failing(lost("CUDA out of memory")))[-1].kind == "device"


def test_exit_codes_say_whose_turn_it_is() -> None:
    endings = (Finished(), Failed("person", ""), Failed("bug", ""), Failed("device", ""), Stopped())
    assert [exit_code(ending) for ending in endings] == [0, 2, 1, 1, 130]


def test_each_start_counts_as_an_attempt(tmp_path: Path) -> None:
    attempts = [heard(tmp_path, lambda emit, stop: Finished())[-1].attempt for _ in range(3)]
    assert attempts == [1, 2, 3]


def test_a_torn_last_line_is_cut_before_the_next_attempt(tmp_path: Path) -> None:
    heard(tmp_path, failing(UserError("no")))
    with (tmp_path / "journal.jsonl").open("ab") as file:
        file.write(b'{"event":"note","te')
    heard(tmp_path, lambda emit, stop: Finished())
    assert [event.attempt for event in journal.read(tmp_path / "journal.jsonl")] == [1, 1, 2, 2]


def test_events_are_stamped_with_the_clock(tmp_path: Path) -> None:
    assert {event.time for event in heard(tmp_path, lambda emit, stop: Finished())} == {12.5}


def test_progress_is_heard_but_not_written_down(tmp_path: Path) -> None:
    def do(emit: Emit, stop: Stop) -> Ending:
        emit(Progress(1, 2))
        emit(Note("kept"))
        return Finished()

    assert any(isinstance(event, Progress) for event in heard(tmp_path, do))
    assert not any(isinstance(event, Progress) for event in journal.read(tmp_path / "journal.jsonl"))


def test_a_job_without_a_folder_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert isinstance(heard(None, lambda emit, stop: Finished())[-1], Finished)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("error", "said"), [
    (PermissionError(errno.EACCES, "Permission denied", "/x/a.png.part"), "/x/a.png cannot be used: Permission denied"),
    (OSError(errno.EROFS, "Read-only file system", "/x"), "/x cannot be used: Read-only file system"),
    (FileNotFoundError(errno.ENOENT, "No such file or directory", "/x/y"), "/x/y cannot be used: No such file"),
    (OSError(errno.EIO, "Input/output error"), "A file cannot be used: Input/output error"),
    (OSError(errno.EDQUOT, "Disk quota exceeded"), "The disk is full"),
    (MemoryError(), "The memory of this machine is full"),
    (RuntimeError("DefaultCPUAllocator: can't allocate memory"), "The memory of this machine is full"),
])  # fmt: skip
def test_what_the_machine_refuses_is_nobodys_bug(tmp_path: Path, error: Exception, said: str) -> None:
    ending = heard(tmp_path, failing(error))[-1]
    assert (ending.kind, exit_code(ending)) == ("person", 2) and ending.what.startswith(said) and ending.remedy


def test_an_ending_that_the_journal_cannot_take_is_a_failure(tmp_path: Path) -> None:
    def do(emit: Emit, stop: Stop) -> Ending:
        resource.setrlimit(resource.RLIMIT_FSIZE, ((tmp_path / "journal.jsonl").stat().st_size, before[1]))
        return Finished()

    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        events = heard(tmp_path, do)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert isinstance(events[-1], Failed) and events[-1].kind == "person" and len(endings(events)) == 1
    assert [type(event) for event in journal.read(tmp_path / "journal.jsonl")] == [Started]


def test_what_goes_wrong_before_a_job_is_told_as_a_jobs_failure_is() -> None:
    events: list[Event] = []

    def refusing() -> int:
        raise UserError("no base", "Name one.")

    def broken() -> int:
        raise RuntimeError("oops")

    assert [answered(ask, events.append) for ask in (refusing, broken, lambda: 0)] == [2, 1, 0]
    assert [event.kind for event in events] == ["person", "bug"]
