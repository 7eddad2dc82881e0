"""What was found, before anything is taken in: pictures, copies, what cannot be read, and whom the folders show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHeaderView, QStackedWidget, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from studio.core.import_choice import spare_copies
from studio.core.project import Project
from studio.core.survey import Found
from ui import theme
from ui.dialogs.import_copies import CopiesView
from ui.dialogs.import_folders import FolderTable
from ui.dialogs.import_grid import FoundGrid
from ui.dialogs.import_previews import Previews
from ui.i18n import tr, trn
from ui.icons import icon
from ui.session import Session
from ui.widgets.basics import caption, column, line, row, within

NEW, ALIKE, TWICE, TINY, DAMAGED, LEFT = "new", "alike", "twice", "tiny", "damaged", "left"

_SECTIONS_WIDTH, _FOLDERS_HEIGHT = 208, 196
_ID = Qt.ItemDataRole.UserRole


class FoundView(QWidget):
    """The groups at the left, their pictures beside them, the folders below; `changed` after every choice."""

    changed = Signal()

    def __init__(self, session: Session, previews: Previews) -> None:
        super().__init__()
        self._found: tuple[Found, ...] = ()
        self._groups: tuple[tuple[str, ...], ...] = ()
        self._why: dict[str, Mapping[str, str]] = {}
        self._are_copies_shown = False
        self.sections, self.folders = _sections(), FolderTable()
        self.grid = FoundGrid(session, previews)
        self.copies, self.twins = CopiesView(session, previews), CopiesView(session, previews, is_choice=False)
        self.reasons = _reasons()
        self._build()
        self._bind()

    @property
    def new(self) -> tuple[Found, ...]:
        """What can be taken in: sound, and not there byte for byte."""
        return tuple(each for each in self._found if not each.trouble and not each.twin)

    @property
    def left_out(self) -> frozenset[str]:
        """What shall not be taken in, by its `where`; the same files elsewhere go with it."""
        damaged = frozenset(each.where for each in self._found if each.trouble)
        out = damaged | self.grid.found.left_out | self._spare() | self._in_left_folders()
        return out | {each.where for each in self._found if each.twin in out}

    @property
    def count(self) -> int:
        """How many would be taken in."""
        out = self.left_out
        return sum(each.where not in out for each in self.new)

    @property
    def why_not(self) -> str:
        """What keeps them from being taken in; empty when nothing does."""
        if not self.count:
            return tr("There is nothing new among them.")
        return "" if self.folders.is_complete else tr("Say first whom each folder shows.")

    @property
    def summary(self) -> str:
        """All of it on one line."""
        folders = len({each.folder for each in self._found if each.folder})
        captions, out = sum(bool(each.caption) for each in self.new), len(self._found) - self.count
        parts = [trn("{n} picture found", "{n} pictures found", len(self._found)),
                 trn("in {n} folder", "in {n} folders", folders) if folders else "",
                 trn("{n} with a caption", "{n} with captions", captions),
                 trn("{n} is left out", "{n} are left out", out) if out else ""]
        return " · ".join(part for part in parts if part)

    def show_found(self, found: Iterable[Found], groups: tuple[tuple[str, ...], ...], left: Mapping[str, str],
                   project: Project) -> None:
        """Shows the outcome of a survey: pictures, groups of copies, and other files with why they are not taken."""
        self._found, self._groups = tuple(found), groups
        self._why = {DAMAGED: {each.where: each.trouble for each in self._found if each.trouble}, LEFT: left}
        self.folders.show_found(self.new, project)
        self.folders.setVisible(bool(self.new))
        self.folders.setFixedHeight(min(_FOLDERS_HEIGHT, self.folders.widget().sizeHint().height() + theme.SMALL))
        self._are_copies_shown = False
        self._fill_sections()
        self._changed()

    def show_section(self, id: str) -> None:
        """Shows one of the groups at the left, if it is there."""
        for place in range(self.sections.topLevelItemCount()):
            if self.sections.topLevelItem(place).data(0, _ID) == id:
                self.sections.setCurrentItem(self.sections.topLevelItem(place))

    def _build(self) -> None:
        self._views = QStackedWidget()
        how = caption(tr("A picture without its tick is not added. X or Space does it for all that are chosen."))
        pictures = within(column(self.grid, how, gap=theme.TINY))
        for view in (pictures, self.copies, self.twins, self.reasons):
            self._views.addWidget(view)
        self._pictures = pictures
        upper = row(self.sections, self._views, gap=theme.MEDIUM)
        upper.setStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SMALL)
        layout.addLayout(upper, 1)
        layout.addWidget(line())
        layout.addWidget(self.folders)

    def _bind(self) -> None:
        self.sections.currentItemChanged.connect(lambda: self._show_section())
        for part in (self.grid, self.copies, self.folders):
            part.changed.connect(self._changed)

    def _changed(self) -> None:
        copies = dict.fromkeys(self._spare(), tr("looks like another"))
        self.grid.found.show_spare(copies | dict.fromkeys(self._in_left_folders(), tr("its folder is left out")))
        self.changed.emit()

    def _spare(self) -> frozenset[str]:
        """Copies without a tick, and those of groups that are not shown."""
        ticked = self.copies.ticks
        proposed = spare_copies(self._groups, {each.where: each for each in self.new})
        return self.copies.unticked | frozenset(where for where in proposed if where not in ticked)

    def _in_left_folders(self) -> frozenset[str]:
        left = {each.folder for each in self.folders.rows if each.is_left_out}
        return frozenset(each.where for each in self._found if each.folder in left)

    def _show_copies(self) -> None:
        """Made when somebody first looks at them; until then what is proposed holds."""
        if self._are_copies_shown:
            return
        self._are_copies_shown = True
        found = {each.where: each for each in self._found}
        self.copies.show_groups(
            self._groups, found, spare_copies(self._groups, {each.where: each for each in self.new}),
            tr("These look the same: one is the other, saved again or scaled. Untick what you do not want; a picture "
               "that is there twice counts twice."))
        again = {each.where: each.twin for each in self._found if each.twin}
        groups = tuple((kept, *(where for where, twin in again.items() if twin == kept))
                       for kept in dict.fromkeys(again.values()))
        self.twins.show_groups(groups, found, again,
                               tr("These files are the same, byte for byte; the project takes each once."))

    def _fill_sections(self) -> None:
        counts = (
            (NEW, tr("Pictures"), "pictures", len(self.new)), (ALIKE, tr("Look the same"), "copy", len(self._groups)),
            (TWICE, tr("Same file"), "layers", sum(bool(each.twin) for each in self._found)),
            (TINY, tr("Very small"), "zoom-out", sum(each.is_tiny for each in self.new)),
            (DAMAGED, tr("Cannot be read"), "error", len(self._why[DAMAGED])),
            (LEFT, tr("Other files"), "more", len(self._why[LEFT])),
        )  # fmt: skip
        self.sections.clear()
        for id, text, sign, count in counts:
            if count or id == NEW:
                self.sections.addTopLevelItem(_section(id, text, sign, count))
        self.sections.setCurrentItem(self.sections.topLevelItem(0))

    def _show_section(self) -> None:
        item = self.sections.currentItem()
        section = item.data(0, _ID) if item else NEW
        others = {ALIKE: self.copies, TWICE: self.twins, DAMAGED: self.reasons, LEFT: self.reasons}
        view = others.get(section, self.grid)
        if view is self.grid:
            self.grid.found.show(tuple(each for each in self.new if each.is_tiny or section != TINY))
        if view in (self.copies, self.twins):
            self._show_copies()
        if view is self.reasons:
            _show_reasons(self.reasons, self._why[section])
        self._views.setCurrentWidget(self._pictures if view is self.grid else view)


def _sections() -> QTreeWidget:
    made = QTreeWidget()
    made.setColumnCount(2)
    made.setHeaderHidden(True)
    made.setRootIsDecorated(False)
    made.setFixedWidth(_SECTIONS_WIDTH)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.header().setStretchLastSection(False)
    made.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    made.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
    made.setFont(theme.tabular(made.font()))
    made.setAccessibleName(tr("What was found"))
    return made


def _section(id: str, text: str, sign: str, count: int) -> QTreeWidgetItem:
    made = QTreeWidgetItem([text, f"{count:,}"])
    made.setIcon(0, icon(sign))
    made.setData(0, _ID, id)
    made.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return made


def _reasons() -> QTreeWidget:
    made = QTreeWidget()
    made.setColumnCount(2)
    made.setHeaderLabels([tr("File"), tr("Why it is left out")])
    made.setRootIsDecorated(False)
    made.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    made.setColumnWidth(0, 200)
    made.setAccessibleName(tr("Files that are left out"))
    return made


def _show_reasons(tree: QTreeWidget, reasons: Mapping[str, str]) -> None:
    tree.clear()
    for where, why in reasons.items():
        item = QTreeWidgetItem(tree, [Path(where).name, why.replace(". ", ".\n")])  # what to do on a line of its own
        item.setToolTip(0, where)
        item.setToolTip(1, why)
