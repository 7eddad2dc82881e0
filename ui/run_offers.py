"""Which runs of a project wait for somebody? Those that were cut short are offered, those that go on are told of."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Thread

from PySide6.QtCore import QObject, QTimer, Signal

from studio.core.errors import UserError
from studio.core.events import Failed, Finished, Stopped, from_json
from studio.store import runs
from studio.store.feed import Feed
from studio.store.run_lock import is_running
from studio.store.runs import RunFolder
from studio.store.workspace import Workspace
from ui.i18n import tr
from ui.notices import Notice
from ui.session import Session

_LOOK_MS = 1_000  # between looks at a run that goes on without the window
_TAIL = 2**16     # bytes; a longer last line is read with all others


@dataclass(frozen=True, slots=True)
class FoundRun:
    """A run without an end: how far it is, and whether somebody works on it."""

    id: str
    step: int
    total: int
    is_alive: bool


class RunOffers(QObject):
    """Looks at the runs of a project that was opened, in a thread of its own."""

    found = Signal(object)  # tuple of FoundRun
    ended = Signal(str)     # the id of a run that went on without the window and has ended
    _read = Signal(object, object)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._thread: Thread | None = None
        self.interrupted = ""  # the id of the newest run that was cut short
        self.going = ""        # and of the one that goes on without the window
        self._read.connect(self._take)
        self._look_after = QTimer(self, interval=_LOOK_MS)
        self._look_after.timeout.connect(self._has_it_ended)

    def look(self) -> None:
        """Looks at the open project."""
        self.close()
        place, self.interrupted = self._session.place, ""
        if place.runs.is_dir() and any(place.runs.iterdir()):
            self._thread = Thread(target=lambda: self._read.emit(place, unended(place)), name="offers", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Looks no more: the project closes, or is looked at anew."""
        if self.going:
            self._session.jobs.make_way("")
        self.going = ""
        self._look_after.stop()
        if self._thread:
            self._thread.join()
        self._thread = None

    def _take(self, place: Workspace, found: tuple[FoundRun, ...]) -> None:
        if self._session.place is not place:
            return
        mine = [each for each in found if not self._session.jobs.task_of(each.id)]
        cut, going = [each for each in mine if not each.is_alive], [each for each in mine if each.is_alive]
        self.interrupted = cut[-1].id if cut else ""
        self.going = going[-1].id if going else ""
        if cut:
            self._session.noticed.emit(Notice(
                tr("{run} was interrupted at step {step} of {all}", run=cut[-1].id, step=f"{cut[-1].step:,}",
                   all=f"{cut[-1].total:,}"),
                tr("Going on makes the same LoRA as if it had never stopped."), "doubtful", "runs.resume"))
        if going:
            self._make_way()
        self.found.emit(tuple(mine))

    def _make_way(self) -> None:
        self._session.jobs.make_way(self.going)
        self._session.noticed.emit(Notice(
            tr("{run} goes on in a process of its own", run=self.going),
            tr("It can be watched, paused and stopped from here. The queue waits for it."), "good", "runs.show"))
        self._look_after.start()

    def _has_it_ended(self) -> None:
        run = RunFolder(self._session.place.runs / self.going)
        if is_running(run.folder):
            return
        self._look_after.stop()
        self.going = ""
        self._session.jobs.make_way("")
        self.ended.emit(run.id)


def unended(place: Workspace) -> tuple[FoundRun, ...]:
    """The runs that began and have no end yet, oldest first."""
    return tuple(found for run in runs.runs_of(place) if (found := _found(run)))


def _has_ended(run: RunFolder) -> bool:
    """Whether the last line of its journal says so: most runs have ended, and need not be read from the beginning."""
    try:
        with run.journal.open("rb") as file:
            file.seek(max(0, run.journal.stat().st_size - _TAIL))
            last = file.read().splitlines()[-1]
        return isinstance(from_json(last.decode("utf-8", "replace")), Finished | Stopped | Failed)
    except (OSError, ValueError, IndexError, AttributeError, UserError):
        return False  # then all of it is read


def _found(run: RunFolder) -> FoundRun | None:
    from ui.viewstate.live_run import LiveRun

    is_alive, live = is_running(run.folder), LiveRun(run.id)
    if not is_alive and _has_ended(run):
        return None
    try:
        for heard in Feed(run.journal).read():
            live.take(heard)
    except (UserError, OSError):
        return None
    if live.state.status != "running":
        return None
    return FoundRun(run.id, live.step, live.state.course.total, is_alive)
