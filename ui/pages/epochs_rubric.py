"""The editor of the rubric: which traits are asked of every cell, in what order and on which scale."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from studio.core.errors import UserError
from studio.core.rubric import AS_ASKED, OBTAINED, PASSED, POINTS, Item, Rubric
from ui import theme
from ui.i18n import tr
from ui.widgets.basics import caption, column, icon_only, push, row, sentence, title, within
from ui.widgets.inline_error import InlineError
from ui.widgets.rubric_rows import trait_text

_SCALE_WIDTH = 220


class RubricDialog(QDialog):
    """Traits to the left, their scales to the right. Nothing is kept before *Save* is pressed."""

    saved = Signal(object)   # a Rubric; one without items stands for that of the ledgers

    def __init__(self, rubric: Rubric, proposals: Iterable[str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Rubric"))
        self._rubric, self._proposals = rubric, tuple(proposals)
        self._build()
        for item in rubric.items:
            self._append(item)
        self.table.selectRow(0)
        self.resize(560, 460)

    @property
    def rubric(self) -> Rubric:
        """As it is written. Raises `UserError` for a trait that is asked for twice, or has no name."""
        items = tuple(Item(self._trait(at), self.scale(at).currentData()) for at in range(self.table.rowCount()))
        names = [item.trait for item in items]
        if twice := next((each for each in names if names.count(each) > 1), ""):
            raise UserError(tr("{trait} is asked for twice", trait=trait_text(twice)), tr("Remove one of the two."))
        return Rubric(self._rubric.name, items)

    def append(self) -> None:
        """A trait that is not asked for yet: the next of the ledger, or one to be written."""
        asked = {self._trait(at) for at in range(self.table.rowCount())}
        self._append(Item(next((each for each in self._proposals if each not in asked), tr("new trait"))))
        self.table.selectRow(self.table.rowCount() - 1)
        self.table.setFocus()
        self.table.editItem(self.table.item(self.table.rowCount() - 1, 0))

    def remove(self) -> None:
        """Asks no longer for the chosen trait. What was said of it stays among the marks."""
        if (at := self.table.currentRow()) >= 0:
            self.table.removeRow(at)

    def move_by(self, by: int) -> None:
        """The chosen trait is asked for earlier or later."""
        at = self.table.currentRow()
        if 0 <= at + by < self.table.rowCount() and at >= 0:
            item = Item(self._trait(at), self.scale(at).currentData())
            self.table.removeRow(at)
            self._insert(at + by, item)
            self.table.selectRow(at + by)

    def save(self) -> None:
        try:
            rubric = self.rubric
        except UserError as error:
            return self.error.tell(error)
        self.saved.emit(rubric)
        self.accept()

    def take_ledgers(self) -> None:
        """The ledgers of the characters ask again, whatever they come to say."""
        self.saved.emit(Rubric(self._rubric.name, ()))
        self.accept()

    def _build(self) -> None:
        self.table, self.error = QTableWidget(0, 2), InlineError()
        self.table.setHorizontalHeaderLabels([tr("Trait"), tr("Scale")])
        self.table.setAccessibleName(tr("Traits and their scales"))
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.table.setShowGrid(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(theme.TOUCH + 6)
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.table.setColumnWidth(1, _SCALE_WIDTH)
        tools = row(push(tr("Add a trait"), self.append, icon="add"),
                    icon_only("up", tr("Earlier"), lambda: self.move_by(-1)),
                    icon_only("down", tr("Later"), lambda: self.move_by(1)),
                    icon_only("trash", tr("Remove the trait"), self.remove), None,
                    push(tr("As the ledgers say"), self.take_ledgers, quiet=True,
                         tip=tr("Asks for what the trigger absorbs and for what gives a character away.")))
        foot = row(None, push(tr("Cancel"), self.reject), push(tr("Save"), self.save, main=True))
        whole = column(title(tr("What is asked of every cell")),
                       sentence(tr("The keys mark one trait at a time; A goes to the next one.")), self.table, tools,
                       caption(tr("From 4 of 5 on a trait counts as obtained.")), self.error, foot)
        whole.setStretch(2, 1)
        whole.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.MEDIUM)
        self.setLayout(whole)

    def _append(self, item: Item) -> None:
        self._insert(self.table.rowCount(), item)

    def _insert(self, at: int, item: Item) -> None:
        self.table.insertRow(at)
        name = QTableWidgetItem(trait_text(item.trait))
        name.setData(Qt.ItemDataRole.UserRole, item.trait)
        if item.trait == AS_ASKED:
            name.setFlags(name.flags() & ~Qt.ItemFlag.ItemIsEditable)
        self.table.setItem(at, 0, name)
        scales = QComboBox()
        for scale, text in scale_texts().items():
            scales.addItem(text, scale)
        scales.setCurrentIndex(scales.findData(item.scale))
        scales.setAccessibleName(tr("Scale"))
        self.table.setCellWidget(at, 1, within(row(scales), 3))

    def scale(self, at: int) -> QComboBox:
        """The field of a row's scale."""
        return self.table.cellWidget(at, 1).findChild(QComboBox)

    def _trait(self, at: int) -> str:
        cell = self.table.item(at, 0)
        own = cell.data(Qt.ItemDataRole.UserRole)
        return AS_ASKED if own == AS_ASKED else cell.text().strip()


def scale_texts() -> dict[str, str]:
    """What the scales are called."""
    return {OBTAINED: tr("obtained, partial, not"), PASSED: tr("pass or fail"), POINTS: tr("0 to 5 points")}
