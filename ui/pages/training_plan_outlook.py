"""When is it looked ahead? As soon as the keys rest, in a thread of its own: figures follow while one types."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from ui.aside import Aside
from ui.viewstate.outlook import Outlook, Sight, look_ahead

_REST_MS = 40


class Outlooks(QObject):
    """`sight` is asked for what to look at, in the GUI thread; what changes meanwhile is looked at in a next round."""

    changed = Signal(object)  # Outlook

    def __init__(self, sight: Callable[[], Sight], parent: QObject) -> None:
        super().__init__(parent)
        self._sight = sight
        self.current: Outlook | None = None
        self._aside = Aside(self)
        self._again = self._is_closed = False
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._look)

    @property
    def is_busy(self) -> bool:
        return self._rest.isActive() or self._aside.is_busy

    def ask(self) -> None:
        """Something changed; once it is closed nobody looks."""
        if not self._is_closed:
            self._rest.start()

    def close(self) -> None:
        """Waits for a look that is under way; none comes after it."""
        self._is_closed = True
        self._rest.stop()
        self._aside.close()

    def _look(self) -> None:
        if self._aside.is_busy:
            self._again = True
        else:
            sight = self._sight()
            self._aside.ask(lambda: look_ahead(sight), self._take)

    def _take(self, found: Outlook) -> None:
        self.current = found
        self.changed.emit(found)
        if self._again:
            self._again = False
            self.ask()
