"""Runs one job from its first event to its last, for the command line, the window and the tests alike.

Each event goes to the journal first and to the listener second, so nobody ever hears of what a crash could take back.
Every job ends in exactly one of `Finished`, `Stopped` and `Failed`.
"""

from __future__ import annotations

import errno
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Protocol

from studio.core.errors import UserError
from studio.core.events import Ending, Event, Failed, Finished, Progress, Scored, StepDone, Stopped, stamped
from studio.jobs.gpu import Gpu
from studio.store import journal
from studio.store.journal import Journal

Emit = Callable[[Event], None]
Stop = threading.Event
Clock = Callable[[], float]

LOG = "log.txt"

_NOT_SYNCED = (StepDone, Scored, Progress)
_DEVICE_ERRORS = ("OutOfMemoryError", "AcceleratorError")


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
    """Runs the job of `ticket` and returns its ending, which is also the last event that `listen` hears."""
    with _Record(ticket.job.folder, listen, clock) as record:
        ending = Stopped() if ticket.stop.is_set() else _run(ticket, gpu, record)
        return record.emit(ending)


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
    except UserError as error:
        return Failed("person", error.what, error.remedy)
    except KeyboardInterrupt:
        return Stopped({"why": "interrupted"})
    except Exception as error:
        return _fault(error, ticket.job.folder)


def _fault(error: Exception, folder: Path | None) -> Failed:
    """What no person did: a full disk and a lost card have their own remedies, the rest is a bug with a traceback."""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return Failed("person", "The disk is full", "Make room, then resume.")
    log = _log(error, folder)
    if type(error).__name__ in _DEVICE_ERRORS:
        return Failed("device", f"The device gave up: {_first_line(error)}", f"Restart and resume. Details: {log}")
    what = f"{type(error).__name__}: {_first_line(error)}"
    return Failed("bug", what, f"This is a mistake in the studio. Details: {log}")


def _log(error: Exception, folder: Path | None) -> Path:
    """Appends the traceback to the job's log and returns where that is."""
    path = folder / LOG if folder else Path(tempfile.gettempdir()) / f"charstudio-{LOG}"
    with path.open("a", encoding="utf-8") as log:
        log.write("".join(traceback.format_exception(error)))
    return path


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "")


class _Record:
    """Stamps events with time and attempt, writes them down, and passes them on."""

    def __init__(self, folder: Path | None, listen: Emit, clock: Clock) -> None:
        self._listen, self._clock = listen, clock
        self._attempt = _next_attempt(folder / journal.NAME) if folder else 1
        self._journal = Journal(folder / journal.NAME) if folder else None

    def emit(self, event: Event) -> Event:
        event = stamped(event, self._clock(), self._attempt)
        if self._journal and not isinstance(event, Progress):
            self._journal.append(event, milestone=not isinstance(event, _NOT_SYNCED))
        self._listen(event)
        return event

    def __enter__(self) -> _Record:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        if self._journal:
            self._journal.close()


def _next_attempt(path: Path) -> int:
    journal.heal(path)
    return 1 + max((event.attempt for event in journal.read(path)), default=0)
