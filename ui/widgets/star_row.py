"""Five stars to click; the keys 0 to 5 do the same."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.core.record import MOST_STARS
from ui import icons, theme
from ui.i18n import tr, trn

_SIDE = 18


class StarRow(QWidget):
    """Shows a number of stars; a click on the last of them takes them away."""

    set_asked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._count = 0
        self.setFixedSize(QSize(MOST_STARS * (_SIDE + theme.TINY), theme.ROW))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(tr("Stars  (0 to 5)"))
        self.show_stars(0)

    def show_stars(self, count: int) -> None:
        self._count = count
        self.setAccessibleName(trn("{n} star", "{n} stars", count))
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        count = min(MOST_STARS, int(event.position().x()) // (_SIDE + theme.TINY) + 1)
        self.set_asked.emit(0 if count == self._count else count)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(event.key())
        if step is None:
            super().keyPressEvent(event)
        else:
            self.set_asked.emit(max(0, min(MOST_STARS, self._count + step)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, now = QPainter(self), theme.current()
        for number in range(MOST_STARS):
            is_full = number < self._count
            star = icons.pixmap("star-full" if is_full else "star", _SIDE, now.text if is_full else now.faint,
                                self.devicePixelRatioF())
            painter.drawPixmap(number * (_SIDE + theme.TINY), (self.height() - _SIDE) // 2, star)
        if self.hasFocus():
            painter.setPen(now.accent)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
