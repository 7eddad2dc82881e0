"""One feature through all epochs: the same part of every cell in a row, so that a change of it cannot hide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QScrollArea, QToolTip, QVBoxLayout, QWidget

from studio.core.axes import Value
from ui import theme
from ui.i18n import tr
from ui.widgets.basics import muted
from ui.widgets.epoch_scrubber import paint_mark

FOOT = 18       # px under the crops, where the epochs are written

_GAP = 4
_LEAST, _WIDEST = 40, 2.5   # px of a column; its width as a multiple of a row's height


@dataclass(frozen=True, slots=True)
class Column:
    """One cell of the strip: what it is of, how that is called below it and in words, and how it was marked."""

    value: Value
    text: str
    name: str
    mark: int | None = None


Crops = Callable[[int, int], QPixmap | None]   # by row and column; None while it is not there


class FeatureStrip(QScrollArea):
    """Rows are features, columns cells. A press goes to a cell."""

    chosen = Signal(object)   # the value of a column

    def __init__(self) -> None:
        super().__init__()
        self.band = _Band(self)
        self.setWidget(self.band)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumWidth(160)
        self.setAccessibleName(tr("Details through the epochs"))
        self.empty = muted(tr("X draws a box round a detail in any pane, Shift+X boxes what is in sight of a zoomed "
                              "one. The same part of every epoch then stands here, side by side."), wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        QVBoxLayout(self).addWidget(self.empty)

    def show_strip(self, columns: tuple[Column, ...], aspects: tuple[float, ...], crops: Crops, current: Value) -> None:
        """`aspects` are width to height of each feature; the column of `current` is framed and comes into sight."""
        band = self.band
        band.columns, band.aspects, band.crops = columns, aspects, crops
        is_moved, band.current = (band.current, len(band.columns)) != (current, band.count), current
        band.count = len(columns)
        band.arrange(self.viewport().height())
        self.empty.setVisible(not columns)
        if is_moved:
            self._show_current()
        band.update()

    def resizeEvent(self, event: QEvent) -> None:
        super().resizeEvent(event)
        self.band.arrange(self.viewport().height())
        self._show_current()

    def _show_current(self) -> None:
        place = self.band.place_of(self.band.current)
        self.ensureVisible(place.center().x(), 0, place.width() + 2 * _GAP, 0)


class _Band(QWidget):
    """What is scrolled; paints only what is in sight."""

    def __init__(self, strip: FeatureStrip) -> None:
        super().__init__()
        self._strip = strip
        self.columns: tuple[Column, ...] = ()
        self.aspects: tuple[float, ...] = ()
        self.crops: Crops = lambda row, column: None
        self.current: Value = ""
        self.count = 0    # of the columns that were scrolled through last
        self._high = self._wide = _LEAST
        theme.news.changed.connect(self.update)

    def arrange(self, height: int) -> None:
        """As high as there is room; all columns as wide as the widest feature."""
        rows = max(1, len(self.aspects))
        self._high = max(20, (height - FOOT - _GAP * rows) // rows)
        widest = max(self.aspects, default=1.0)
        self._wide = round(max(_LEAST, min(_WIDEST * self._high, widest * self._high)))
        self.resize(_GAP + len(self.columns) * (self._wide + _GAP), height)

    def place_of(self, value: Value) -> QRect:
        at = next((at for at, each in enumerate(self.columns) if each.value == value), 0)
        return QRect(_GAP + at * (self._wide + _GAP), 0, self._wide, self.height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and (column := self._at(event.position().x())):
            self._strip.chosen.emit(column.value)

    def event(self, event: QHelpEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            column = self._at(event.pos().x())
            QToolTip.showText(event.globalPos(), column.name if column else "", self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, now = QPainter(self), theme.current()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        font = QFont(self.font())
        font.setPixelSize(theme.CAPTION)
        painter.setFont(theme.tabular(font))
        step = self._wide + _GAP
        first = max(0, (event.rect().left() - _GAP) // step)
        for at in range(first, min(len(self.columns), event.rect().right() // step + 1)):
            self._paint_column(painter, now, at)

    def _at(self, x: float) -> Column | None:
        at = int((x - _GAP) // (self._wide + _GAP))
        return self.columns[at] if 0 <= at < len(self.columns) else None

    def _paint_column(self, painter: QPainter, now: theme.Theme, at: int) -> None:
        column, left = self.columns[at], _GAP + at * (self._wide + _GAP)
        is_current = column.value == self.current
        for row in range(len(self.aspects)):
            place = QRect(left, _GAP + row * (self._high + _GAP), self._wide, self._high)
            painter.fillRect(place, QColor(128, 128, 128, 40))
            if crop := self.crops(row, at):
                painter.drawPixmap(_fitted(crop.size(), place), crop)
        painter.setPen(QColor(now.text if is_current else now.muted))
        below = QRect(left - _GAP, self.height() - FOOT, self._wide + 2 * _GAP, FOOT)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, column.text)
        if column.mark is not None:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_mark(painter, below.center() + _beside(painter, column.text), column.mark, 4.0)
            painter.restore()
        if is_current:
            painter.setPen(QPen(QColor(now.accent), 2))
            painter.drawRect(QRect(left - 1, _GAP - 1, self._wide + 2, self.height() - FOOT - _GAP + 1))


def _fitted(size: QSize, place: QRect) -> QRect:
    """As large as it fits, in the middle."""
    fitted = size.scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
    return QRect(place.x() + (place.width() - fitted.width()) // 2, place.y() + (place.height() - fitted.height()) // 2,
                 fitted.width(), fitted.height())


def _beside(painter: QPainter, text: str) -> QPoint:
    return QPoint(painter.fontMetrics().horizontalAdvance(text) // 2 + 8, 0)
