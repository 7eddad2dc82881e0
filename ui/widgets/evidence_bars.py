"""How often, and how sure is that? A count with its exact interval as a bar from never to always."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.core.stats import Hits, clopper_pearson
from ui import theme
from ui.i18n import tr
from ui.widgets.basics import caption

WIDTH = 160          # px of a bar
NAME = 168           # px for what a line is about

_BAR, _TICK = 6, 14  # px of the interval, and of the line at the rate
_LEAST, _FIGURES = 300, 300  # px of a line, and of the figures in it


def paint_interval(painter: QPainter, area: QRectF, hits: Hits) -> None:
    """The interval as a band on a track from 0 to 100 %, with a line at the rate; only the track without a try."""
    inks, middle = theme.current(), area.center().y()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(inks.lift))
    painter.drawRoundedRect(QRectF(area.left(), middle - 1, area.width(), 2), 1, 1)
    if not hits.tries:
        return
    lo, hi = clopper_pearson(hits.hits, hits.tries)
    painter.setBrush(QColor(inks.edge))
    band = QRectF(area.left() + lo * area.width(), middle - _BAR / 2, (hi - lo) * area.width(), _BAR)
    painter.drawRoundedRect(band, 3, 3)
    painter.setBrush(QColor(inks.text))
    painter.drawRect(QRectF(area.left() + hits.rate * (area.width() - 2), middle - _TICK / 2, 2, _TICK))


def told(hits: Hits) -> str:
    """A count in words, as it stands beside its bar."""
    return str(hits) if hits.tries else tr("not judged")


class HitLine(QWidget):
    """What was counted, its bar, and the count in figures. A press, Enter or Space asks for the cells behind it."""

    asked = Signal(object)  # tuple of cell keys

    def __init__(self, name: str, hits: Hits, keys: Sequence[str], more: str = "", is_head: bool = False) -> None:
        super().__init__()
        self.name, self.hits, self.keys, self._more, self._is_head = name, hits, tuple(keys), more, is_head
        self._hovered = False
        self.setFixedHeight(theme.ROW)
        self.setMinimumWidth(_LEAST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{name}: {told(hits)}{f', {more}' if more else ''}")
        self.setToolTip(tr("{name}: {count}, with the exact interval (Clopper-Pearson, 95 %).", name=name,
                           count=told(hits)))
        if self.keys:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        return QSize(NAME + WIDTH + 280, theme.ROW)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._ask()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._ask()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: object) -> None:
        self._hover(True)

    def leaveEvent(self, event: object) -> None:
        self._hover(False)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, inks, area = QPainter(self), theme.current(), self.rect()
        if self.keys and (self._hovered or self.hasFocus()):
            painter.setPen(QColor(inks.accent) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(inks.lift))
            painter.drawRoundedRect(QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS)
        name, width = self._widths
        font = self.font()
        font.setBold(self._is_head)
        painter.setFont(font)
        painter.setPen(QColor(inks.text))
        _draw_text(painter, QRectF(theme.SMALL, 0, name - theme.MEDIUM, area.height()), self.name)
        paint_interval(painter, QRectF(name, 0, width, area.height()), self.hits)
        painter.setFont(theme.tabular(self.font()))
        painter.setPen(QColor(inks.muted if not self.hits.tries else inks.text))
        left = name + width + theme.MEDIUM
        text = f"{told(self.hits)}   {self._more}" if self._more else told(self.hits)
        _draw_text(painter, QRectF(left, 0, area.width() - left, area.height()), text)

    @property
    def _widths(self) -> tuple[float, float]:
        """Of the name and of the bar: both give way to the figures."""
        share = min(1.0, max(0.4, (self.width() - _FIGURES) / (NAME + WIDTH)))
        return share * NAME, share * WIDTH

    def _ask(self) -> None:
        if self.keys:
            self.asked.emit(self.keys)

    def _hover(self, is_over: bool) -> None:
        self._hovered = is_over
        self.update()


def interval_name() -> QWidget:
    """Which interval all bars show."""
    return caption(tr("Bars run from 0 to 100 %: the exact 95 % interval (Clopper-Pearson), and a line at k/n."),
                   wrap=True)


def _draw_text(painter: QPainter, area: QRectF, text: str) -> None:
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(area.width()))
    painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
