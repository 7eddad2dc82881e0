"""The table of hits: the very texts that its file has, and a bar for each interval."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
)

from studio.core.hit_table import HitRow, HitTable
from ui import theme
from ui.i18n import tr
from ui.widgets.evidence_bars import WIDTH, paint_interval

_MOST_ROWS = 60  # that are shown without scrolling inside
_LEAST = 72      # px of a column
_TEXT = 112      # px for the interval in figures, beside its bar

_ROW = Qt.ItemDataRole.UserRole


class HitTableView(QTableWidget):
    """A press or Enter on a row asks for its cells."""

    asked = Signal(object)  # tuple of cell keys

    def __init__(self, table: HitTable) -> None:
        super().__init__(len(table.rows), len(table.heads))
        self.table = table
        self.setHorizontalHeaderLabels([*table.heads])
        self.setItemDelegateForColumn(len(table.heads) - 1, _Interval(self))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.ROW)
        self.setAccessibleName(tr("Hits"))
        self._fill()
        self._measure()
        self.cellClicked.connect(lambda row, column: self._ask(row))
        self.cellActivated.connect(lambda row, column: self._ask(row))

    @property
    def texts(self) -> tuple[tuple[str, ...], ...]:
        """Heads and rows as they are on the screen."""
        heads = tuple(self.horizontalHeaderItem(column).text() for column in range(self.columnCount()))
        return (heads, *(tuple(self.item(row, column).text() for column in range(self.columnCount()))
                         for row in range(self.rowCount())))

    def _fill(self) -> None:
        figures = len(self.table.axes) + 1
        for at, row in enumerate(self.table.rows):
            for column, text in enumerate(row.texts):
                item = QTableWidgetItem(text)
                item.setData(_ROW, row)
                if column >= figures:
                    item.setFont(theme.tabular(self.font()))
                self.setItem(at, column, item)

    def _measure(self) -> None:
        head = self.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setSectionResizeMode(self.columnCount() - 1, QHeaderView.ResizeMode.Stretch)
        head.setMinimumSectionSize(_LEAST)
        head.setHighlightSections(False)
        rows = min(_MOST_ROWS, self.rowCount())
        self.setFixedHeight(rows * theme.ROW + head.sizeHint().height() + theme.TINY)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)

    def _ask(self, row: int) -> None:
        found: HitRow = self.item(row, 0).data(_ROW)
        self.asked.emit(found.keys)


class _Interval(QStyledItemDelegate):
    """The interval in figures, and its bar beside them."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        super().paint(painter, option, index)
        area = QRectF(option.rect)
        room = min(3 * WIDTH, area.width() - _TEXT - theme.MEDIUM)
        if room > 40:
            painter.save()
            paint_interval(painter, QRectF(area.left() + _TEXT, area.top(), room, area.height()), index.data(_ROW).hits)
            painter.restore()
