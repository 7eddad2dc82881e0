"""All tags of the set in their groups: on how many pictures each is, and what it goes together with too often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractItemModel, QMimeData, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit, QTreeView, QVBoxLayout, QWidget

from studio.core.contamination import Link
from ui import icons, theme
from ui.i18n import tr
from ui.widgets.basics import row as row_of
from ui.widgets.chips import TAG_MIME, tag_mime
from ui.widgets.chips_words import group_name, label_name

TAG = Qt.ItemDataRole.UserRole

_NARROW = 290                          # pixels
_WIDEST = ("0,000", "100%", "▲ 00.0×")  # of count, share and lift
_AROUND = 2 * theme.SMALL + 8          # pixels of padding beside a number
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class TagRow:
    """A tag of the set: on how many of its pictures, and the strongest of its links, if it has any."""

    tag: str
    count: int
    share: float
    link: Link | None = None


class TagModel(QAbstractItemModel):
    """Two levels: groups, and the tags in them, the commoner first."""

    def __init__(self) -> None:
        super().__init__()
        self._groups: list[tuple[str, list[TagRow]]] = []

    def show_tags(self, groups: Mapping[str, Sequence[TagRow]]) -> None:
        self.beginResetModel()
        self._groups = [(name, [*rows]) for name, rows in groups.items() if rows]
        self.endResetModel()

    @property
    def tags(self) -> tuple[str, ...]:
        return tuple(row.tag for _, rows in self._groups for row in rows)

    def index_of(self, tag: str) -> QModelIndex:
        for place, (_, rows) in enumerate(self._groups):
            for row, each in enumerate(rows):
                if each.tag == tag:
                    return self.createIndex(row, 0, place + 1)
        return QModelIndex()

    def index(self, row: int, column: int, parent: _Index = QModelIndex()) -> QModelIndex:
        """An index carries 0 for a group, and the group's place counted from 1 for a tag."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, index: _Index) -> QModelIndex:
        group = index.internalId()
        return self.createIndex(group - 1, 0, 0) if group else QModelIndex()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:
        if not parent.isValid():
            return len(self._groups)
        return 0 if parent.internalId() or parent.column() else len(self._groups[parent.row()][1])

    def columnCount(self, parent: _Index = QModelIndex()) -> int:
        return 4

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            return (tr("Tag"), tr("n"), tr("share"), tr("lift"))[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return (tr("Tags in their groups. A click shows the pictures that have one."),
                    tr("On how many pictures the tag is."), tr("On how many of all pictures."),
                    tr("How much commoner one pose, angle, framing … is under the tag than in the whole set."))[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if section == 0 else _RIGHT
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        found = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return found | Qt.ItemFlag.ItemIsDragEnabled if index.internalId() else Qt.ItemFlag.ItemIsEnabled

    def mimeTypes(self) -> list[str]:
        return [TAG_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        return tag_mime(next((str(index.data(TAG)) for index in indexes), ""))

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.internalId():
            return self._of_group(index, role)
        return _of_tag(self._groups[index.internalId() - 1][1][index.row()], index.column(), role)

    def _of_group(self, index: _Index, role: int) -> object:
        name, rows = self._groups[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{group_name(name)}  {len(rows):,}" if index.column() == 0 else None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if index.column() == 0 else _RIGHT
        if role == Qt.ItemDataRole.FontRole:
            font = QFont()
            font.setPixelSize(theme.CAPTION)
            return font
        return None


class TagTable(QWidget):
    """The tree with a line above it that narrows it down."""

    chosen = Signal(str)          # a tag, by a click or Enter
    menu_requested = Signal(str, object)  # a tag, and where, globally

    def __init__(self) -> None:
        super().__init__()
        self._groups: Mapping[str, Sequence[TagRow]] = {}
        self.model, self.tree, self.line = TagModel(), _Tree(), QLineEdit()
        self.line.setPlaceholderText(tr("Find a tag of the set"))
        self.line.setAccessibleName(tr("Find a tag of the set"))
        self.line.setClearButtonEnabled(True)
        self.line.textChanged.connect(self._narrow)
        self.tree.setModel(self.model)
        self.tree.settle()
        self.tree.clicked.connect(self._clicked)
        self.tree.entered_by_key.connect(self._clicked)
        self.tree.customContextMenuRequested.connect(self._menu)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, theme.SMALL, 0, 0)
        layout.setSpacing(theme.TINY)
        above = row_of(self.line)
        above.setContentsMargins(theme.SMALL, 0, theme.SMALL, 0)
        layout.addLayout(above)
        layout.addWidget(self.tree)

    def show_tags(self, groups: Mapping[str, Sequence[TagRow]]) -> None:
        """Shows the tags of the set; what is chosen and where it is scrolled to stays."""
        self._groups = groups
        chosen, at = self.tree.currentIndex().data(TAG), self.tree.verticalScrollBar().value()
        self._narrow()
        if chosen:
            self.tree.setCurrentIndex(self.model.index_of(chosen))
        self.tree.verticalScrollBar().setValue(at)

    def _narrow(self) -> None:
        letters = self.line.text().strip().casefold()
        self.model.show_tags({name: [row for row in rows if letters in row.tag.casefold()]
                              for name, rows in self._groups.items()})
        self.tree.expandAll()
        for row in range(self.model.rowCount()):
            self.tree.setFirstColumnSpanned(row, QModelIndex(), True)

    def _clicked(self, index: QModelIndex) -> None:
        if tag := index.siblingAtColumn(0).data(TAG):
            self.chosen.emit(tag)

    def _menu(self, place: object) -> None:
        if tag := self.tree.indexAt(place).siblingAtColumn(0).data(TAG):
            self.menu_requested.emit(tag, self.tree.viewport().mapToGlobal(place))


class _Tree(QTreeView):
    entered_by_key = Signal(QModelIndex)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Tags of the set"))
        self.setUniformRowHeights(True)
        self.setRootIsDecorated(False)
        self.setIndentation(theme.SMALL)
        self.setIconSize(QSize(12, 12))
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setExpandsOnDoubleClick(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def settle(self) -> None:
        """Gives the tag the room, and the numbers what they need."""
        head = self.header()
        head.setStretchLastSection(False)
        head.setMinimumSectionSize(28)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, widest in enumerate(_WIDEST, 1):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            head.resizeSection(column, self.fontMetrics().horizontalAdvance(widest) + _AROUND)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room the tag keeps it."""
        self.setColumnHidden(2, self.width() < _NARROW)
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered_by_key.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


def _of_tag(row: TagRow, column: int, role: int) -> object:
    if role == TAG:
        return row.tag
    if role == Qt.ItemDataRole.DisplayRole:
        return (row.tag, f"{row.count:,}", f"{row.share:.0%}", _lift(row))[column]
    if role == Qt.ItemDataRole.TextAlignmentRole:
        return _LEFT if column == 0 else _RIGHT
    if role == Qt.ItemDataRole.DecorationRole and column == 3 and row.link and row.link.is_red:
        return icons.pixmap("warning", 12, theme.current().doubtful)
    if role == Qt.ItemDataRole.ToolTipRole:
        return link_words(row.link) if row.link else row.tag
    return theme.tabular(QFont()) if role == Qt.ItemDataRole.FontRole and column else None


def _lift(row: TagRow) -> str:
    return f"{row.link.lift:.1f}×" if row.link else ""


def link_words(link: Link) -> str:
    """One sentence on a tag and what it goes together with."""
    return tr("“{tag}”: {share} of its {carriers} pictures are “{word}” ({field}), {lift} times the share in the set.",
              tag=link.tag, share=f"{link.share:.0%}", carriers=link.carriers, word=link.word,
              field=label_name(link.field), lift=f"{link.lift:.1f}")
