"""A few small pictures in a row, as many as there is room for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import theme

SIDE = 40  # of a picture, in pixels

_LEAST = 2


class PictureStrip(QWidget):
    """Squares from the upper part of each picture, where faces are."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._pixmaps: tuple[QPixmap, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)

    def show_pictures(self, pixmaps: Sequence[QPixmap]) -> None:
        """These, the first ones at the left."""
        self._pixmaps = tuple(pixmaps)
        self.update()

    @property
    def count(self) -> int:
        """How many there are to show."""
        return len(self._pixmaps)

    def sizeHint(self) -> QSize:
        return QSize(_LEAST * (SIDE + theme.GAP), SIDE)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        room = max(1, (self.width() + theme.GAP) // (SIDE + theme.GAP))
        for place, pixmap in enumerate(self._pixmaps[:room]):
            at = QRect(place * (SIDE + theme.GAP), 0, SIDE, SIDE)
            painter.drawPixmap(at, pixmap, _upper_square(pixmap))


def _upper_square(pixmap: QPixmap) -> QRect:
    side = min(pixmap.width(), pixmap.height())
    return QRect((pixmap.width() - side) // 2, 0, side, side)


def seen(pixmap: QPixmap | None) -> bool:
    """Whether there is something to show: a file that cannot be read gives a null picture."""
    return pixmap is not None and not pixmap.isNull()
