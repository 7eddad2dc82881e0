"""The sheets one can choose from, each with what it answers, its cells and the time they take."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import (
    QLineEdit, QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QVBoxLayout, QWidget,
)

from ui import theme
from ui.i18n import tr, trn
from ui.icons import icon
from ui.viewstate.amounts import time_of

_ROW = Qt.ItemDataRole.UserRole
_HEIGHT = 64


@dataclass(frozen=True, slots=True)
class Row:
    """A preset; `forecast` is empty until it was planned, `is_possible` says whether it can be drawn at all."""

    name: str
    title: str
    about: str
    is_own: bool = False
    forecast: str = ""
    is_possible: bool = True


class PresetList(QWidget):
    """Tells which one is chosen; a double click or Enter takes it."""

    chosen_changed = Signal(str)
    activated = Signal(str)

    def __init__(self, rows: Iterable[Row]) -> None:
        super().__init__()
        self.field, self.items = QLineEdit(), QListWidget()
        self.field.setPlaceholderText(tr("Find a sheet"))
        self.field.setAccessibleName(tr("Find a sheet"))
        self.field.setClearButtonEnabled(True)
        self.field.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.items.setAccessibleName(tr("Sheets to choose from"))
        self.items.setItemDelegate(_Painter(self.items))
        self.items.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SMALL)
        layout.addWidget(self.field)
        layout.addWidget(self.items)
        for row in rows:
            self.add(row)
        self.field.textChanged.connect(self._narrow)
        self.items.currentItemChanged.connect(lambda item: item and self.chosen_changed.emit(item.data(_ROW).name))
        self.items.itemActivated.connect(lambda item: self.activated.emit(item.data(_ROW).name))

    @property
    def chosen(self) -> str:
        item = self.items.currentItem()
        return item.data(_ROW).name if item else ""

    @property
    def unforecast(self) -> str:
        """The first of which nothing is known yet; empty for none."""
        return next((row.name for row in self.rows if not row.forecast), "")

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(self.items.item(at).data(_ROW) for at in range(self.items.count()))

    def add(self, row: Row) -> None:
        """One more, or another of that name; one's own stand first."""
        if (there := self._item(row.name)) is not None:
            return self._put(there, row)
        item = QListWidgetItem()
        self._put(item, row)
        self.items.insertItem(0 if row.is_own else self.items.count(), item)

    def choose(self, name: str) -> None:
        if item := self._item(name):
            self.items.setCurrentItem(item)
            self.items.scrollToItem(item)

    def tell_forecast(self, name: str, cells: int, seconds: float) -> None:
        text = tr("{cells} · {time}", cells=trn("{n} cell", "{n} cells", cells),
                  time=time_of(seconds) if seconds else tr("all there"))
        self._tell(name, text, True)

    def tell_why_not(self, name: str, why: str) -> None:
        self._tell(name, why, False)

    def forget_forecasts(self) -> None:
        """They were those of another run."""
        for row in self.rows:
            self._tell(row.name, "", True)

    def _tell(self, name: str, text: str, is_possible: bool) -> None:
        if item := self._item(name):
            self._put(item, dataclasses.replace(item.data(_ROW), forecast=text, is_possible=is_possible))

    def _put(self, item: QListWidgetItem, row: Row) -> None:
        item.setData(_ROW, row)
        item.setToolTip("\n".join(each for each in (row.title, row.about, row.forecast, row.name) if each))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{row.title}, {row.forecast}")

    def _item(self, name: str) -> QListWidgetItem | None:
        found = (self.items.item(at) for at in range(self.items.count()))
        return next((each for each in found if each.data(_ROW).name == name), None)

    def _narrow(self, words: str) -> None:
        for at in range(self.items.count()):
            row = self.items.item(at).data(_ROW)
            text = f"{row.name} {row.title} {row.about}".casefold()
            self.items.item(at).setHidden(not all(word in text for word in words.casefold().split()))


class _Painter(QStyledItemDelegate):
    """The title with its forecast, and below it what the sheet answers."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, _HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem,
              index: QModelIndex | QPersistentModelIndex) -> None:
        row, colours, room = index.data(_ROW), theme.current(), option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(room, QColor(colours.tint))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(room, QColor(colours.lift))
        inside = room.adjusted(theme.SMALL, 6, -theme.SMALL, -6)
        right = row.forecast if row.is_possible else tr("not possible here")
        _text(painter, theme.CAPTION, colours.muted if row.is_possible else colours.doubtful)
        taken = painter.fontMetrics().horizontalAdvance(right) + theme.SMALL
        top = QRect(inside.x(), inside.y(), inside.width(), 18)
        painter.drawText(top, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), right)
        _text(painter, theme.BODY, colours.text)
        name = tr("{title} (my own)", title=row.title) if row.is_own else row.title
        names = top.adjusted(0, 0, -taken, 0)
        shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, names.width())
        painter.drawText(names, int(Qt.AlignmentFlag.AlignVCenter), shown)
        _text(painter, theme.CAPTION, colours.muted)
        below = inside.adjusted(0, 20, 0, 0)
        painter.drawText(below, int(Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap), row.about)


def _text(painter: QPainter, size: int, colour: str) -> None:
    font = theme.tabular(QFont(painter.font()))
    font.setPixelSize(size)
    painter.setFont(font)
    painter.setPen(QColor(colour))
