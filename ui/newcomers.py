"""How do pictures that nobody read yet come to be shown, and the window does not wait? As a job reads them, in lots."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from ui.i18n import tr, trn

if TYPE_CHECKING:
    from studio.store.image_index import Reading
    from ui.gpu_thread import Task
    from ui.session import Session

AT_ONCE = 32  # files that are read while a person waits; where there are more, the others are read by the job

_A_TURN = 128  # readings that are taken in before the window answers again


class Newcomers:
    """The job that reads them, one at a time, and what it told."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._task: Task | None = None
        self._told: deque[Sequence[Reading]] = deque()  # filled in the job's thread
        self._turn = QTimer(singleShot=True, interval=0)
        self._turn.timeout.connect(self._take)
        session.jobs.advanced.connect(self._hear)

    @property
    def is_busy(self) -> bool:
        """Whether something is being read, or was read and is not shown yet."""
        return self._task is not None

    def look(self) -> None:
        """Begins to read what the records leave unread."""
        from studio.jobs.read_images import ReadImages

        if self._task is None and self._session.records.unread:
            job = ReadImages(self._session.place.folder, self._told.append)
            self._task = self._session.run(job, tr("Looking at new pictures"), self._ended)

    def leave(self) -> None:
        """The project is about to be put away."""
        if self._task:
            self._task.stop()
        self._turn.stop()
        self._task, self._told = None, deque()

    def _hear(self, task: Task) -> None:
        if task is self._task and self._told:
            self._turn.start()

    def _take(self) -> None:
        """A few readings at a time; what shows them is made anew after the last of them."""
        lot = self._told.popleft()
        self._session.records.learn(lot[:_A_TURN])
        if rest := lot[_A_TURN:]:
            self._told.appendleft(rest)
        if self._told:
            return self._turn.start()
        self._session.records_changed.emit(())
        self._session.undo_changed.emit()
        if self._task and self._task.ending is not None:
            self._end(self._task)

    def _ended(self, task: Task) -> None:
        if task is self._task and not self._told:
            self._end(task)

    def _end(self, task: Task) -> None:
        self._task, left = None, len(self._session.records.unread)
        if task.course.status == "finished" and left:
            self._session.attempt(self._session.rescan)  # what came meanwhile, or is known to another index by now
        elif task.course.status == "stopped" and left:
            self._session.say(trn("{n} picture was not looked at. “{again}” goes on.",
                                  "{n} pictures were not looked at. “{again}” goes on.", left,
                                  again=self._session.actions["edit.refresh"].text()))
