"""All pictures in a narrow list, with what each one's caption is like; one of them is the one that is worked on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QAbstractListModel, QItemSelectionModel, QModelIndex, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from studio.core.record import Record
from ui import icons, theme
from ui.i18n import tr, trn
from ui.images.loader import SIDES, Loader, Wanted

HEIGHT = 60
RECORD = Qt.ItemDataRole.UserRole
BADGES = RECORD + 1

_THUMB = 52
_SIDE = SIDES[0]


class FilmModel(QAbstractListModel):
    """Records by their row. Pictures come later and are told by `pictures_came`."""

    def __init__(self, loader: Loader) -> None:
        super().__init__()
        self._loader = loader
        self._records: list[Record] = []
        self._rows: dict[str, list[int]] = {}
        self._badges: Mapping[str, Collection[str]] = {}

    @property
    def records(self) -> Sequence[Record]:
        return self._records

    def show_records(self, records: Iterable[Record]) -> None:
        self.beginResetModel()
        self._records, self._rows = [*records], {}
        for row, record in enumerate(self._records):
            self._rows.setdefault(record.id, []).append(row)
        self.endResetModel()

    def refresh(self, records: Iterable[Record]) -> None:
        """The same pictures, of which something else is known by now."""
        known = {record.image.path: record for record in records}
        for row in sorted({row for record in known.values() for row in self._rows.get(record.id, ())}):
            self._records[row] = known.get(self._records[row].image.path, self._records[row])
            self.dataChanged.emit(self.index(row), self.index(row))

    def show_badges(self, badges: Mapping[str, Collection[str]]) -> None:
        """The lint rules that speak of each picture, by its id."""
        self._badges = badges
        if self._records:
            self.dataChanged.emit(self.index(0), self.index(len(self._records) - 1))

    def pictures_came(self, ids: Iterable[str]) -> None:
        for id in ids:
            for row in self._rows.get(id, ()):
                self.dataChanged.emit(self.index(row), self.index(row), [Qt.ItemDataRole.DecorationRole])

    def row_of(self, id: str, path: Path | None = None) -> int:
        """The row of a picture, the one of that file where several are alike; -1 if it is not shown."""
        rows = self._rows.get(id, ())
        return next((row for row in rows if path in (None, self._records[row].image.path)), -1)

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._records)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        record = self._records[index.row()]
        if role == RECORD:
            return record
        if role == BADGES:
            return tuple(self._badges.get(record.id, ()))
        if role == Qt.ItemDataRole.DecorationRole:
            return self._loader.pixmap(record.id, _SIDE)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{record.image.path.name}, {state_of(record)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join((record.image.path.as_posix(), record.caption))
        return None


class Filmstrip(QListView):
    """Tells which picture is worked on, and which ones are chosen."""

    current_changed = Signal(object)   # a Record, or None
    chosen_changed = Signal()

    def __init__(self, loader: Loader, folder: Path) -> None:
        super().__init__()
        self._loader, self._folder = loader, folder
        self.film = FilmModel(loader)
        self.setModel(self.film)
        self.setItemDelegate(_Frame(self))
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("Pictures"))
        self._asking = QTimer(self, interval=30, singleShot=True)
        self._asking.timeout.connect(self._ask)
        self._loader.loaded.connect(self.film.pictures_came)
        self.verticalScrollBar().valueChanged.connect(self._asking.start)
        self.selectionModel().currentChanged.connect(self._current_changed)
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen_changed.emit())

    @property
    def current(self) -> Record | None:
        return self.currentIndex().data(RECORD)

    @property
    def chosen(self) -> tuple[Record, ...]:
        """The chosen ones in the order of the list."""
        return tuple(index.data(RECORD) for index in sorted(self.selectedIndexes()))

    def show_records(self, records: Sequence[Record]) -> None:
        """Shows these; the picture that is worked on stays it if it is among them, else the first one becomes it."""
        before = self.current
        model = self.selectionModel()
        model.blockSignals(True)
        self.film.show_records(records)
        model.blockSignals(False)
        row = self.film.row_of(before.id, before.image.path) if before else -1
        self.go_to(max(row, 0))
        self._asking.start()

    def go_to(self, row: int) -> None:
        """Works on the picture of a row, and chooses it alone."""
        index = self.film.index(row)
        if index.isValid():
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self.scrollTo(index)
        else:
            self.current_changed.emit(None)

    def step(self, rows: int) -> None:
        """Goes on, or back, and stops at the ends."""
        if count := self.film.rowCount():
            self.go_to(min(max(self.currentIndex().row() + rows, 0), count - 1))

    def choose(self, ids: Collection[str]) -> None:
        """Chooses what was chosen elsewhere; the last one is worked on."""
        rows = [row for id in ids if (row := self.film.row_of(id)) >= 0]
        if not rows:
            return
        if rows[-1] != self.currentIndex().row():
            self.go_to(rows[-1])
        for row in rows[:-1]:
            self.selectionModel().select(self.film.index(row), QItemSelectionModel.SelectionFlag.Select)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._asking.start()

    def _current_changed(self, index: QModelIndex) -> None:
        self.current_changed.emit(index.data(RECORD) if index.isValid() else None)

    def _ask(self) -> None:
        """Loads what is in sight, and a little of what follows."""
        count = self.film.rowCount()
        if not count:
            return
        first = max(0, self.indexAt(self.viewport().rect().topLeft()).row())
        last = min(count, first + self.viewport().height() // HEIGHT + 6)
        shown = (self.film.records[row] for row in range(first, last))
        self._loader.ask(Wanted(each.id, self._folder / each.image.path, _SIDE) for each in shown)


class _Frame(QStyledItemDelegate):
    """A thumbnail, the name, and what the caption is like."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(160, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        now, record = theme.current(), index.data(RECORD)
        is_current = index == option.widget.currentIndex()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(now.tint))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, QColor(now.lift))
        if is_current:
            painter.fillRect(QRect(option.rect.topLeft(), QSize(3, HEIGHT)), QColor(now.accent))
        _paint_thumb(painter, option.rect, index.data(Qt.ItemDataRole.DecorationRole))
        room = option.rect.adjusted(theme.SMALL + _THUMB + theme.SMALL, 6, -theme.SMALL, -6)
        _paint_words(painter, room, option, record, index.data(BADGES))


