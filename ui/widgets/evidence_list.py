"""The questions of the page with what is known of each, as a list to go by."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyledItemDelegate, QStyleOptionViewItem

from ui import icons, theme
from ui.i18n import tr
from ui.viewstate.evidence_status import Status

_HIGH = 44  # px of a line

_STATUS = Qt.ItemDataRole.UserRole


class QuestionList(QListWidget):
    """A press or the arrow keys go to a part."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setItemDelegate(_Delegate(self))
        self.setAccessibleName(tr("Questions"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(120)
        self.currentItemChanged.connect(self._tell)
        self.itemClicked.connect(self._tell)

    def show_statuses(self, found: Sequence[Status]) -> None:
        """All parts; the one that was chosen stays it."""
        row = self.currentRow()
        self.blockSignals(True)
        self.clear()
        for each in found:
            item = QListWidgetItem(f"{each.name}: {each.text}")
            item.setData(_STATUS, each)
            item.setToolTip(item.text())
            item.setSizeHint(QSize(100, _HIGH))
            self.addItem(item)
        self.setCurrentRow(min(max(row, 0), len(found) - 1))
        self.blockSignals(False)

    def mark(self, id: str) -> None:
        """Chooses a part without going there."""
        rows = (row for row in range(self.count()) if self.item(row).data(_STATUS).id == id)
        self.blockSignals(True)
        self.setCurrentRow(next(rows, self.currentRow()))
        self.blockSignals(False)
        self.viewport().update()

    def _tell(self, item: QListWidgetItem | None) -> None:
        if item:
            self.chosen.emit(item.data(_STATUS).id)


class _Delegate(QStyledItemDelegate):
    """A name, and below it what is known, with its sign."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        style = QStyleOptionViewItem(option)
        self.initStyleOption(style, index)
        style.text = ""
        style.widget.style().drawControl(style.widget.style().ControlElement.CE_ItemViewItem, style, painter,
                                         style.widget)
        status, inks, area = index.data(_STATUS), theme.current(), QRectF(option.rect)
        if status.icon:
            scale = painter.device().devicePixelRatioF()
            pixmap = icons.pixmap(status.icon, theme.ICON, getattr(inks, status.tone), scale)
            painter.drawPixmap(int(area.left()) + theme.MEDIUM, int(area.top()) + 6, pixmap)
        left = theme.MEDIUM + theme.ICON + theme.SMALL
        room = area.adjusted(left, 4, -theme.SMALL, -4)
        painter.setPen(QColor(inks.text))
        painter.setFont(option.font)
        _line(painter, QRectF(room.left(), room.top(), room.width(), room.height() / 2), status.name)
        small = theme.tabular(option.font)
        small.setPixelSize(theme.CAPTION)
        painter.setFont(small)
        painter.setPen(QColor(inks.muted))
        _line(painter, QRectF(room.left(), room.center().y(), room.width(), room.height() / 2), status.text)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(100, _HIGH)


def _line(painter: QPainter, area: QRectF, text: str) -> None:
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(area.width()))
    painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
