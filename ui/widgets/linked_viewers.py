"""Pictures side by side that zoom and pan as one: what is in the middle of the one is in the middle of the others."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, Signal
from PySide6.QtGui import QMouseEvent

from ui.widgets.viewer import Viewer


class LinkedViewer(Viewer):
    """A viewer that tells where it looks, and looks where it is told."""

    looked = Signal(object, QPointF)  # zoom as a multiple of what fits, None for that; the middle in shares

    def zoom_to(self, scale: float | None, at: QPointF | None = None) -> None:
        super().zoom_to(scale, at)
        self._tell()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        was = QPointF(self._middle)
        super().mouseMoveEvent(event)
        if was != self._middle:
            self._tell()

    def look(self, zoom: float | None, middle: QPointF) -> None:
        """Looks at the same part; pictures of other sizes show the same share of themselves."""
        self._zoom = None if zoom is None else zoom * self._fit
        self._middle = QPointF(middle)
        self._hold_in_sight()
        self.update()

    def _tell(self) -> None:
        self.looked.emit(None if self._zoom is None else self._zoom / self._fit, QPointF(self._middle))


def link(viewers: Iterable[LinkedViewer]) -> None:
    """From here on each looks where any of the others does."""
    every = tuple(viewers)
    for one in every:
        others = tuple(each for each in every if each is not one)
        one.looked.connect(lambda zoom, middle, others=others: [each.look(zoom, middle) for each in others] and None)
