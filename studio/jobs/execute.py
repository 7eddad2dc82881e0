"""Runs one job from its first event to its last, for the command line, the window and the tests alike.

Each event goes to the journal first and to the listener second, so nobody ever hears of what a crash could take back.
Every job ends in exactly one of `Finished`, `Stopped` and `Failed`. What goes wrong is told in a sentence; a traceback
goes into a log.
"""

from __future__ import annotations

import errno
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Protocol

from studio.core.errors import UserError
from studio.core.events import Ending, Event, Failed, Finished, Progress, Scored, StepDone, Stopped, Telemetry, stamped
from studio.jobs.gpu import Gpu
from studio.store import journal
from studio.store.atomic import PART
from studio.store.journal import Journal
from studio.store.run_lock import owned

Emit = Callable[[Event], None]
Stop = threading.Event
Clock = Callable[[], float]

LOG = "log.txt"

_NOT_SYNCED = (StepDone, Scored, Telemetry, Progress)
_DEVICE_ERRORS = ("OutOfMemoryError", "AcceleratorError")
_FULL = (errno.ENOSPC, errno.EDQUOT)
_OUTSIDE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.EIO,
            errno.ENAMETOOLONG, errno.ELOOP, errno.EFBIG, errno.EMFILE, errno.ENFILE, errno.EBUSY, errno.ETXTBSY,
            errno.ENODEV, errno.ENXIO, errno.ESTALE, errno.ENOLCK, errno.EILSEQ)  # of the disk, and of what lies on it


class Job(Protocol):
    """Some work. `folder` holds its journal; a job that leaves nothing to come back to has none.

    `run` tells what happens through `emit`, looks at `stop` wherever it can end tidily, and returns how it ended.
    """

    @property
    def kind(self) -> str: ...

    @property
    def folder(self) -> Path | None: ...

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending: ...


@dataclass(frozen=True, slots=True)
class Ticket:
    """A job with its stop button, which exists before the job is queued."""

    job: Job
    stop: Stop = field(default_factory=Stop)


def execute(ticket: Ticket, gpu: Gpu, listen: Emit, clock: Clock = time.time) -> Ending:
    """Runs the job of `ticket` and returns its ending, which is also the last event that `listen` hears.

    Raises UserError, with nothing told, when somebody else is working in the job's folder.
    """
    folder = ticket.job.folder
    with owned(folder) if folder else nullcontext(), _Record(folder, listen, clock) as record:
        ending = Stopped() if ticket.stop.is_set() else _run(ticket, gpu, record)
        return record.end(ending)


def answered(ask: Callable[[], int], listen: Emit) -> int:
    """The exit code that `ask` returns. What goes wrong before a job or behind it is told as a job's own failure is."""
    try:
        return ask()
    except BrokenPipeError:
        raise
    except Exception as error:
        failed = _failure(error, None)
        listen(failed)
        return exit_code(failed)


def exit_code(ending: Ending) -> int:
    """0 when all is done, 130 when stopped, 2 for what the person can put right, 1 for a bug."""
    match ending:
        case Finished():
            return 0
        case Stopped():
            return 130
        case Failed(kind="person"):
            return 2
        case _:
            return 1


def _run(ticket: Ticket, gpu: Gpu, record: _Record) -> Ending:
    try:
        return ticket.job.run(gpu, record.emit, ticket.stop)
    except KeyboardInterrupt:
        return Stopped({"why": "interrupted"})
    except Exception as error:
        return _failure(error, ticket.job.folder)


def _failure(error: Exception, folder: Path | None) -> Failed:
    """Whose turn it is: the person's for a mistake, for disk and memory; a lost card's remedy; else it is a bug."""
    match error:
        case UserError():
            return _person(error)
        case OSError(errno=number) if number in _FULL:
            return _person(UserError("The disk is full", "Make room, then resume or start again."))
        case OSError(errno=number) if number in _OUTSIDE:
            _log(error, folder)
            return _person(_of_the_disk(error))
        case _ if _is_out_of_memory(error):
            return _person(UserError("The memory of this machine is full", "Close other programs, or ask for less."))
    log = _log(error, folder)
    if type(error).__name__ in _DEVICE_ERRORS:
        return Failed("device", f"The device gave up: {_first_line(error)}", f"Restart and resume. Details: {log}")
    what = f"{type(error).__name__}: {_first_line(error)}"
    return Failed("bug", what, f"This is a mistake in the studio. Details: {log}")


def _is_out_of_memory(error: Exception) -> bool:
    """Python's own error, or what torch says where it can have no more of the main memory."""
    return isinstance(error, MemoryError) or "DefaultCPUAllocator" in str(error)


def _person(error: UserError) -> Failed:
    return Failed("person", error.what, error.remedy)


def _of_the_disk(error: OSError) -> UserError:
    """A file that cannot be used; nobody asked for the `.part` that it is while it is written."""
    name = str(error.filename or "A file").removesuffix(PART)
    return UserError(f"{name} cannot be used: {error.strerror}", "Check that it is there and that you may use it.")


def _log(error: Exception, folder: Path | None) -> Path:
    """Appends the traceback to the job's log, or where that cannot be written to a common one; returns where it is."""
    common = Path(tempfile.gettempdir()) / f"charstudio-{LOG}"
    for path in (folder / LOG, common) if folder else (common,):
        with suppress(OSError), path.open("a", encoding="utf-8", errors="replace") as log:
            log.write("".join(traceback.format_exception(error)))
            break
    return path


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "")


class _Record:
    """Stamps events with time and attempt, writes them down, and passes them on."""

    def __init__(self, folder: Path | None, listen: Emit, clock: Clock) -> None:
        self._listen, self._clock = listen, clock
        self._attempt = _next_attempt(folder / journal.NAME) if folder else 1
        self._journal = Journal(folder / journal.NAME) if folder else None

    def emit(self, event: Event) -> None:
        event = stamped(event, self._clock(), self._attempt)
        self._write_down(event)
        self._listen(event)

    def end(self, ending: Ending) -> Ending:
        """The ending as it was told. One that the disk does not take is a failure; without an end in its journal the
        job counts as interrupted, which is no less than the truth."""
        try:
            ending = stamped(ending, self._clock(), self._attempt)
            self._write_down(ending)
        except OSError as error:
            failed = ending if isinstance(ending, Failed) else _failure(error, None)
            ending = stamped(failed, self._clock(), self._attempt)
        self._listen(ending)
        return ending

    def _write_down(self, event: Event) -> None:
        if self._journal and not isinstance(event, Progress):
            self._journal.append(event, milestone=not isinstance(event, _NOT_SYNCED))

    def __enter__(self) -> _Record:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        if self._journal:
            with suppress(OSError):
                self._journal.close()


def _next_attempt(path: Path) -> int:
    journal.heal(path)
    return 1 + max((event.attempt for event in journal.read(path)), default=0)
