"""The traits that are asked of a cell, one below the other, each with what was said of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem

from studio.core.rubric import AS_ASKED, Item
from ui import theme
from ui.i18n import tr
from ui.icons import icon

_TRAIT = Qt.ItemDataRole.UserRole

Said = tuple[str, str, str]   # word, icon and tone of a mark


class RubricRows(QTreeWidget):
    """The chosen row is what the keys mark."""

    chosen = Signal(str)   # a trait, by a person

    def __init__(self) -> None:
        super().__init__()
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setUniformRowHeights(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("Traits"))
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.currentItemChanged.connect(self._tell)
        self._rows: tuple[tuple[Item, Said], ...] = ()

    def show_traits(self, rows: Iterable[tuple[Item, Said]], current: str, others: Mapping[str, str]) -> None:
        """Every trait with what was said of it; `others` is what other judges said, for the tooltip."""
        wanted = tuple(rows)
        self.blockSignals(True)
        if [item.trait for item, _ in wanted] != [item.trait for item, _ in self._rows]:
            self.clear()
            self.addTopLevelItems([_row(item.trait) for item, _ in wanted])
            self.setMaximumHeight(len(wanted) * theme.ROW + theme.TINY)
        self._rows = wanted
        for at, (item, said) in enumerate(wanted):
            _fill(self.topLevelItem(at), said)
            self.topLevelItem(at).setToolTip(1, others.get(item.trait, ""))
            if item.trait == current:
                self.setCurrentItem(self.topLevelItem(at))
        self.blockSignals(False)

    def _tell(self, item: QTreeWidgetItem | None) -> None:
        if item:
            self.chosen.emit(item.data(0, _TRAIT))


def trait_text(trait: str) -> str:
    """A trait as the window calls it; but for the one of the studio's own it is a person's word."""
    return tr("as asked") if trait == AS_ASKED else trait


def _row(trait: str) -> QTreeWidgetItem:
    made = QTreeWidgetItem([trait_text(trait), ""])
    made.setData(0, _TRAIT, trait)
    made.setToolTip(0, trait_text(trait))
    return made


def _fill(item: QTreeWidgetItem, said: Said) -> None:
    word, shape, tone = said
    item.setText(1, word or "–")
    item.setIcon(1, icon(shape))
    item.setForeground(1, QColor(getattr(theme.current(), tone)))
