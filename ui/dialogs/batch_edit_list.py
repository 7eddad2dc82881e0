"""What would change, picture by picture: tags that go and tags that come, with a tick and the picture itself."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from PySide6.QtCore import (
    QAbstractListModel, QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from studio.core.tag_edits import Preview, difference
from ui import icons, theme
from ui.delegates.film import paint_thumb, paint_tick
from ui.i18n import tr
from ui.images.loader import SIDES, Loader, Wanted

PREVIEW = Qt.ItemDataRole.UserRole
PIXMAP = PREVIEW + 1

_ROW = 48   # of one line of changes
_THUMB = 40
_LINE = 17
_MOST = 5   # lines of changes; what is behind them stands in the tooltip
_MEASURED = 200  # rows: as many as tell how tall all of them have to be
_BOX = 16
_GAP = 14
_Index = QModelIndex | QPersistentModelIndex


class PreviewModel(QAbstractListModel):
    """Previews, all of them ticked to begin with."""

    ticked_changed = Signal()

    def __init__(self, loader: Loader | None = None) -> None:
        super().__init__()
        self._loader = loader
        self._previews: tuple[Preview, ...] = ()
        self._off: set[int] = set()

    @property
    def previews(self) -> tuple[Preview, ...]:
        return self._previews

    @property
    def ticked(self) -> tuple[Preview, ...]:
        """Those that are to be carried out."""
        return tuple(each for row, each in enumerate(self._previews) if row not in self._off)

    def show_previews(self, previews: Sequence[Preview]) -> None:
        self.beginResetModel()
        self._previews, self._off = tuple(previews), set()
        self.endResetModel()
        self.ticked_changed.emit()

    def tick(self, rows: Sequence[int], wanted: bool) -> None:
        self._off = self._off - set(rows) if wanted else self._off | set(rows)
        self.dataChanged.emit(self.index(0), self.index(len(self._previews) - 1), [Qt.ItemDataRole.CheckStateRole])
        self.ticked_changed.emit()

    def tick_all(self, wanted: bool) -> None:
        if self._previews:
            self.tick(range(len(self._previews)), wanted)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._previews)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag
        return flags.ItemIsEnabled | flags.ItemIsSelectable | flags.ItemIsUserCheckable

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        each = self._previews[index.row()]
        if role == PREVIEW:
            return each
        if role == PIXMAP:
            return self._loader.any_pixmap(each.image.id) if self._loader else None
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Unchecked if index.row() in self._off else Qt.CheckState.Checked
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{each.image.path.name}: {spoken(each)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return tr("Before: {before}\nAfter: {after}", before=each.before or "–", after=each.after or "–")
        return None

    def setData(self, index: _Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role == Qt.ItemDataRole.CheckStateRole:
            self.tick([index.row()], Qt.CheckState(value) == Qt.CheckState.Checked)
        return role == Qt.ItemDataRole.CheckStateRole


class PreviewList(QListView):
    """Only the rows in sight cost anything, so ten thousand are no more than ten. Pictures come from a loader."""

    def __init__(self, loader: Loader | None = None, folder: Path = Path()) -> None:
        super().__init__()
        self._loader, self._folder = loader, folder
        self.changes = PreviewModel(loader)
        self.setModel(self.changes)
        self._change = _Change(self)
        self.setItemDelegate(self._change)
        self.changes.modelReset.connect(self._fit)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("Changes"))
        self.setToolTip(tr("Space ticks the chosen rows, or takes their ticks away."))
        self.verticalScrollBar().valueChanged.connect(self._load)
        if loader:
            loader.loaded.connect(self._came)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """All rows are as tall as the one that changes most needs."""
        metrics, width = QFontMetrics(_small(self.font())), self.viewport().width() - _LEFT_OF_TEXT - theme.SMALL
        needed = (len(flowed(each, metrics, width)) for each in self.changes.previews[:_MEASURED])
        self._change.lines = min(_MOST, max(needed, default=1))
        self.scheduleDelayedItemsLayout()
        self._load()

    def _came(self, ids: Collection[str]) -> None:
        self.viewport().update()

    def _load(self) -> None:
        """Asks for the pictures of the rows in sight."""
        if self._loader is None:
            return
        height = _ROW + (self._change.lines - 1) * _LINE
        first, count = self.verticalScrollBar().value() // height, self.viewport().height() // height + 2
        images = (each.image for each in self.changes.previews[first:first + count])
        self._loader.ask(Wanted(image.id, self._folder / image.path, SIDES[0]) for image in images)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        rows = [index.row() for index in self.selectedIndexes()]
        if event.key() != Qt.Key.Key_Space or not rows:
            super().keyPressEvent(event)
            return
        was = self.currentIndex().data(Qt.ItemDataRole.CheckStateRole)
        self.changes.tick(rows, was != Qt.CheckState.Checked)


class _Change(QStyledItemDelegate):
    """A tick, the name, and below it what goes (with a minus) and what comes (with a plus)."""

    lines = 1  # of changes in a row

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(200, _ROW + (self.lines - 1) * _LINE)

    def editorEvent(self, event: QEvent, model: PreviewModel, option: QStyleOptionViewItem, index: QModelIndex) -> bool:
        is_release = isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonRelease
        if is_release and event.position().x() < option.rect.left() + 2 * theme.SMALL + _BOX:
            is_on = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
            model.tick([index.row()], not is_on)
            return True
        return False

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        now, rect = theme.current(), option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(now.tint))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(now.lift))
        is_on = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
        paint_tick(painter, QRect(rect.left() + theme.SMALL, rect.center().y() - _BOX // 2, _BOX, _BOX), is_on)
        each: Preview = index.data(PREVIEW)
        paint_thumb(painter, QRect(rect.left() + 2 * theme.SMALL + _BOX, rect.top() + 4, _THUMB, _THUMB),
                    index.data(PIXMAP))
        room = rect.adjusted(_LEFT_OF_TEXT, 4, -theme.SMALL, -4)
        painter.setFont(option.font)
        painter.setPen(QColor(now.text if is_on else now.muted))
        upper = QRect(room.left(), room.top() + 1, room.width(), (_ROW - 12) // 2)
        painter.drawText(upper, _LEFT, option.fontMetrics.elidedText(
            each.image.path.as_posix().removeprefix("images/"), Qt.TextElideMode.ElideMiddle, upper.width()))
        _paint_difference(painter, QRect(upper.bottomLeft() + QPoint(0, 1), upper.size()), each, self.lines)


_LEFT_OF_TEXT = 3 * theme.SMALL + _BOX + _THUMB
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def pieces(preview: Preview) -> list[tuple[str, str]]:
    """("-", tag) for what goes, ("+", tag) for what comes, ("", words) where only order or spelling changes."""
    gone, came = difference(preview.before, preview.after)
    if not gone and not came:
        return [("", tr("another order: {text}", text=preview.after))]
    return [("-", tag) for tag in gone] + [("+", tag) for tag in came]


def spoken(preview: Preview) -> str:
    """A change in words."""
    said = {"-": tr("without"), "+": tr("with"), "": ""}
    return ", ".join(f"{said[sign]} {tag}".strip() for sign, tag in pieces(preview))


def _paint_difference(painter: QPainter, room: QRect, preview: Preview, most: int) -> None:
    """At most so many lines, the first of them in `room`; an ellipsis says that there is more."""
    now = theme.current()
    tones = {"-": now.bad, "+": now.good, "": now.muted}
    painter.setFont(_small(painter.font()))
    metrics = painter.fontMetrics()
    lines = flowed(preview, metrics, room.width())
    for line in lines[:most]:
        left = room.left()
        for sign, text in line:
            painter.setPen(QColor(tones[sign]))
            painter.drawText(QRect(left, room.top(), room.right() - left, room.height()), _LEFT, text)
            left += metrics.horizontalAdvance(text) + _GAP
        room.translate(0, _LINE)
    if len(lines) > most:
        room.translate(0, -_LINE)
        painter.setPen(QColor(now.muted))
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, "…")


def flowed(preview: Preview, metrics: QFontMetrics, width: int) -> list[list[tuple[str, str]]]:
    """The pieces with their marks, in lines of at most `width` pixels; one that is wider alone is cut."""
    marks, lines, left = {"-": "− ", "+": "+ ", "": ""}, [[]], 0
    for sign, tag in pieces(preview):
        text = metrics.elidedText(marks[sign] + tag, Qt.TextElideMode.ElideRight, width)
        wide = metrics.horizontalAdvance(text)
        if left and left + wide > width - _GAP:  # the ellipsis of a line after which there is more has room
            lines.append([])
            left = 0
        lines[-1].append((sign, text))
        left += wide + _GAP
    return lines


def _small(font: QFont) -> QFont:
    made = QFont(font)
    made.setPixelSize(theme.CAPTION + 1)
    return made
