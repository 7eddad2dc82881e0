"""The pictures of the set: with groups, a selection of several, and thumbnails that arrive as one looks.

Cells are placed by arithmetic (`ui.viewstate.grid`), so that opening ten thousand pictures lays out nothing. The view
says which pictures are in sight, so that these are decoded first and then those that come next in scrolling.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QDrag,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QRegion,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyleOptionViewItem, QWidget

from ui import theme
from ui.delegates.thumbnail import ThumbnailDelegate, fitted
from ui.i18n import tr
from ui.models.gallery import PIXMAP, GalleryModel
from ui.viewstate.grid import Grid, Section

SMALLEST, LARGEST = 64, 512
HEADER = 36

_DRAGGED = 96
_Move = QAbstractItemView.CursorAction
_Hint = QAbstractItemView.ScrollHint


class GalleryView(QAbstractItemView):
    """Shows a `GalleryModel`."""

    looked_at = Signal(object)       # tuple of rows: those in sight first, then those that come next
    chosen = Signal(object)          # tuple of rows that are selected, the current one last
    side_changed = Signal(int)       # by Ctrl and the wheel

    def __init__(self, surround: QColor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._side, self._sections = 160, (Section("", 0, 0),)
        self._grid = Grid(self._sections, 1, self._side, theme.GAP, HEADER)
        self._anchor = self._was_at = 0
        self._hovered = -1
        self._surround = surround
        self._band: QRect | None = None
        self._is_quiet = False
        self._look = QTimer(self, singleShot=True, interval=0)
        self._build()

    # What is shown

    def show_sections(self, sections: Sequence[Section]) -> None:
        """The groups of the model's rows; call it after the model was filled anew."""
        self._sections = tuple(sections)
        self._arrange()

    def set_side(self, side: int) -> None:
        """The least side of a cell, in pixels."""
        side = max(SMALLEST, min(LARGEST, side))
        if side != self._side:
            keep = self.currentIndex()
            self._side = side
            self._arrange()
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
        selection = QItemSelection()
        for row in rows:
            index = self.model().index(row, 0)
            selection.select(index, index)
        self._is_quiet = True
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if rows:
            current = self.model().index(rows[-1], 0)
            self.selectionModel().setCurrentIndex(current, QItemSelectionModel.SelectionFlag.NoUpdate)
            self._anchor = rows[-1]
            if scroll:
                self.scrollTo(current)
        self._is_quiet = False

    @property
    def rows(self) -> tuple[int, ...]:
        """The selected rows in their order, the current one last."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        current = self.currentIndex().row()
        return (*(row for row in rows if row != current), current) if current in rows else tuple(rows)

    def step(self, by: int) -> None:
        """Goes on by so many pictures, and selects the one it comes to."""
        if self.model().rowCount():
            row = max(0, min(self.model().rowCount() - 1, self.currentIndex().row() + by))
            self.choose_rows([row])
            self.chosen.emit((row,))

    # What a view must be able to say

    def visualRect(self, index: QModelIndex) -> QRect:
        if not index.isValid():
            return QRect()
        place = self._grid.rect(index.row())
        return QRect(place.x, place.y - self.verticalOffset(), place.width, place.height)

    def indexAt(self, point: QPoint) -> QModelIndex:
        row = self._grid.at(point.x(), point.y() + self.verticalOffset())
        return self.model().index(row, 0) if row >= 0 else QModelIndex()

    def scrollTo(self, index: QModelIndex, hint: _Hint = _Hint.EnsureVisible) -> None:
        if not index.isValid():
            return
        bar, place, room = self.verticalScrollBar(), self._grid.rect(index.row()), self.viewport().height()
        if hint == _Hint.PositionAtCenter:
            bar.setValue(place.y - (room - place.height) // 2)
        elif place.y < bar.value():
            bar.setValue(place.y - (HEADER if self._begins_group(index.row()) else 0))
        elif place.y + place.height > bar.value() + room:
            bar.setValue(place.y + place.height - room)

    def moveCursor(self, action: _Move, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        count, row = self.model().rowCount(), max(0, self.currentIndex().row())
        if not count:
            return QModelIndex()
        lines = max(1, self.viewport().height() // self._grid.step)
        target = {
            _Move.MoveLeft: row - 1, _Move.MovePrevious: row - 1, _Move.MoveRight: row + 1, _Move.MoveNext: row + 1,
            _Move.MoveHome: 0, _Move.MoveEnd: count - 1,
        }.get(action)
        if target is None:
            down = {_Move.MoveUp: -1, _Move.MoveDown: 1, _Move.MovePageUp: -lines, _Move.MovePageDown: lines}[action]
            target = self._grid.beside(row, down)
        if not modifiers & Qt.KeyboardModifier.ShiftModifier:
            self._anchor = max(0, min(count - 1, target))
        return self.model().index(max(0, min(count - 1, target)), 0)

    def horizontalOffset(self) -> int:
        return 0

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def isIndexHidden(self, index: QModelIndex) -> bool:
        return False

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """A band takes what it touches; a key or a click with Shift takes all from the anchor on."""
        if self.state() == QAbstractItemView.State.DragSelectingState:
            self._band = rect.normalized()
            rows = [row for row in self._in_sight() if self._touches(row, self._band)]
            self.selectionModel().select(_ranges(self.model(), rows), command)
            self.viewport().update()
            return
        current, first = self.currentIndex().row(), self._anchor
        if current < 0:
            return
        if rect.width() == 1 and rect.height() == 1:
            first = current if self.indexAt(rect.topLeft()).isValid() else -1
        ends = sorted((first, current)) if first >= 0 else ()
        self.selectionModel().select(_ranges(self.model(), range(ends[0], ends[1] + 1) if ends else ()), command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """Whole lines would do, and are told in one piece: ten thousand selected cells are never counted out."""
        if self.model() is None or selection.isEmpty():
            return QRegion()
        return QRegion(self.viewport().rect())

    # What happens

    def reset(self) -> None:
        super().reset()
        self._anchor = 0

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        if not self._is_quiet:
            self.chosen.emit(self.rows)

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:
        super().currentChanged(current, previous)
        if not self._is_quiet and self.selectionModel().isSelected(current):
            self.chosen.emit(self.rows)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        middle = self.indexAt(QPoint(1, event.oldSize().height() // 2)) if event.oldSize().isValid() else QModelIndex()
        self._arrange()
        if middle.isValid() and self.verticalScrollBar().value():
            self.scrollTo(middle, _Hint.PositionAtCenter)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().scroll(0, dy)
        self._look.start()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.set_side(self._side + (16 if event.angleDelta().y() > 0 else -16))
            event.accept()
            return
        super().wheelEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self.indexAt(event.position().toPoint()).row()
        if row >= 0 and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._anchor = row
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if self._band is not None:
            self._band = None
            self.viewport().update()

    def keyboardSearch(self, search: str) -> None:
        """Letters are keys of the page; names are looked for in the filter line."""

    def startDrag(self, actions: Qt.DropAction) -> None:
        rows = self.rows
        if rows:
            drag = QDrag(self)
            drag.setMimeData(self.model().mimeData([self.model().index(row, 0) for row in rows]))
            drag.setPixmap(_small(self.model().index(rows[-1], 0).data(PIXMAP)))
            drag.exec(Qt.DropAction.CopyAction)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._surround)
        self._hovered = self._under_mouse()
        top = self.verticalOffset() + event.rect().top()
        bottom = top + event.rect().height()
        for section, place in self._grid.headers(top, bottom):
            y = place.y - self.verticalOffset()
            self._paint_header(painter, section, QRect(place.x, y, place.width, place.height))
        for row in self._grid.between(top, bottom):
            self._paint_cell(painter, self.model().index(row, 0))
        if self._band is not None:
            self._paint_band(painter)
        if not self._rows():
            self._paint_emptiness(painter)

    def updateGeometries(self) -> None:
        super().updateGeometries()
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, self._grid.height - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(max(1, self._grid.step // 3))

    # Inside

    def _build(self) -> None:
        self.setItemDelegate(ThumbnailDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setFrameShape(self.Shape.NoFrame)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Pictures"))
        self.setMinimumSize(QSize(2 * SMALLEST, 2 * SMALLEST))
        self._look.timeout.connect(self._tell_sight)

    def _arrange(self) -> None:
        self._grid = Grid(self._sections, max(1, self.viewport().width()), self._side, theme.GAP, HEADER)
        self.updateGeometries()
        self.viewport().update()
        self._look.start()

    def _in_sight(self) -> range:
        return self._grid.between(self.verticalOffset(), self.verticalOffset() + self.viewport().height())

    def _tell_sight(self) -> None:
        """In sight first; then a screen in the direction in which one scrolls, and a screen behind."""
        at, height, count = self.verticalOffset(), self.viewport().height(), self._rows()
        seen = self._in_sight()
        below = self._grid.between(at + height, at + 2 * height)
        above = self._grid.between(at - height, at)
        ahead, behind = (above, below) if at < self._was_at else (below, above)
        self._was_at = at
        rows = dict.fromkeys((*seen, *ahead, *behind))
        self.looked_at.emit(tuple(row for row in rows if 0 <= row < count))

    def _rows(self) -> int:
        return self.model().rowCount() if self.model() else 0

    def _touches(self, row: int, band: QRect) -> bool:
        return self.visualRect(self.model().index(row, 0)).intersects(band)

    def _begins_group(self, row: int) -> bool:
        return any(each.title and each.start <= row < each.start + self._grid.columns for each in self._sections)

    def _under_mouse(self) -> int:
        if not self.viewport().underMouse():
            return -1
        return self.indexAt(self.viewport().mapFromGlobal(self.cursor().pos())).row()

    def _paint_cell(self, painter: QPainter, index: QModelIndex) -> None:
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        option.rect = self.visualRect(index)
        option.state = QStyle.StateFlag.State_Enabled
        if self.selectionModel().isSelected(index):
            option.state |= QStyle.StateFlag.State_Selected
        if index == self.currentIndex() and self.hasFocus():
            option.state |= QStyle.StateFlag.State_HasFocus
        if index.row() == self._hovered:
            option.state |= QStyle.StateFlag.State_MouseOver
        self.itemDelegate().paint(painter, option, index)

    def _paint_header(self, painter: QPainter, section: Section, place: QRect) -> None:
        font = painter.font()
        font.setPixelSize(theme.BODY)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(self._ink)
        painter.drawText(place.adjusted(theme.SMALL, theme.SMALL, -theme.SMALL, 0),
                         Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, section.title)

    def _paint_emptiness(self, painter: QPainter) -> None:
        painter.setPen(self._ink)
        painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, tr("No picture is like that."))

    @property
    def _ink(self) -> QColor:
        """Text that can be read on the surround."""
        return QColor("#1c1c1c" if self._surround.lightness() > 110 else "#e8e8e8")

    def _paint_band(self, painter: QPainter) -> None:
        accent = QColor(theme.current().accent)
        painter.setPen(QPen(accent, 1))
        accent.setAlpha(40)
        painter.setBrush(accent)
        painter.drawRect(self._band)


def _ranges(model: GalleryModel, rows: Iterable[int]) -> QItemSelection:
    """Rows that follow each other are one range."""
    selection, start, end = QItemSelection(), None, None
    for row in rows:
        if start is not None and row == end + 1:
            end = row
            continue
        if start is not None:
            selection.select(model.index(start, 0), model.index(end, 0))
        start = end = row
    if start is not None:
        selection.select(model.index(start, 0), model.index(end, 0))
    return selection


def _small(pixmap: QPixmap | None) -> QPixmap:
    if pixmap is None or pixmap.isNull():
        return QPixmap()
    return pixmap.scaled(fitted(pixmap.size(), QRect(0, 0, _DRAGGED, _DRAGGED)).size(),
                         Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
