"""A list of pictures whose cells are placed by arithmetic, so that ten thousand of them are laid out at once.

The gallery and the filmstrip are both made of it: keys and mouse, what is chosen, what is in sight, and the files that
are dragged out behave the same in either. What a cell looks like is the delegate's matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QDrag, QMouseEvent, QPainter, QPixmap, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.delegates.thumbnail import fitted
from ui.models.gallery import PIXMAP, GalleryModel
from ui.viewstate.grid import Grid

HEADER = 36

_DRAGGED = 96
_Move = QAbstractItemView.CursorAction
_Hint = QAbstractItemView.ScrollHint
_Flag = QItemSelectionModel.SelectionFlag


class CellView(QAbstractItemView):
    """Shows a `GalleryModel`; `lay` says where its rows stand."""

    looked_at = Signal(object)  # tuple of rows: those in sight first, then those that come next

    def __init__(self, name: str, delegate: QStyledItemDelegate, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid_of: Callable[[int], Grid] = lambda width: Grid((), width, 1, 0, 0)
        self._grid = self._grid_of(1)
        self._anchor = self._was_at = 0
        self._look = QTimer(self, singleShot=True, interval=0)
        self._look.timeout.connect(self._tell_sight)
        self._build(name, delegate)

    # What is shown

    def lay(self, grid_of: Callable[[int], Grid] | None = None) -> None:
        """Places the rows, by another rule if there is one; call it after the model was filled anew."""
        self._grid_of = grid_of or self._grid_of
        self._grid = self._grid_of(max(1, self.viewport().width()))
        self.updateGeometries()
        self.viewport().update()
        self._look.start()

    @property
    def in_sight(self) -> range:
        """The rows that can be seen."""
        return self._grid.between(self.verticalOffset(), self.verticalOffset() + self.viewport().height())

    @property
    def rows(self) -> tuple[int, ...]:
        """The selected rows in their order, the current one last."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        current = self.currentIndex().row()
        return (*(row for row in rows if row != current), current) if current in rows else tuple(rows)

    def choose_rows(self, rows: Sequence[int], *, scroll: bool = True) -> None:
        """Selects rows; the last one is the current one."""
        if rows:
            self.selectionModel().setCurrentIndex(self.model().index(rows[-1], 0), _Flag.NoUpdate)
            self._anchor = rows[-1]
        self.selectionModel().select(ranges(self.model(), rows), _Flag.ClearAndSelect)
        if rows and scroll:
            self.scrollTo(self.currentIndex())

    def row_after(self, by: int) -> int:
        """The row so many further on; it stops at both ends, and is -1 where there is none."""
        count = self.row_count
        return max(0, min(count - 1, self.currentIndex().row() + by)) if count else -1

    @property
    def row_count(self) -> int:
        return self.model().rowCount() if self.model() else 0

    def paint_cells(self, painter: QPainter, place: QRect) -> None:
        """Those of all lines that a part of the viewport shows."""
        off, hovered = self.verticalOffset(), self._under_mouse()
        for row in self._grid.between(off + place.top(), off + place.bottom() + 1):
            self._paint_cell(painter, self.model().index(row, 0), row == hovered)

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
            bar.setValue(place.y - (HEADER if self._grid.begins_group(index.row()) else 0))
        elif place.y + place.height > bar.value() + room:
            bar.setValue(place.y + place.height - room)

    def moveCursor(self, action: _Move, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        count, row = self.row_count, max(0, self.currentIndex().row())
        if not count:
            return QModelIndex()
        lines = max(1, self.viewport().height() // self._grid.line)
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

    def setSelection(self, rect: QRect, command: _Flag) -> None:
        """A band takes what it touches; a key or a click with Shift takes all from the anchor on."""
        if self.state() == QAbstractItemView.State.DragSelectingState:
            band = rect.normalized()
            rows: Iterable[int] = [row for row in self.in_sight if self._touches(row, band)]
        else:
            rows = self._from_anchor(rect)
        self.selectionModel().select(ranges(self.model(), rows), command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """Whole lines would do, and are told in one piece: ten thousand selected cells are never counted out."""
        if self.model() is None or selection.isEmpty():
            return QRegion()
        return QRegion(self.viewport().rect())

    def updateGeometries(self) -> None:
        super().updateGeometries()
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, self._grid.height - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(max(1, self._grid.line // 3))

    # What happens

    def reset(self) -> None:
        super().reset()
        self._anchor = 0

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        middle = self.indexAt(QPoint(1, event.oldSize().height() // 2)) if event.oldSize().isValid() else QModelIndex()
        self.lay()
        if middle.isValid() and self.verticalScrollBar().value():
            self.scrollTo(middle, _Hint.PositionAtCenter)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().scroll(0, dy)
        self._look.start()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self.indexAt(event.position().toPoint()).row()
        if row >= 0 and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._anchor = row
        super().mousePressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are keys of the page; names are looked for in the filter line."""

    def startDrag(self, actions: Qt.DropAction) -> None:
        rows = self.rows
        if rows:
            drag = QDrag(self)
            drag.setMimeData(self.model().mimeData([self.model().index(row, 0) for row in rows]))
            drag.setPixmap(_small(self.model().index(rows[-1], 0).data(PIXMAP)))
            drag.exec(Qt.DropAction.CopyAction)

    # Inside

    def _build(self, name: str, delegate: QStyledItemDelegate) -> None:
        delegate.setParent(self)
        self.setItemDelegate(delegate)
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
        self.setAccessibleName(name)

    def _tell_sight(self) -> None:
        """In sight first; then a screen in the direction in which one scrolls, and a screen behind."""
        at, height, count = self.verticalOffset(), self.viewport().height(), self.row_count
        below = self._grid.between(at + height, at + 2 * height)
        above = self._grid.between(at - height, at)
        ahead, behind = (above, below) if at < self._was_at else (below, above)
        self._was_at = at
        rows = dict.fromkeys((*self.in_sight, *ahead, *behind))
        self.looked_at.emit(tuple(row for row in rows if 0 <= row < count))

    def _from_anchor(self, rect: QRect) -> range:
        current, first = self.currentIndex().row(), self._anchor
        if rect.width() == 1 and rect.height() == 1:
            first = current if self.indexAt(rect.topLeft()).isValid() else -1
        return range(min(first, current), max(first, current) + 1) if min(first, current) >= 0 else range(0)

    def _touches(self, row: int, band: QRect) -> bool:
        return self.visualRect(self.model().index(row, 0)).intersects(band)

    def _under_mouse(self) -> int:
        if not self.viewport().underMouse():
            return -1
        return self.indexAt(self.viewport().mapFromGlobal(self.cursor().pos())).row()

    def _paint_cell(self, painter: QPainter, index: QModelIndex, is_hovered: bool) -> None:
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        option.rect = self.visualRect(index)
        option.state = QStyle.StateFlag.State_Enabled
        if self.selectionModel().isSelected(index):
            option.state |= QStyle.StateFlag.State_Selected
        if index == self.currentIndex() and self.hasFocus():
            option.state |= QStyle.StateFlag.State_HasFocus
        if is_hovered:
            option.state |= QStyle.StateFlag.State_MouseOver
        self.itemDelegate().paint(painter, option, index)


def ranges(model: GalleryModel, rows: Iterable[int]) -> QItemSelection:
    """A selection of rows; those that follow each other are one range."""
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
