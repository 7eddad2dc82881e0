"""The sheets of a project as a list: what each is called, whose it is, and how much of it is drawn."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui import theme
from ui.i18n import tr
from ui.icons import icon
from ui.viewstate.grid_sheets import GridSheet
from ui.viewstate.grid_words import progress, title_of

_SHEET = Qt.ItemDataRole.UserRole
_HEIGHT = 46
_Align = Qt.AlignmentFlag


class SheetList(QListWidget):
    """Tells what a person chooses."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setItemDelegate(_Painter(self))
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("Sheets"))
        self.currentItemChanged.connect(self._tell)
        self._filter = ""

    def show_sheets(self, sheets: Sequence[GridSheet], current: str) -> None:
        """These, one of them being shown; nobody is told."""
        self.blockSignals(True)
        while self.count() > len(sheets):
            self.takeItem(self.count() - 1)
        for at, sheet in enumerate(sheets):
            item = self.item(at) or QListWidgetItem(self)
            item.setData(_SHEET, sheet)
            item.setToolTip(tip_of(sheet))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, tip_of(sheet))
            if sheet.id == current:
                self.setCurrentItem(item)
        self.narrow(self._filter)
        self.blockSignals(False)
        self.viewport().update()

    def narrow(self, words: str) -> None:
        """Only the sheets whose title, run or number holds these words."""
        self._filter = words
        for at in range(self.count()):
            sheet = self.item(at).data(_SHEET)
            text = f"{title_of(sheet)} {sheet.run} {sheet.id}".casefold()
            self.item(at).setHidden(not all(word in text for word in words.casefold().split()))

    def _tell(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(item.data(_SHEET).id)


def filter_field(of: SheetList) -> QLineEdit:
    """What narrows the list while one types."""
    made = QLineEdit()
    made.setPlaceholderText(tr("Find a sheet"))
    made.setAccessibleName(tr("Find a sheet"))
    made.setClearButtonEnabled(True)
    made.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
    made.textChanged.connect(of.narrow)
    return made


def tip_of(sheet: GridSheet) -> str:
    """A sheet in words."""
    of_run = tr("sheet {id} of {run}", id=sheet.id, run=sheet.run) if sheet.run else tr("sheet {id}", id=sheet.id)
    return "\n".join((title_of(sheet), of_run, progress(sheet)))


class _Painter(QStyledItemDelegate):
    """Two lines and how far it is."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(120, _HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem,
              index: QModelIndex | QPersistentModelIndex) -> None:
        sheet: GridSheet = index.data(_SHEET)
        colours, room = theme.current(), option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(room, QColor(colours.tint))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(room, QColor(colours.lift))
        inside = room.adjusted(theme.SMALL, 5, -theme.SMALL, -5)
        top, below = QRect(inside), QRect(inside)
        top.setHeight(18)
        below.setTop(inside.top() + 19)
        self._line(painter, top, title_of(sheet), colours.text, theme.BODY)
        whose = sheet.run.rpartition("-")[0] or sheet.run
        words = " · ".join(each for each in (sheet.id, whose, progress(sheet)) if each)
        self._line(painter, below, words, colours.muted, theme.CAPTION)
        if not sheet.is_whole:
            share = len(sheet.there) / max(1, sheet.pictures)
            painter.fillRect(QRect(room.x(), room.bottom() - 1, round(share * room.width()), 2), QColor(colours.accent))

    def _line(self, painter: QPainter, room: QRect, text: str, colour: str, size: int) -> None:
        font = theme.tabular(QFont(painter.font()))
        font.setPixelSize(size)
        painter.setFont(font)
        painter.setPen(QColor(colour))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(_Align.AlignVCenter), shown)
