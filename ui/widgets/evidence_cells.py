"""The cells behind a number: small pictures with what each of them is, as many as there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QListView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ui import theme
from ui.i18n import tr, trn
from ui.images.loader import SIDES, Loader, Wanted
from ui.widgets.basics import Elided, caption, column, muted

_PICTURE = QSize(112, 136)
_LINE = 15                     # px of a line of text below a picture
_MOST = 240                    # pictures of one number that are shown

_KEY, _MORE = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class CellSeen:
    """A cell, its picture if it is drawn, what it is called, and the tone of its mark."""

    key: str
    path: Path | None
    name: str
    more: str = ""


class CellsPane(QWidget):
    """Shows the cells of whatever number was pressed; one of them opens where it can be looked at."""

    asked = Signal(str)  # the key of a cell

    def __init__(self, loader: Loader) -> None:
        super().__init__()
        self._loader = loader
        self._items: dict[str, QListWidgetItem] = {}
        self.name, self.count = Elided(), caption("")
        self.name.setProperty("role", "title")
        self.hint = muted(tr("Press a number, a bar or a point: the cells that it rests on are shown here. A press on "
                             "a cell opens it beside the other epochs."), wrap=True)
        self.list = _List()
        self.list.itemClicked.connect(self._ask)
        self.list.itemActivated.connect(self._ask)
        layout = column(self.name, self.count, self.hint, self.list, gap=theme.TINY)
        layout.setContentsMargins(theme.MEDIUM, theme.MEDIUM, theme.SMALL, theme.SMALL)
        layout.setStretch(3, 1)
        layout.addStretch(0)
        self.setLayout(layout)
        self.setMinimumWidth(_PICTURE.width() + 3 * theme.MEDIUM)
        loader.loaded.connect(self._put)
        self.show_cells("", ())

    def show_cells(self, name: str, cells: Sequence[CellSeen]) -> None:
        """These, under the name of the number."""
        self.name.setText(name or tr("Cells"))
        self.count.setText(trn("{n} cell", "{n} cells", len(cells)) if cells else "")
        self.count.setVisible(bool(cells))
        self.hint.setVisible(not cells)
        self.list.setVisible(bool(cells))
        self.list.clear()
        self._items = {}
        for each in cells[:_MOST]:
            self._add(each)
        if len(cells) > _MOST:
            self.count.setText(tr("the first {n} of {all} cells", n=_MOST, all=len(cells)))
        self._loader.ask(Wanted(each.key, each.path, SIDES[0]) for each in cells[:_MOST] if each.path)
        self._put(tuple(self._items))

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(self._items)

    def _add(self, each: CellSeen) -> None:
        item = QListWidgetItem(each.name)
        item.setData(_KEY, each.key)
        item.setData(_MORE, each.more)
        item.setToolTip("\n".join(text for text in (each.name, each.more) if text))
        item.setSizeHint(QSize(_PICTURE.width() + theme.SMALL, _PICTURE.height() + 2 * _LINE + theme.SMALL))
        self.list.addItem(item)
        self._items[each.key] = item

    def _put(self, keys: Sequence[str]) -> None:
        for key in keys:
            pixmap = self._loader.pixmap(key, SIDES[0])
            if key in self._items and pixmap is not None and not pixmap.isNull():
                self._items[key].setIcon(QIcon(_fitted(pixmap, self.devicePixelRatioF())))

    def _ask(self, item: QListWidgetItem) -> None:
        self.asked.emit(item.data(_KEY))


class _List(QListWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setIconSize(_PICTURE)
        self.setSpacing(2)
        self.setItemDelegate(_Delegate(self))
        self.setAccessibleName(tr("Cells"))


class _Delegate(QStyledItemDelegate):
    """The picture, what the cell is called, and how it was judged."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        inks, area, state = theme.current(), QRectF(option.rect), QStyle.StateFlag
        if option.state & (state.State_MouseOver | state.State_Selected | state.State_HasFocus):
            painter.fillRect(area, QColor(inks.tint if option.state & state.State_Selected else inks.lift))
        icon: QIcon | None = index.data(Qt.ItemDataRole.DecorationRole)
        place = QRectF(area.left() + theme.TINY, area.top() + theme.TINY, _PICTURE.width(), _PICTURE.height())
        if icon is not None:
            icon.paint(painter, place.toRect(), Qt.AlignmentFlag.AlignCenter)
        else:
            painter.fillRect(place, QColor(inks.field))
        font = theme.tabular(option.font)
        font.setPixelSize(theme.CAPTION)
        painter.setFont(font)
        for row, (role, ink) in enumerate(((Qt.ItemDataRole.DisplayRole, inks.text), (_MORE, inks.muted))):
            line = QRectF(place.left(), place.bottom() + 2 + row * _LINE, place.width(), _LINE)
            text = painter.fontMetrics().elidedText(index.data(role) or "", Qt.TextElideMode.ElideRight,
                                                    int(line.width()))
            painter.setPen(QColor(ink))
            painter.drawText(line, Qt.AlignmentFlag.AlignCenter, text)


def _fitted(pixmap: QPixmap, scale: float) -> QPixmap:
    made = pixmap.scaled(_PICTURE * scale, Qt.AspectRatioMode.KeepAspectRatio,
                         Qt.TransformationMode.SmoothTransformation)
    made.setDevicePixelRatio(scale)
    return made
