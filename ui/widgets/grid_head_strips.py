"""The heads of a grid of small cells, painted once and only put in their places while it is panned through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QPainter, QPixmap

from ui import theme
from ui.viewstate.grid_arrangement import COLUMNS, ROWS, Side
from ui.viewstate.grid_sight import Sight
from ui.viewstate.grid_strip import PIN_LEAST, Strip
from ui.widgets.grid_heads import Heads, paint_column_heads, paint_corner, paint_row_heads

_MOST = 6_000  # pixels of a strip that is kept

_Paint = Callable[[QPainter, Strip, int, Heads], None]


class HeadStrips:
    """Paints heads, from what it kept of them where lines are small and there are not too many of them."""

    def __init__(self) -> None:
        self._kept: dict[Side, tuple[tuple[object, ...], QPixmap]] = {}

    def paint(self, painter: QPainter, sight: Sight, heads: Heads, scale: float) -> None:
        """Over the columns, beside the rows, and the corner between them."""
        across, down = sight.across, sight.down
        self._paint(painter, COLUMNS, across, down.head, heads, scale, paint_column_heads)
        self._paint(painter, ROWS, down, across.head, heads, scale, paint_row_heads)
        paint_corner(painter, across.head, down.head, heads)

    def _paint(self, painter: QPainter, side: Side, strip: Strip, depth: int, heads: Heads, scale: float,
               paint: _Paint) -> None:
        if strip.size > PIN_LEAST or strip.extent > _MOST:
            return paint(painter, strip, depth, heads)
        kept = self._strip(side, replace(strip, offset=0, room=strip.start + strip.extent), depth, heads, scale, paint)
        for start, end, offset in ((strip.head, strip.start, 0), (strip.start, strip.room, strip.offset)):
            there = _across(side, start, end - start, depth)
            painter.fillRect(there, heads.surround)
            painter.setClipRect(there)
            painter.drawPixmap(QPoint(-offset, 0) if side == COLUMNS else QPoint(0, -offset), kept)
        painter.setClipping(False)

    def _strip(self, side: Side, whole: Strip, depth: int, heads: Heads, scale: float, paint: _Paint) -> QPixmap:
        line = heads.current[0 if side == ROWS else 1] if heads.current else None
        stamp = (heads.table, heads.tallies, line, whole, depth, heads.surround.rgb(), theme.current(), scale)
        if side not in self._kept or self._kept[side][0] != stamp:
            size = _across(side, 0, whole.room, depth).size()
            made = QPixmap(size * scale)
            made.setDevicePixelRatio(scale)
            made.fill(heads.surround)
            painter = QPainter(made)
            paint(painter, whole, depth, heads)
            painter.end()
            self._kept[side] = stamp, made
        return self._kept[side][1]


def _across(side: Side, start: int, length: int, depth: int) -> QRect:
    return QRect(start, 0, length, depth) if side == COLUMNS else QRect(0, start, depth, length)
