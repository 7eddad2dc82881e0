"""The identity ledger as three bins: what the trigger absorbs, what varies and stays tagged, what is never said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QMimeData, QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor, QDragEnterEvent, QDragMoveEvent, QDropEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QLineEdit, QListWidget, QListWidgetItem, QMenu, QWidget

from studio.core.ledger import BINS, Bin, Ledger, Trait, with_trait, without_trait
from ui import theme
from ui.i18n import tr, trn
from ui.icons import icon
from ui.widgets.basics import caption, column, push, row
from ui.widgets.chips import tag_mime, tag_of

_MOST_ROWS = 4
_TAG = Qt.ItemDataRole.UserRole


class LedgerBins(QWidget):
    """Shows a ledger and tells of the one that a person wants instead."""

    changed = Signal(object)             # the new Ledger
    character_chosen = Signal(str)
    taking_out_requested = Signal(object)  # the tags that captions should no longer say
    chosen = Signal(str)                 # a tag whose pictures are wanted

    def __init__(self) -> None:
        super().__init__()
        self._ledger, self._counts = Ledger(""), {}
        self._build()

    @property
    def ledger(self) -> Ledger:
        return self._ledger

    def show_characters(self, names: tuple[str, ...], current: str) -> None:
        """Whose ledger it is; a single character needs no choosing."""
        self.character.clear()
        self.character.addItems(names)
        self.character.setCurrentText(current)
        self.character.setVisible(len(names) > 1)

    def show_ledger(self, ledger: Ledger, counts: Mapping[str, int]) -> None:
        """`counts` tells on how many captions each tag stands, in lower case."""
        self._ledger, self._counts = ledger, counts
        for bin in self.bins.values():
            bin.show_traits([trait for trait in ledger.traits if trait.bin == bin.bin], counts)
        still = self._still_said()
        self._rest.setVisible(bool(still))
        if still:
            most = max(counts.get(tag.casefold(), 0) for tag in still)
            self._rest.setText(trn("Still said on {n} picture: take out …", "Still said on {n} pictures: take out …",
                                   most))
            self._rest.setToolTip(", ".join(still))

    def put(self, tag: str, bin: Bin) -> None:
        """A tag into a bin; what else is known of it stays."""
        tag = " ".join(tag.split())
        if tag:
            there = self._ledger.trait(tag) or Trait(tag)
            self.changed.emit(with_trait(self._ledger, replace(there, bin=bin)))

    def toggle(self, tag: str, mark: str) -> None:
        """A giveaway or not, structure or not."""
        trait = self._ledger.trait(tag)
        self.changed.emit(with_trait(self._ledger, replace(trait, **{mark: not getattr(trait, mark)})))

    def forget(self, tag: str) -> None:
        self.changed.emit(without_trait(self._ledger, tag))

    # What it is made of

    def _build(self) -> None:
        self.character = QComboBox()
        self.character.setAccessibleName(tr("Whose ledger"))
        self.character.activated.connect(lambda: self.character_chosen.emit(self.character.currentText()))
        self.bins = {bin: BinList(bin) for bin in BINS}
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("A trait, then Enter"))
        self.field.setAccessibleName(tr("A new trait"))
        self.field.setToolTip(tr("Goes to what the trigger absorbs; drag it on, or press 1, 2 or 3 on it."))
        self.field.returnPressed.connect(self._typed)
        self._rest = push("", lambda: self.taking_out_requested.emit(self._still_said()), icon="wand", quiet=True)
        self._rest.hide()
        heads, tips = self._words()
        parts: list[QWidget] = []
        for name, bin in self.bins.items():
            head = caption(heads[name])
            head.setToolTip(tips[name])
            bin.setToolTip(tips[name])
            bin.setAccessibleName(heads[name])
            bin.dropped.connect(self.put)
            bin.pressed_key.connect(self._key)
            bin.menu_requested.connect(self._menu)
            bin.tag_chosen.connect(self.chosen)
            parts += [head, bin]
        layout = column(row(caption(tr("Identity ledger")), None, self.character), *parts, self._rest, self.field, None,
                        gap=theme.TINY)
        layout.setContentsMargins(theme.SMALL, theme.SMALL, theme.SMALL, theme.SMALL)
        self.setLayout(layout)

    def _words(self) -> tuple[dict[str, str], dict[str, str]]:
        heads = {"absorb": tr("The trigger absorbs"), "vary": tr("Varies: stays tagged"), "forbid": tr("Never said")}
        tips = {"absorb": tr("What she always has. It is left out of the tags, so that the trigger brings it along."),
                "vary": tr("What comes and goes. It is tagged where it shows, so that it can be asked for."),
                "forbid": tr("What captions must not say, such as another character's name.")}
        return heads, tips

    def _still_said(self) -> tuple[str, ...]:
        return tuple(tag for tag in self._ledger.tags("absorb", "forbid") if self._counts.get(tag.casefold()))

    def _typed(self) -> None:
        self.put(self.field.text(), "absorb")
        self.field.clear()

    def _key(self, tag: str, key: int) -> None:
        keys = Qt.Key
        if key in (keys.Key_1, keys.Key_2, keys.Key_3):
            self.put(tag, BINS[key - keys.Key_1])
        elif key in (keys.Key_G, keys.Key_S):
            self.toggle(tag, "giveaway" if key == keys.Key_G else "structure")
        elif key == keys.Key_Delete:
            self.forget(tag)

    def _menu(self, tag: str, place: QPoint) -> None:
        menu, heads, trait = QMenu(self), self._words()[0], self._ledger.trait(tag)
        for number, bin in enumerate(BINS, 1):
            made = menu.addAction(f"{heads[bin]}\t{number}", lambda bin=bin: self.put(tag, bin))
            made.setEnabled(bin != trait.bin)
        menu.addSeparator()
        for mark, text, key in (("giveaway", tr("Giveaway: she is recognised by it, the base draws it badly"), "G"),
                                ("structure", tr("Structure: can be taken off, as a ribbon"), "S")):
            made = menu.addAction(f"{text}\t{key}", lambda mark=mark: self.toggle(tag, mark))
            made.setCheckable(True)
            made.setChecked(getattr(trait, mark))
        menu.addSeparator()
        menu.addAction(icon("filter"), tr("Show its pictures"), lambda: self.chosen.emit(tag))
        menu.addAction(icon("close"), tr("Take it off the ledger") + "\tDel", lambda: self.forget(tag))
        menu.popup(place)


class BinList(QListWidget):
    """The traits of one bin; tags can be dropped on it and dragged out of it."""

    dropped = Signal(str, str)           # tag, bin
    pressed_key = Signal(str, int)
    menu_requested = Signal(str, QPoint)
    tag_chosen = Signal(str)

    def __init__(self, bin: Bin) -> None:
        super().__init__()
        self.bin = bin
        self.setProperty("surface", "field")
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.CopyAction)
        self.setFlow(QListWidget.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setMovement(QListWidget.Movement.Static)
        self.setIconSize(QSize(12, 12))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)
        self.itemActivated.connect(lambda item: self.tag_chosen.emit(item.data(_TAG)))

    @property
    def tags(self) -> tuple[str, ...]:
        return tuple(self.item(row).data(_TAG) for row in range(self.count()))

    def show_traits(self, traits: list[Trait], counts: Mapping[str, int]) -> None:
        chosen = self.currentItem().data(_TAG) if self.currentItem() else ""
        self.clear()
        for trait in traits:
            self.addItem(_item(trait, counts.get(trait.tag.casefold(), 0)))
        if chosen in self.tags:
            self.setCurrentRow(self.tags.index(chosen))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """An empty bin says what it is for."""
        super().paintEvent(event)
        if not self.count():
            painter = QPainter(self.viewport())
            painter.setPen(QColor(theme.current().faint))
            room = self.viewport().rect().adjusted(theme.SMALL, 0, -theme.SMALL, 0)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, tr("Drag tags here"))

    def _fit(self) -> None:
        """As high as its rows, up to a few of them."""
        self.doItemsLayout()
        last = self.visualItemRect(self.item(self.count() - 1)).bottom() if self.count() else theme.ROW
        height = min(max(last + self.verticalOffset(), theme.ROW), _MOST_ROWS * theme.ROW) + 10
        if height != self.height():
            self.setFixedHeight(height)

    def mimeData(self, items: list[QListWidgetItem]) -> QMimeData:
        return tag_mime(items[0].data(_TAG) if items else "")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if tag_of(event.mimeData()):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if tag_of(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if tag := tag_of(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.dropped.emit(tag, self.bin)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = Qt.Key
        meant = (keys.Key_1, keys.Key_2, keys.Key_3, keys.Key_G, keys.Key_S, keys.Key_Delete)
        if self.currentItem() and event.key() in meant:
            self.pressed_key.emit(self.currentItem().data(_TAG), event.key())
        else:
            super().keyPressEvent(event)

    def _menu(self, place: QPoint) -> None:
        if item := self.itemAt(place):
            self.menu_requested.emit(item.data(_TAG), self.viewport().mapToGlobal(place))


def _item(trait: Trait, count: int) -> QListWidgetItem:
    marks = [tr("giveaway")] * trait.giveaway + [tr("structure")] * trait.structure
    said = "" if trait.bin == "vary" or not count else trn("still on {n}", "still on {n}", count)
    made = QListWidgetItem(" · ".join(filter(None, (trait.tag, *marks, said))))
    made.setData(_TAG, trait.tag)
    if said:
        made.setIcon(icon("warning"))
    elif trait.giveaway:
        made.setIcon(icon("star"))
    made.setToolTip(tr("1, 2 and 3 move it, G: giveaway, S: structure, Del takes it off the ledger."))
    return made
