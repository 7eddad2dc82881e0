"""Whom do the pictures of each folder show, how often an epoch, and where do they come from? A row a folder."""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import combinations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QScrollArea, QSizePolicy, QSpinBox, QWidget

from studio.core.errors import UserError
from studio.core.import_choice import newcomers, proposals, repeats_asked
from studio.core.project import Character, Project, together, with_character
from studio.core.record import PROVENANCES
from studio.core.survey import Assignment, Found
from ui import theme
from ui.dialogs.new_character import NewCharacterDialog
from ui.i18n import tr, trn
from ui.widgets.basics import Elided, caption, push

_NEW, _NOBODY, _LEFT_OUT = ("new",), (), ("left out",)
_MOST_REPEATS = 1_000


class FolderTable(QScrollArea):
    """Proposes, and keeps what a person changes. `changed` after each change; `is_complete` once all show somebody."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._project = Project("")
        self._rows: list[FolderRow] = []
        self.new: dict[str, Character] = {}
        self.setWidgetResizable(True)
        self.setAccessibleName(tr("Whom the folders show"))

    @property
    def rows(self) -> tuple[FolderRow, ...]:
        return tuple(self._rows)

    @property
    def project(self) -> Project:
        """The project with those who are new."""
        made = self._project
        for character in self.new.values():
            made = with_character(made, character)
        return made

    @property
    def is_complete(self) -> bool:
        """Whether every folder shows somebody or is left out, and some do not."""
        return all(row.characters != _NOBODY for row in self._rows) and any(not row.is_left_out for row in self._rows)

    @property
    def assignments(self) -> tuple[Assignment, ...]:
        """What the rows say, those left out excepted."""
        return tuple(Assignment(row.folder, row.characters, self._trigger(row.characters), row.repeats.value())
                     for row in self._rows if not row.is_left_out)

    @property
    def provenances(self) -> Mapping[str, str]:
        """What was said of the folders, by their names; nothing of those whose metadata shall count."""
        return {row.folder: kind for row in self._rows if (kind := row.provenance.currentData())}

    @property
    def used(self) -> tuple[Character, ...]:
        """The new characters whom some folder shows."""
        shown = {name for row in self._rows if not row.is_left_out for name in row.characters}
        return tuple(each for each in self.new.values() if each.name in shown)

    def show_found(self, found: Sequence[Found], project: Project) -> None:
        """A row for each folder, filled in as well as can be guessed."""
        self._project = project
        assigned = proposals(found, project)
        self.new = {}
        for character in newcomers(assigned, project):
            with suppress(UserError):  # then a person has to say who it is
                self.introduce(character)
        there = {each.name for each in self.project.characters}
        by_folder: defaultdict[str, list[Found]] = defaultdict(list)
        for each in found:
            by_folder[each.folder].append(each)
        self._rows = [FolderRow(each, by_folder[each.folder], self) for each in assigned]
        self.setWidget(self._table())
        asked = repeats_asked(assigned)
        for row, each in zip(self._rows, assigned):
            row.offer(self.project, each.characters if there.issuperset(each.characters) else _NOBODY)
            row.repeats.setValue(asked.get(frozenset(each.characters)) or self.repeats_of(each.characters))
            row.bind()
        self._agree()

    def introduce(self, character: Character) -> None:
        """Adds a new character. Raises UserError when her trigger cannot be."""
        with_character(self.project, character)
        self.new[character.name] = character

    def repeats_of(self, characters: Iterable[str]) -> int:
        """How often the project shows a picture of these already."""
        names = tuple(characters)
        if len(names) == 1:
            return next((each.repeats for each in self.project.characters if each.name == names[0]), 1)
        return next((each.repeats for each in self._project.groups if set(each.characters) == set(names)), 1)

    def choose_new(self, row: FolderRow, before: tuple[str, ...], proposal: Character = Character()) -> None:
        """Asks for a new character and gives her the row; without one the row is as it was."""
        others = dataclasses.replace(self.project, characters=tuple(
            each for each in self.project.characters if each.name != proposal.name))

        def take(character: Character) -> None:
            with_character(others, character)
            self.new.pop(proposal.name, None)
            self.introduce(character)
            for each in self._rows:
                chosen = (character.name,) if each is row or each.characters == (proposal.name,) else each.characters
                each.offer(self.project, chosen)
            row.repeats.setValue(character.repeats)
            self._agree()

        dialog = NewCharacterDialog(self, others, take, proposal)
        dialog.rejected.connect(lambda: row.offer(self.project, before))
        dialog.open()

    def agree_on(self, row: FolderRow) -> None:
        """Pictures of the same have one number of repeats: that of the row that was changed last."""
        for each in self._rows:
            if each is not row and set(each.characters) == set(row.characters):
                each.repeats.blockSignals(True)
                each.repeats.setValue(row.repeats.value())
                each.repeats.blockSignals(False)
        self._agree()

    def trigger_of(self, name: str) -> str:
        """What calls a new character; nothing for one of the project."""
        return self.new[name].trigger if name in self.new else ""

    def _trigger(self, characters: tuple[str, ...]) -> str:
        return self.trigger_of(characters[0]) if len(characters) == 1 else ""

    def _agree(self) -> None:
        for row in self._rows:
            row.tell()
        self.changed.emit()

    def _table(self) -> QWidget:
        made = QWidget()
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, theme.SMALL, 0)
        grid.setHorizontalSpacing(theme.MEDIUM)
        grid.setVerticalSpacing(2)
        heads = (tr("Folder"), tr("Pictures"), tr("Shows"), tr("Repeats"), tr("Where they come from"))
        for column, text in enumerate(heads):
            grid.addWidget(caption(text), 0, column)
        for number, row in enumerate(self._rows):
            row.place(grid, 1 + 3 * number)
            grid.setRowMinimumHeight(3 + 3 * number, theme.TINY)
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(2, 2)
        grid.setColumnStretch(4, 3)
        grid.setRowStretch(1 + 3 * len(self._rows), 1)
        return made


class FolderRow:
    """The widgets of one folder."""

    def __init__(self, assigned: Assignment, found: Sequence[Found], table: FolderTable) -> None:
        self.folder, self._found, self._table = assigned.folder, found, table
        self._proposed = assigned
        self._chosen: tuple[str, ...] = _NOBODY
        self.who, self.repeats, self.provenance = QComboBox(), QSpinBox(), QComboBox()
        self.repeats.setRange(1, _MOST_REPEATS)
        name = self.folder or tr("Files by themselves")
        self._name = Elided(name, Qt.TextElideMode.ElideMiddle)
        self._count = QLabel(f"{len(found):,}")
        self._count.setFont(theme.tabular(self._count.font()))
        self._captions, self._evidence = caption(_captions(found)), Elided("")
        self._evidence.setProperty("role", "caption")
        self.call = push("", self._edit, quiet=True, icon="edit", tip=tr("Changes the name or the trigger."))
        self._explain(name)
        self._offer_kinds()

    @property
    def characters(self) -> tuple[str, ...]:
        """The names of those whom the folder shows; none as long as nobody was chosen."""
        return tuple(self.who.currentData() or _NOBODY)

    @property
    def is_left_out(self) -> bool:
        return self.characters == _LEFT_OUT

    def place(self, grid: QGridLayout, at: int) -> None:
        """Takes its two lines of the table."""
        for column, part in enumerate((self._name, self._count, self.who, self.repeats, self.provenance)):
            grid.addWidget(part, at, column)
        grid.addWidget(self._captions, at + 1, 0, 1, 2)
        grid.addWidget(self.call, at + 1, 2, 1, 2, Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(self._evidence, at + 1, 4)

    def offer(self, project: Project, chosen: tuple[str, ...]) -> None:
        """Lists whom it can show, and chooses."""
        self.who.blockSignals(True)
        self.who.clear()
        if not chosen:
            self.who.addItem(tr("Choose …"), _NOBODY)
        for characters in _casts(project, chosen):
            self.who.addItem(" + ".join(characters), characters)
        self.who.insertSeparator(self.who.count())
        self.who.addItem(tr("New character …"), _NEW)
        self.who.addItem(tr("Leave this folder out"), _LEFT_OUT)
        self.who.setCurrentIndex(self._place_of(chosen))
        self.who.blockSignals(False)
        self._chosen = self.characters

    def bind(self) -> None:
        """From here on changes are those of a person."""
        self.who.activated.connect(self._choose)
        self.repeats.valueChanged.connect(lambda: self._table.agree_on(self))
        self.provenance.activated.connect(lambda: self._table.agree_on(self))

    def tell(self) -> None:
        """Says what follows from the choices."""
        names = [name for name in self.characters if trigger_is_new(self._table, name)]
        self.call.setVisible(bool(names))
        if names:
            self.call.setText(tr("new, called by “{trigger}”", trigger=self._table.trigger_of(names[0])))
        self._evidence.setText(_evidence(self._found) if not self.provenance.currentData() else
                               tr("because you say so of this folder"))
        for part in (self.repeats, self.provenance):
            part.setEnabled(not self.is_left_out)

    def _explain(self, name: str) -> None:
        self.who.setAccessibleName(tr("Whom {folder} shows", folder=name))
        self.who.setToolTip(tr("Read from the name of the folder; change it where it is wrong."))
        self.repeats.setAccessibleName(tr("Repeats of {folder}", folder=name))
        self.repeats.setToolTip(tr("How often an epoch shows each picture; one number for all pictures of the same."))
        self.repeats.setMaximumWidth(80)
        self.call.setAccessibleName(tr("Change the new character of {folder}", folder=name))
        for part in (self.who, self.provenance):
            part.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.provenance.setAccessibleName(tr("Where the pictures of {folder} come from", folder=name))
        self.provenance.setToolTip(tr("Pictures that the trained base drew itself teach faster, and teach its faults."))

    def _offer_kinds(self) -> None:
        kinds = Counter(each.provenance.kind for each in self._found if each.provenance)
        found = ", ".join(f"{tr(kind)} {count}" if len(kinds) > 1 else tr(kind) for kind, count in kinds.most_common())
        self.provenance.addItem(tr("As found: {kinds}", kinds=found or tr("unknown")), "")
        for kind in PROVENANCES:
            self.provenance.addItem(tr(kind).capitalize(), kind)

    def _choose(self) -> None:
        if self.characters == _NEW:
            before, self._chosen = self._chosen, _NOBODY
            self._table.choose_new(self, before)
            return
        self._chosen = self.characters
        self.repeats.blockSignals(True)
        self.repeats.setValue(self._proposed.repeats or self._table.repeats_of(self.characters))
        self.repeats.blockSignals(False)
        self._table.agree_on(self)

    def _edit(self) -> None:
        for name in self.characters:
            if trigger_is_new(self._table, name):
                self._table.choose_new(self, self.characters, self._table.new[name])
                return

    def _place_of(self, chosen: tuple[str, ...]) -> int:
        places = range(self.who.count())
        return next((place for place in places if set(self.who.itemData(place) or ()) == set(chosen)), 0)


def trigger_is_new(table: FolderTable, name: str) -> bool:
    """Whether a character comes into the project with this import."""
    return bool(table.trigger_of(name))


def _casts(project: Project, chosen: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Everyone alone, every two together, and who is chosen."""
    names = tuple(each.name for each in project.characters)
    groups = (*(each.characters for each in project.groups), *combinations(names, 2))
    every = {together(sorted(each)): each for each in (*((name,) for name in names), *groups)}
    if chosen and chosen not in (_LEFT_OUT, _NEW):
        every.setdefault(together(sorted(chosen)), chosen)
    return tuple(every.values())


def _captions(found: Sequence[Found]) -> str:
    kinds = Counter(each.caption_kind for each in found if each.caption)
    told = (trn("{n} caption ({kind})", "{n} captions ({kind})", count, kind=kind) for kind, count in kinds.items())
    return ", ".join(told) or tr("no captions")


def _evidence(found: Sequence[Found]) -> str:
    """What tells where they come from: the line that stands behind most of them."""
    lines = Counter(each.provenance.evidence for each in found if each.provenance)
    return lines.most_common(1)[0][0] if lines else ""
