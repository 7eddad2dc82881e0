"""The contamination explorer: each tag against the words of one label, in shares, lifts and counts.

A tag means to a model what its pictures have in common. A cell tells how many of the tag's pictures have the word, and
how much commoner it is there than in the set; a click lists these pictures.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from studio.core.contamination import FIELDS, Link
from ui import icons, theme
from ui.i18n import tr, trn
from ui.widgets.basics import caption, icon_only, push, sentence
from ui.widgets.chips_words import label_name
from ui.widgets.flow import FlowLayout
from ui.widgets.tag_table import link_words

LINK = Qt.ItemDataRole.UserRole
FEW = 3  # pictures; what fewer of them have in common says little

_CELL = QSize(96, 40)
_Index = QModelIndex | QPersistentModelIndex


class HeatModel(QAbstractTableModel):
    """Tags down, words across, in each cell a `Link`."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []
        self._links: dict[tuple[str, str], Link] = {}
        self._carriers: dict[str, int] = {}
        self._bearers: dict[str, str] = {}

    def show_crossings(self, rows: Sequence[Sequence[Link]]) -> None:
        """Each row holds the links of one tag with all words of the label."""
        self.beginResetModel()
        bearers = {link.word: link.bearers for links in rows for link in links}
        self.words = sorted(bearers, key=lambda word: -bearers[word])
        self.tags = [links[0].tag for links in rows]
        self._links = {(link.tag, link.word): link for links in rows for link in links}
        self._carriers = {links[0].tag: links[0].carriers for links in rows}
        self._bearers = {link.word: f"{link.bearers:,} / {link.total:,}" for links in rows for link in links}
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.tags)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.words)

    def link(self, index: _Index) -> Link | None:
        return self._links.get((self.tags[index.row()], self.words[index.column()])) if index.isValid() else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        is_word = orientation == Qt.Orientation.Horizontal
        name = (self.words if is_word else self.tags)[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{name}\n{self._bearers[name]}" if is_word else f"{name}  {self._carriers[name]:,}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return name
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignHCenter if is_word else Qt.AlignmentFlag.AlignRight
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        link = self.link(index)
        if role == LINK:
            return link
        if link is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return tr("{share}, {lift} times, {n} pictures", share=f"{link.share:.0%}", lift=f"{link.lift:.1f}",
                      n=link.together)
        return link_words(link) if role == Qt.ItemDataRole.ToolTipRole else None


class ContaminationExplorer(QWidget):
    """Shows crossings of one label at a time; which one is asked for by `field_chosen`."""

    field_chosen = Signal(str)
    pictures_requested = Signal(object)      # a Link
    edit_requested = Signal(str, object)     # "split", "move", "rename" or "remove", and a Link
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[tuple[Link, ...], ...] = ()
        self._build()
        self._bind()

    @property
    def field(self) -> str:
        return self.label.currentData()

    @property
    def link(self) -> Link | None:
        """The cell that is gone to."""
        return self.model.link(self.table.currentIndex())

    def show_crossings(self, crossings: Mapping[tuple[str, str], Sequence[Link]]) -> None:
        """The suspicious tags first; a tag that is itself a word of the label says nothing about itself."""
        rows = (tuple(links) for links in crossings.values() if all(link.tag != link.word for link in links))
        self._rows = tuple(sorted(rows, key=_suspicion, reverse=True))
        self._narrow()

    def go_to(self, tag: str) -> None:
        """The row of a tag."""
        self.line.setText(tag)
        if tag in self.model.tags:
            self.table.setCurrentIndex(self.model.index(self.model.tags.index(tag), 0))

    # What it is made of

    def _build(self) -> None:
        self.label = QComboBox()
        self.label.setAccessibleName(tr("Label"))
        for field in FIELDS:
            self.label.addItem(label_name(field), field)
        self.label.setCurrentIndex(FIELDS.index("angle"))
        self.line = QLineEdit()
        self.line.setPlaceholderText(tr("Find a tag of the set"))
        self.line.setAccessibleName(tr("Find a tag of the set"))
        self.line.setClearButtonEnabled(True)
        self.line.setMinimumWidth(180)
        self.model, self.table = HeatModel(), _table()
        self.table.setModel(self.model)
        self._told = sentence("")
        self._told.setMinimumHeight(36)
        self._buttons = [
            push(tr("Split …"), lambda: self._ask("split"), icon="split",
                 tip=tr("Gives the tag another name on these pictures, so that the old one is left to the others.")),
            push(tr("Rename …"), lambda: self._ask("rename"), icon="edit", tip=tr("Another name on all its pictures.")),
            push(tr("Move …"), lambda: self._ask("move"), icon="move", tip=tr("Another place in its captions.")),
            push(tr("Remove …"), lambda: self._ask("remove"), icon="trash", tip=tr("Takes it off these pictures.")),
        ]
        self._place()
        self._show_cell()

    def _place(self) -> None:
        back = icon_only("previous", tr("Back to the caption"), self.closed.emit)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.MEDIUM, theme.SMALL, theme.MEDIUM, theme.MEDIUM)
        layout.setSpacing(theme.SMALL)
        by = QLabel(tr("Tags by"))
        by.setFixedHeight(theme.ROW)
        layout.addWidget(_flowing([back, by, self.label, self.line]))
        layout.addWidget(caption(tr("Share of the tag's pictures that have the word · how many times that of the set ·"
                                    " pictures. A sign marks what the tag is about to mean; a click lists them."),
                                 wrap=True))
        layout.addWidget(self.table, 1)
        layout.addWidget(self._told)
        layout.addWidget(_flowing(self._buttons))

    def _bind(self) -> None:
        self.label.activated.connect(lambda: self.field_chosen.emit(self.field))
        self.line.textChanged.connect(self._narrow)
        self.table.selectionModel().currentChanged.connect(self._show_cell)
        self.table.clicked.connect(lambda index: self._ask("pictures"))
        self.table.activated.connect(lambda index: self._ask("pictures"))

    def _narrow(self) -> None:
        letters = self.line.text().strip().casefold()
        self.model.show_crossings([links for links in self._rows if letters in links[0].tag.casefold()])
        self._show_cell()

    def _show_cell(self) -> None:
        link = self.link
        self._told.setText(link_words(link) if link else self._nothing())
        for button in self._buttons:
            button.setEnabled(bool(link and link.together))
            if not button.isEnabled():
                button.setToolTip(tr("Choose a cell with pictures first."))

    def _nothing(self) -> str:
        if self._rows:
            return tr("Choose a cell to see what it says.")
        return tr("No tag of two or more pictures meets this label. Label the pictures on the Data set page, or choose"
                  " another label.")

    def _ask(self, what: str) -> None:
        link = self.link
        if link is None or not link.together:
            return
        if what == "pictures":
            self.pictures_requested.emit(link)
        else:
            self.edit_requested.emit(what, link)


