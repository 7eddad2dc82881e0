"""How does a page stay true while jobs draw and other processes write? It reads in a thread, again and again."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from studio.store.workspace import Workspace
from ui.aside import Aside
from ui.gpu_thread import Task
from ui.session import Session

_REST_MS = 300
_LOOK_MS = 3_000  # between looks at what other processes draw
_DRAWING = ("sheet", "train", "demo")


class Lookout(QObject):
    """What was `found` in the open project. A page says what is read, in `_read`, which runs in the thread."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject, found: object) -> None:
        super().__init__(parent)
        self._session = session
        self._aside = Aside(self)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self.look)
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self._look_again)
        self.found = found
        self.has_looked = False
        session.jobs.advanced.connect(self._heard)
        session.jobs.ended.connect(self._heard)

    @property
    def is_busy(self) -> bool:
        return self._aside.is_busy or self._rest.isActive()

    def look(self) -> None:
        """Reads what is new."""
        place = self._session.place
        if place:
            self._aside.ask(lambda: self._read(place), self._take, self._session.say_error)

    def watch(self, is_watching: bool) -> None:
        """Looks now, and again and again, as long as somebody looks at the page."""
        if is_watching:
            self.look()
            self._timer.start()
        else:
            self._timer.stop()

    def close(self) -> None:
        self._rest.stop()
        self._timer.stop()
        self._aside.close()

    def _read(self, place: Workspace) -> object:
        raise NotImplementedError

    def _take(self, found: object) -> None:
        is_new, self.has_looked = not self.has_looked or found != self.found, True
        self.found = found
        if is_new:
            self.changed.emit()

    def _heard(self, task: Task, _: object = None) -> None:
        if task.kind in _DRAWING and not self._rest.isActive():
            self._rest.start()

    def _look_again(self) -> None:
        if not self.is_busy:
            self.look()
