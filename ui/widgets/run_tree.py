"""The runs of a project as a tree: v1, what came of it, and what each changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView, QMenu, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTreeWidget, QTreeWidgetItem, QWidget,
)

from ui import icons, theme
from ui.i18n import tr
from ui.viewstate.run_rows import STATUS_ICONS, STATUS_TONES, RunRow, status_name, tip_of

_ROW = Qt.ItemDataRole.UserRole
_HEIGHT, _INDENT = 44, 16
_MIDDLE, _BELOW = 14, 28  # of a row, in pixels: where a line from the run before ends, and where one begins
_Index = QModelIndex | QPersistentModelIndex


class RunTree(QTreeWidget):
    """Several may be chosen, to be looked at side by side; the menu of one begins the plan of the next."""

    chosen = Signal(object)        # tuple of ids, by a person
    follow_asked = Signal(str)     # the id of the run that the next one follows
    reuse_asked = Signal(str)      # the id of the run whose recipe is wanted once more

    def __init__(self) -> None:
        super().__init__()
        self._items: dict[str, QTreeWidgetItem] = {}
        self._rows: tuple[RunRow, ...] = ()
        self._awaited: tuple[str, ...] = ()  # chosen before they were there
        self.setHeaderHidden(True)
        self.setIndentation(_INDENT)
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setItemDelegate(_Painter(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("Runs"))
        self.itemSelectionChanged.connect(self._tell)
        self.customContextMenuRequested.connect(self._show_menu)

    @property
    def selection(self) -> tuple[str, ...]:
        """The ids of the chosen runs, in the order of the tree."""
        return tuple(row.id for row in self._rows if self._items[row.id].isSelected())

    @property
    def rows(self) -> tuple[RunRow, ...]:
        return self._rows

    def show_runs(self, rows: Sequence[RunRow]) -> None:
        """Each parent stands before its children. What was chosen stays chosen; nobody is told."""
        if tuple(rows) == self._rows:
            return
        kept = self.selection or self._awaited
        self.blockSignals(True)
        self.clear()
        self._rows, self._items = tuple(rows), {}
        for row in rows:
            self._add(row)
        self.expandAll()
        self._select(kept)
        self.blockSignals(False)

    def choose(self, ids: Iterable[str]) -> None:
        """Chooses runs without telling anybody; one that is not there yet is chosen when it comes."""
        self._awaited = tuple(ids)
        self.blockSignals(True)
        self._select(self._awaited)
        self.blockSignals(False)

    def drawBranches(self, painter: QPainter, room: QRect, index: _Index) -> None:
        """A line from the run before; the style would draw arrows of its own."""
        if index.parent().isValid():
            painter.setPen(QColor(theme.current().edge))
            stem, middle = room.right() - 1, room.top() + _MIDDLE
            painter.drawLine(stem, self.visualRect(index.parent()).top() + _BELOW, stem, middle)
            painter.drawLine(stem, middle, room.right() + theme.TINY, middle)

    def _tell(self) -> None:
        self._awaited = ()
        self.chosen.emit(self.selection)

    def _select(self, ids: Iterable[str]) -> None:
        self.clearSelection()
        for id in ids:
            if id in self._items:
                self._items[id].setSelected(True)
                self.setCurrentItem(self._items[id], 0, self.selectionModel().SelectionFlag.NoUpdate)

    def _add(self, row: RunRow) -> None:
        item = QTreeWidgetItem(self._items.get(row.parent) or self.invisibleRootItem(), [row.name])
        item.setData(0, _ROW, row)
        item.setToolTip(0, tip_of(row))
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{row.name}, {row.title}, {status_name(row.status)}")
        self._items[row.id] = item

    def _show_menu(self, at: QPoint) -> None:
        item = self.itemAt(at)
        if item is not None:
            menu = self.menu_of(item.data(0, _ROW).id)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self.viewport().mapToGlobal(at))

    def menu_of(self, id: str) -> QMenu:
        """What can be done with one run."""
        menu = QMenu(self)
        entries = (("next", tr("Plan the next version from here"), self.follow_asked),
                   ("copy", tr("Take over its recipe"), self.reuse_asked))
        for symbol, text, signal in entries:
            menu.addAction(icons.icon(symbol), text).triggered.connect(
                lambda _=False, signal=signal: signal.emit(id))
        return menu


class _Painter(QStyledItemDelegate):
    """Two lines: the version with whom it teaches, and what it changed; in front what became of it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(120, _HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        row, inks, room = index.data(_ROW), theme.current(), option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(room, QColor(inks.tint))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(room, QColor(inks.lift))
        self._draw_status(painter, row, room, option.widget)
        left = room.left() + theme.SMALL + theme.ICON + theme.SMALL
        words = QRect(left, room.top() + 5, room.right() - left - theme.SMALL, 18)
        self._draw_name(painter, row, words, option.font)
        self._draw_told(painter, row, words.translated(0, 17), option.font)
        painter.restore()

    def _draw_status(self, painter: QPainter, row: RunRow, room: QRect, widget: QWidget) -> None:
        colour = getattr(theme.current(), STATUS_TONES[row.status])
        shown = icons.pixmap(STATUS_ICONS[row.status], theme.ICON, colour, widget.devicePixelRatioF())
        painter.drawPixmap(room.left() + theme.SMALL, room.top() + 6, shown)

    def _draw_name(self, painter: QPainter, row: RunRow, room: QRect, font: QFont) -> None:
        bold = QFont(font)
        bold.setWeight(QFont.Weight.DemiBold)
        painter.setFont(bold)
        painter.setPen(QColor(theme.current().text))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, row.name)
        width = painter.fontMetrics().horizontalAdvance(f"{row.name}  ")
        rest = room.adjusted(width, 0, 0, 0)
        painter.setFont(font)
        title = painter.fontMetrics().elidedText(row.title, Qt.TextElideMode.ElideRight, rest.width())
        painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, title)

    def _draw_told(self, painter: QPainter, row: RunRow, room: QRect, font: QFont) -> None:
        small, inks = QFont(font), theme.current()
        small.setPixelSize(theme.CAPTION)
        painter.setFont(small)
        painter.setPen(QColor(inks.doubtful if row.is_confounded else inks.muted))
        mark = "≠ " if row.is_confounded else ""
        told = row.told or status_name(row.status)
        if row.status in ("interrupted", "failed"):
            told = f"{status_name(row.status)} · {told}"
        shown = painter.fontMetrics().elidedText(mark + told, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)