class _Cell(QStyledItemDelegate):
    """Share in words and in depth of grey, lift and count below, a sign where it is too much."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return _CELL

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        link: Link | None = index.data(LINK)
        now, rect = theme.current(), option.rect.adjusted(1, 1, -1, -1)
        if link is None:
            return
        shade = QColor(now.accent)
        shade.setAlphaF(0.45 * link.share)
        painter.fillRect(rect, shade)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QColor(now.accent))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        painter.setFont(theme.tabular(option.font))
        painter.setPen(QColor(now.text if link.together else now.muted))
        upper = QRect(rect.left(), rect.top() + 3, rect.width(), rect.height() // 2 - 2)
        painter.drawText(upper, Qt.AlignmentFlag.AlignCenter, f"{link.share:.0%}" if link.together else "·")
        if link.together:
            _paint_more(painter, rect, link)


def _paint_more(painter: QPainter, rect: QRect, link: Link) -> None:
    small = painter.font()
    small.setPixelSize(theme.CAPTION)
    painter.setFont(small)
    painter.setPen(QColor(theme.current().text))
    lower = QRect(rect.left(), rect.center().y(), rect.width(), rect.height() // 2)
    painter.drawText(lower, Qt.AlignmentFlag.AlignCenter, f"{link.lift:.1f}×  {link.together:,}")
    if link.is_red and link.carriers >= FEW:
        scale = painter.device().devicePixelRatioF()
        sign = icons.pixmap("warning", 14, theme.current().doubtful, scale)
        painter.drawPixmap(rect.left() + 5, rect.top() + 5, sign)


def _table() -> QTableView:
    made = QTableView()
    made.setAccessibleName(tr("Tags against words"))
    made.setItemDelegate(_Cell(made))
    made.setShowGrid(False)
    made.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    made.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    made.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    made.setCornerButtonEnabled(False)
    across, down = made.horizontalHeader(), made.verticalHeader()
    down.setDefaultSectionSize(_CELL.height())
    down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    down.setMinimumWidth(150)
    across.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    down.setTextElideMode(Qt.TextElideMode.ElideRight)
    for head in (across, down):
        head.setHighlightSections(False)
    return made


def _flowing(parts: Sequence[QWidget]) -> QWidget:
    made = QWidget()
    flow = FlowLayout(made, gap=theme.SMALL)
    for part in parts:
        flow.addWidget(part)
    return made


def _suspicion(links: Sequence[Link]) -> tuple[bool, float, int]:
    carriers = links[0].carriers
    strongest = max(link.share * math.log1p(carriers) for link in links)
    return (carriers >= FEW and any(link.is_red for link in links), strongest, carriers)


def told(link: Link) -> str:
    """What a list of a cell's pictures is called."""
    return trn("{n} picture: “{tag}” and “{word}”", "{n} pictures: “{tag}” and “{word}”", link.together, tag=link.tag,
               word=link.word)
