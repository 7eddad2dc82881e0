"""The pictures of the set: in groups, in the size one likes, with a band that takes several at once."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from ui import theme
from ui.delegates.thumbnail import ThumbnailDelegate
from ui.i18n import tr
from ui.viewstate.grid import Grid, Section
from ui.widgets.cell_view import HEADER, CellView

SMALLEST, LARGEST = 64, 512


class GalleryView(CellView):
    """Square cells on the surround, as many side by side as there is room for."""

    chosen = Signal(object)          # tuple of rows that are selected, the current one last
    side_changed = Signal(int)       # by Ctrl and the wheel

    def __init__(self, surround: QColor, parent: QWidget | None = None) -> None:
        super().__init__(tr("Pictures"), ThumbnailDelegate(), parent)
        self._side, self._sections = 160, (Section("", 0, 0),)
        self._surround = surround
        self._band: QRect | None = None
        self._is_quiet = False
        self.setMinimumSize(QSize(2 * SMALLEST, 2 * SMALLEST))
        self.lay(self._squares)

    # What is shown

    def show_sections(self, sections: Sequence[Section]) -> None:
        """The groups of the model's rows; call it after the model was filled anew."""
        self._sections = tuple(sections)
        self.lay()

    def set_side(self, side: int) -> None:
        """The least side of a cell, in pixels."""
        side = max(SMALLEST, min(LARGEST, side))
        if side != self._side:
            keep = self.currentIndex()
            self._side = side
            self.lay()
            self.scrollTo(keep)
            self.side_changed.emit(side)

    @property
    def side(self) -> int:
        return self._side

    @property
    def cell(self) -> int:
        """The side of a cell as it is, at least `side`."""
        return self._grid.cell

    def set_surround(self, colour: QColor) -> None:
        self._surround = colour
        self.viewport().update()

    def choose_rows(self, rows: Sequence[int], *, scroll: bool = True) -> None:
        """Selects rows without telling anybody; the last one is the current one."""
        self._is_quiet = True
        super().choose_rows(rows, scroll=scroll)
        self._is_quiet = False

    def step(self, by: int) -> None:
        """Goes on by so many pictures, and selects the one it comes to."""
        if (row := self.row_after(by)) >= 0:
            self.choose_rows([row])
            self.chosen.emit((row,))

    # What happens

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        if self.state() == QAbstractItemView.State.DragSelectingState:
            self._band = rect.normalized()
            self.viewport().update()
        super().setSelection(rect, command)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        if not self._is_quiet:
            self.chosen.emit(self.rows)

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:
        super().currentChanged(current, previous)
        if not self._is_quiet and self.selectionModel().isSelected(current):
            self.chosen.emit(self.rows)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.set_side(self._side + (16 if event.angleDelta().y() > 0 else -16))
            event.accept()
            return
        super().wheelEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if self._band is not None:
            self._band = None
            self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, place = QPainter(self.viewport()), event.rect()
        painter.fillRect(place, self._surround)
        self._paint_headers(painter, place)
        self.paint_cells(painter, place)
        if self._band is not None:
            self._paint_band(painter, self._band)
        if not self.row_count:
            painter.setPen(self._ink)
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, tr("No picture is like that."))

    # Inside

    def _squares(self, width: int) -> Grid:
        return Grid(self._sections, width, self._side, theme.GAP, HEADER)

    def _paint_headers(self, painter: QPainter, place: QRect) -> None:
        off = self.verticalOffset()
        font = painter.font()
        font.setPixelSize(theme.BODY)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(self._ink)
        for section, head in self._grid.headers(off + place.top(), off + place.bottom() + 1):
            room = QRect(head.x, head.y - off, head.width, head.height)
            painter.drawText(room.adjusted(theme.SMALL, theme.SMALL, -theme.SMALL, 0),
                             Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, section.title)

    @property
    def _ink(self) -> QColor:
        """Text that can be read on the surround."""
        return QColor("#1c1c1c" if self._surround.lightness() > 110 else "#e8e8e8")

    def _paint_band(self, painter: QPainter, band: QRect) -> None:
        accent = QColor(theme.current().accent)
        painter.setPen(QPen(accent, 1))
        accent.setAlpha(40)
        painter.setBrush(accent)
        painter.drawRect(band)
