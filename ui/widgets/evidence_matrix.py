"""Whose trait turned up on whom? Traits with their owners down, who wears them across."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from studio.core.bleed import Bleed
from ui import theme
from ui.i18n import tr

_NAME, _LEAST_NAME, _ROW, _HEAD, _CELL = 220, 120, 28, 26, 96  # px


@dataclass(frozen=True, slots=True)
class _Row:
    trait: str
    owner: str
    tries: int
    by_slot: dict[str, Bleed]


class BleedMatrix(QWidget):
    """The darker a field, the more often it bled; a press asks for the cells in which it did."""

    asked = Signal(object)  # tuple of cell keys

    def __init__(self, bleeds: Sequence[Bleed]) -> None:
        super().__init__()
        self.rows = _rows(bleeds)
        self.slots = tuple(dict.fromkeys([*(row.owner for row in self.rows),
                                          *(each.slot for each in bleeds if each.slot)]))
        self.setFixedHeight(_HEAD + _ROW * len(self.rows))
        self.setMinimumWidth(_LEAST_NAME + 48 * len(self.slots))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("; ".join(each.text for each in bleeds))

    def sizeHint(self) -> QSize:
        return QSize(_NAME + _CELL * len(self.slots), self.height())

    def text(self, row: int, column: int) -> str:
        """What stands in a field: nothing where she wears her own."""
        of, slot = self.rows[row], self.slots[column]
        if slot == of.owner:
            return "·"
        bled = of.by_slot.get(slot)
        return f"{bled.hits.hits if bled else 0}/{of.tries}"

    @property
    def left(self) -> float:
        """Where the fields begin, behind the names of the traits."""
        return max(_LEAST_NAME, min(_NAME, 0.4 * self.width()))

    def area(self, row: int, column: int) -> QRectF:
        """Where a field is."""
        width = min(_CELL, (self.width() - self.left) / max(1, len(self.slots)))
        return QRectF(self.left + column * width, _HEAD + row * _ROW, width, _ROW)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if (found := self._bleed(event.position())) and found.keys:
            self.asked.emit(found.keys)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and (found := self._bleed(QPointF(event.pos()))):
            QToolTip.showText(event.globalPos(), found.text, self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, inks = QPainter(self), theme.current()
        small = self.font()
        small.setPixelSize(theme.CAPTION)
        painter.setFont(small)
        painter.setPen(QColor(inks.muted))
        for column, slot in enumerate(self.slots):
            head = self.area(0, column)
            head.moveTop(0)
            painter.drawText(head, Qt.AlignmentFlag.AlignCenter, tr("on {who}", who=slot))
        for row in range(len(self.rows)):
            self._paint_row(painter, row)

    def _paint_row(self, painter: QPainter, row: int) -> None:
        inks, of = theme.current(), self.rows[row]
        painter.setFont(theme.tabular(self.font()))
        painter.setPen(QColor(inks.text))
        name = tr("{trait} of {owner}", trait=of.trait, owner=of.owner)
        shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(self.left) - theme.MEDIUM)
        painter.drawText(QRectF(theme.SMALL, _HEAD + row * _ROW, self.left - theme.MEDIUM, _ROW),
                         Qt.AlignmentFlag.AlignVCenter, shown)
        for column, slot in enumerate(self.slots):
            area, bled = self.area(row, column), of.by_slot.get(slot)
            shade = QColor(inks.bad if bled else inks.lift)
            shade.setAlphaF(0.15 + 0.55 * bled.hits.rate if bled else 1.0)
            painter.fillRect(area.adjusted(1, 1, -1, -1), shade if slot != of.owner else QColor(inks.page))
            painter.setPen(QColor(inks.text if bled else inks.muted))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self.text(row, column))

    def _bleed(self, at: QPointF) -> Bleed | None:
        places = ((row, column) for row in range(len(self.rows)) for column in range(len(self.slots)))
        return next((self.rows[row].by_slot.get(self.slots[column]) for row, column in places
                     if self.area(row, column).contains(at)), None)


def _rows(bleeds: Iterable[Bleed]) -> tuple[_Row, ...]:
    found: dict[tuple[str, str], _Row] = {}
    for each in bleeds:
        row = found.setdefault((each.trait, each.owner), _Row(each.trait, each.owner, each.hits.tries, {}))
        if each.slot:
            row.by_slot[each.slot] = each
    return tuple(found.values())
