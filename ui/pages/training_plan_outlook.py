"""When is it looked ahead? As soon as the keys rest, in a thread of its own: figures follow while one types."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread

from PySide6.QtCore import QObject, QTimer, Signal

from ui.viewstate.outlook import Outlook, Sight, look_ahead

_REST_MS = 40


class Outlooks(QObject):
    """`sight` is asked for what to look at, in the GUI thread; what changes meanwhile is looked at in a next round."""

    changed = Signal(object)  # Outlook
    _looked = Signal(object)  # from the thread

    def __init__(self, sight: Callable[[], Sight], parent: QObject) -> None:
        super().__init__(parent)
        self._sight = sight
        self.current: Outlook | None = None
        self._thread: Thread | None = None
        self._again = self._is_closed = False
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._look)
        self._looked.connect(self._take)

    @property
    def is_busy(self) -> bool:
        return self._rest.isActive() or self._thread is not None

    def ask(self) -> None:
        """Something changed; once it is closed nobody looks."""
        if not self._is_closed:
            self._rest.start()

    def close(self) -> None:
        """Waits for a look that is under way; none comes after it."""
        self._is_closed = True
        self._rest.stop()
        if self._thread:
            self._thread.join()

    def _look(self) -> None:
        if self._thread is not None:
            self._again = True
            return
        self._thread = Thread(target=self._work, args=(self._sight(),), name="outlook", daemon=True)
        self._thread.start()

    def _work(self, sight: Sight) -> None:
        found = None
        try:
            found = look_ahead(sight)
        finally:
            self._looked.emit(found)  # a bug is told where bugs are told, and the next change is looked at all the same

    def _take(self, found: Outlook | None) -> None:
        self._thread.join()
        self._thread = None
        if found is not None:
            self.current = found
            self.changed.emit(found)
        if self._again:
            self._again = False
            self.ask()
