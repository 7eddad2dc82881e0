"""Every setting of a recipe, drawn from its knobs: the basic ones in sight, the others folded by their subject.

What is folded away is built when somebody opens it, or searches: most evenings nobody does.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from studio.core.draft import Draft
from studio.core.knobs import Knob
from ui import theme
from ui.i18n import tr, trn
from ui.viewstate.recipe_words import Section, matches, sections
from ui.widgets.basics import column, muted, title, within
from ui.widgets.fold import Fold
from ui.widgets.recipe_row import RecipeRow


class RecipeForm(QWidget):
    """Shows a draft; what a person enters is told and shown by whoever keeps the draft."""

    entered = Signal(str, object)  # a setting's name, its new value
    reset_asked = Signal(str)      # a setting's name

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self._draft, self._words, self._only_changed = draft, "", False
        self._rows: dict[str, RecipeRow] = {}
        self._basic, *self._others = (each for each in sections() if each.knobs)
        self.folds = {each.id: Fold(each.name, within(column(gap=theme.MEDIUM - theme.TINY)))
                      for each in self._others}
        self._build()
        self.show_draft(draft)

    def row(self, name: str) -> RecipeRow:
        """The line of a setting, built if nobody has seen it so far."""
        if name not in self._rows:
            self._fill(next(each for each in self._others if name in [knob.name for knob in each.knobs]))
        return self._rows[name]

    def show_draft(self, draft: Draft) -> None:
        """The values, and what differs from the preset."""
        self._draft = draft
        for row in self._rows.values():
            self._show(row)
        self._sift()

    def search(self, words: str) -> None:
        """Only what is called so, or says so in its help; nothing to search for shows all."""
        self._words = words.strip()
        self._sift()

    def show_only_changed(self, only: bool) -> None:
        """Only what differs from the preset."""
        self._only_changed = only
        self._sift()

    @property
    def shown(self) -> tuple[str, ...]:
        """The settings that a search and the folds leave in sight."""
        return tuple(name for name, row in self._rows.items() if row.isVisibleTo(self))

    def _build(self) -> None:
        self._basic_title, self._none = title(self._basic.name), muted("", wrap=True)
        basic = within(column(*(self._made(knob) for knob in self._basic.knobs), gap=theme.MEDIUM - theme.TINY))
        folds = column(*self.folds.values(), gap=theme.TINY)
        self.setLayout(column(self._basic_title, basic, folds, self._none, None, gap=theme.MEDIUM))
        for each in self._others:
            fold = self.folds[each.id]
            fold.head.toggled.connect(lambda is_open, each=each: is_open and self._fill(each))
            fold.head.clicked.connect(lambda is_open, fold=fold: fold.setProperty("opened", is_open))

    def _fill(self, section: Section) -> None:
        """Builds the lines of a section, once."""
        if section.knobs[0].name not in self._rows:
            for knob in section.knobs:
                self.folds[section.id].inside.layout().addWidget(self._made(knob))
                self._show(self._rows[knob.name])
                self._rows[knob.name].show()

    def _made(self, knob: Knob) -> RecipeRow:
        row = self._rows[knob.name] = RecipeRow(knob, getattr(self._draft.recipe, knob.name))
        row.entered.connect(self.entered)
        row.reset_asked.connect(self.reset_asked)
        return row

    def _show(self, row: RecipeRow) -> None:
        name = row.knob.name
        row.show_setting(getattr(self._draft.recipe, name), getattr(self._draft.preset, name))

    def _sift(self) -> None:
        changed = set(self._draft.changed)
        kept = {knob.name for each in (self._basic, *self._others) for knob in each.knobs
                if matches(knob, self._words) and (knob.name in changed or not self._only_changed)}
        for each in self._others:
            self._show_fold(each, kept, changed)
        for name, row in self._rows.items():
            row.setVisible(name in kept)
        self._basic_title.setVisible(any(knob.name in kept for knob in self._basic.knobs))
        self._none.setVisible(not kept)
        self._none.setText(tr("Nothing differs from the preset.") if self._only_changed and not self._words else
                           tr("No setting is called so, or says so in its help."))

    def _show_fold(self, section: Section, kept: set[str], changed: set[str]) -> None:
        """A search opens what it finds something in, and leaves it as a person had it."""
        fold, names = self.folds[section.id], {knob.name for knob in section.knobs}
        fold.setVisible(bool(names & kept))
        sifting = bool(self._words or self._only_changed)
        fold.open(bool(names & kept) if sifting else bool(fold.property("opened")))
        count = len(names & changed)
        fold.remark(trn("{n} differs", "{n} differ", count) if count else "")