def state_of(record: Record) -> str:
    """What a caption is like, in a few words."""
    if not record.caption.strip():
        return tr("no caption")
    tags = trn("{n} tag", "{n} tags", len(record.tags))
    return f"{tags} · {tr('sentences')}" if record.sentences else tags


def _paint_thumb(painter: QPainter, rect: QRect, picture: QPixmap | None) -> None:
    frame = QRect(rect.left() + theme.SMALL, rect.top() + (HEIGHT - _THUMB) // 2, _THUMB, _THUMB)
    if picture is None or picture.isNull():
        painter.fillRect(frame, QColor(theme.current().lift))
        return
    scale = painter.device().devicePixelRatioF()
    small = picture.scaled(round(_THUMB * scale), round(_THUMB * scale), Qt.AspectRatioMode.KeepAspectRatio,
                           Qt.TransformationMode.SmoothTransformation)
    small.setDevicePixelRatio(scale)
    size = small.deviceIndependentSize().toSize()
    painter.drawPixmap(frame.x() + (_THUMB - size.width()) // 2, frame.y() + (_THUMB - size.height()) // 2, small)


def _paint_words(painter: QPainter, room: QRect, option: QStyleOptionViewItem, record: Record,
                 badges: tuple[str, ...]) -> None:
    now, metrics, line = theme.current(), option.fontMetrics, option.fontMetrics.height()
    painter.setFont(option.font)
    painter.setPen(QColor(now.text))
    name = metrics.elidedText(record.image.path.stem, Qt.TextElideMode.ElideMiddle, room.width())
    painter.drawText(QRect(room.topLeft(), QSize(room.width(), line)), Qt.AlignmentFlag.AlignVCenter, name)
    small = painter.font()
    small.setPixelSize(theme.CAPTION)
    painter.setFont(small)
    has_caption = bool(record.caption.strip())
    painter.setPen(QColor(now.muted if has_caption else now.doubtful))
    below = QRect(room.left(), room.top() + line + 2, room.width(), line)
    state = painter.fontMetrics().elidedText(state_of(record), Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(below, Qt.AlignmentFlag.AlignVCenter, state)
    if badges:
        _paint_badges(painter, QRect(room.left(), below.bottom(), room.width(), line - 2), badges)


def _paint_badges(painter: QPainter, room: QRect, badges: tuple[str, ...]) -> None:
    scale = painter.device().devicePixelRatioF()
    painter.drawPixmap(room.left(), room.top() + 1, icons.pixmap("warning", 12, theme.current().doubtful, scale))
    text = painter.fontMetrics().elidedText(" ".join(badges), Qt.TextElideMode.ElideRight, room.width() - 16)
    painter.setPen(QColor(theme.current().doubtful))
    painter.drawText(room.adjusted(16, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)
