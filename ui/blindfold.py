"""Does somebody judge blind just now? Then no page may tell epochs, whichever of them the session was begun on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal


class Blindfold(QObject):
    """Put on by a blind session and taken off when it is over; pages that tell epochs hear of both."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._end: Callable[[], object] | None = None

    @property
    def is_on(self) -> bool:
        return self._end is not None

    def put_on(self, end: Callable[[], object]) -> None:
        """A session begins; `end` ends it from wherever that is asked for."""
        self._end = end
        self.changed.emit()

    def take_off(self) -> None:
        """The session is over."""
        if self.is_on:
            self._end = None
            self.changed.emit()

    def forget(self) -> None:
        """The session is put away with its project: there is no page left to hear of it."""
        self._end = None

    def end(self) -> None:
        """Ends the session, if one is on."""
        if self._end:
            self._end()
