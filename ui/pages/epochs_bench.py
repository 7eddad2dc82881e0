"""The tools of judging beside the panes: the rubric, remarks on a cell, details under the glass, and blind sessions."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING

from studio.core.marks import CAUSES, checked_judge
from studio.core.rubric import AS_ASKED, COMPOSITION, Rubric
from studio.store.ledgers import read_ledgers
from studio.store.rubrics import forget_rubric, read_rubric, write_rubric
from ui.i18n import tr
from ui.pages.epochs_blind import BlindDesk, BlindMode
from ui.pages.epochs_judging import Judging, judge_name
from ui.pages.epochs_remarks import RemarksPane
from ui.pages.epochs_rubric import RubricDialog
from ui.pages.epochs_rubric_keys import ScaleKeys, told_keys
from ui.pages.epochs_strips import Strips
from ui.viewstate.epoch_series import Series
from ui.widgets.rubric_rows import trait_text

if TYPE_CHECKING:
    from ui.pages.epochs import EpochsPage

_OF_CELL = ("keep", "note", "unmark", *(f"cause{number}" for number in range(1, len(CAUSES) + 2)))


class Bench:
    """Owned by the page; what it shows comes from the page's judging."""

    def __init__(self, page: EpochsPage) -> None:
        self._page, self._session = page, page.session
        self.rubric: Rubric = self._session.attempt(lambda: read_rubric(self._session.place)) or COMPOSITION
        self.item = self.rubric.items[0] if self.rubric.items else COMPOSITION.item(AS_ASKED)
        self.mode = BlindMode(page)
        self._keys = ScaleKeys(self._session.actions, "epochs", page.parts.marking)
        self._is_kept_only = False
        self.remarks, self.strips = RemarksPane(self._session.actions), Strips(page)
        self.strips.propose(item.trait for item in self.rubric.items)
        page.parts.beside_panes.addWidget(self.remarks)
        page.parts.below_panes.addWidget(self.strips)
        self._bind()
        self.open_pane(self._session.settings.state("epochs_pane", False))
        self.open_strips(self._session.settings.state("epochs_strips", False))

    @property
    def is_blind(self) -> bool:
        """Whether nobody may see what an epoch is."""
        return self.mode.desk is not None

    @property
    def blind(self) -> BlindDesk | None:
        """The session that is on."""
        return self.mode.desk

    def focus_view(self) -> None:
        """Keys go to what is looked at."""
        (self.mode.desk or self._page.parts.stage).focus_view()

    # Who judges what

    def judging_of(self, series: Series) -> Judging:
        """The marks of a series by whoever judges, for the trait that is asked about."""
        return Judging(series, judge_name(self._session.settings), self.item)

    def name_judge(self, name: str) -> None:
        """Somebody else judges from here on. Raises `UserError` for no name."""
        checked = checked_judge(name)
        self._session.settings.remember(judge=checked)
        if checked != self._page.judging.judge:
            self._page.judging = self.judging_of(self._page.judging.series)
            self._page.show_state()

    def ask(self, trait: str) -> None:
        """The keys mark that trait from here on."""
        self.item = self.rubric.item(trait)
        if self._page.judging:
            self._page.judging.ask(self.item)
            self._page.show_state()

    def step_trait(self, by: int) -> None:
        """The next trait of the rubric."""
        names = [item.trait for item in self.rubric.items]
        at = names.index(self.item.trait) + by if self.item.trait in names else 0
        self.ask(names[at % len(names)])

    def edit_rubric(self) -> None:
        """Opens the editor."""
        proposals = [trait.tag for ledger in read_ledgers(self._session.place) for trait in ledger.traits]
        self.editor = RubricDialog(self.rubric, proposals, self._page)
        self.editor.saved.connect(self._take_rubric)
        self.editor.open()

    # Remarks on the cell in focus

    def keep(self) -> None:
        """Keeps the cell, or lets it go."""
        page = self._page
        self._do(lambda: page.judging.keep(page.shot, not page.judging.is_kept(page.shot)))

    def blame(self, why: str, is_so: bool | None = None) -> None:
        """Why the cell failed; without `is_so` the other way round than before."""
        page = self._page
        wanted = why not in page.judging.causes(page.shot) if is_so is None else is_so
        self._do(lambda: page.judging.blame(page.shot, why, wanted))

    def unmark(self) -> None:
        page = self._page
        self._do(lambda: page.judging.unmark(page.shot))

    def write_note(self) -> None:
        """The keys write a note."""
        self.open_pane(True)
        self.remarks.note.setFocus()

    def write_cause(self) -> None:
        """The keys write a cause that has no key."""
        self.open_pane(True)
        self.remarks.why.setFocus()

    def toggle_kept(self) -> None:
        """Keys go through nothing but what was kept, or through all again."""
        page, action = self._page, self._session.actions["epochs.keepers"]
        self._is_kept_only = action.isChecked() and bool(page.judging.kept)
        if action.isChecked() and not self._is_kept_only:
            action.setChecked(False)
            self._session.say(tr("Nothing is kept yet: K keeps the cell in focus"))
        page.shelf.changed.emit()

    def narrowed(self, series: Series, judging: Judging | None) -> Series:
        """The prompts and epochs of what was kept, while nothing else is wanted."""
        kept = judging.kept if judging and self._is_kept_only else frozenset()
        places = [place for place, shot in series.shots.items() if judging.key(shot) in kept] if kept else []
        looks, epochs = {look for look, _ in places}, {epoch for _, epoch in places}
        return dataclasses.replace(series, looks=tuple(each for each in series.looks if each in looks), epochs=tuple(
            each for each in series.epochs if each in epochs)) if places else series

    # What is folded away

    def open_pane(self, is_open: bool) -> None:
        """The remarks on the cell in focus, to the right of the panes."""
        self.remarks.setVisible(is_open)
        self._session.actions["epochs.remarks"].setChecked(is_open)
        self._session.settings.remember(epochs_pane=is_open)
        self._page.show_state()

    def open_strips(self, is_open: bool) -> None:
        """The details, below the panes."""
        self.strips.setVisible(is_open)
        self._session.actions["epochs.strips"].setChecked(is_open)
        self._session.settings.remember(epochs_strips=is_open)
        if not is_open:
            self.strips.rest()
        self._page.show_state()

    def toggle_pane(self) -> None:
        self.open_pane(self.remarks.isHidden())

    def toggle_strips(self) -> None:
        self.open_strips(self.strips.isHidden())

    def draw_box(self) -> None:
        self.open_strips(True)
        self.strips.draw()

    def take_sight(self) -> None:
        self.open_strips(True)
        self.strips.take_sight()

    def close(self) -> None:
        """The project is put away."""
        self.strips.close_threads()
        self.mode.close()

    # What is shown

    def show(self) -> None:
        """As it is by now; quick, as it happens with each turn of the wheel."""
        page, judging = self._page, self._page.judging
        actions = self._session.actions
        actions["epochs.trait"].setText(tr("Judged for: {trait}", trait=trait_text(judging.item.trait)))
        actions["epochs.keep"].setChecked(judging.is_kept(page.shot))
        self._keys.dress(judging.scale)
        if not self.remarks.isHidden():
            self._show_remarks()
        self.strips.refresh()
        why = "" if page.shot else tr("This pane shows no cell of the sheet.")
        for id in _OF_CELL:
            self._allow(id, why)
        for digit in (4, 5):
            means = judging.scale.value_of_key(digit) is not None
            self._allow(f"mark{digit}", why if means else tr("This trait is not judged by points."))
        self._allow("box_remove", "" if self.strips.current else tr("No box is drawn yet."))
        self._allow("box_next", "" if len(self.strips.features) > 1 else tr("There are no two boxes."))

    def _show_remarks(self) -> None:
        page = self._page
        place = page.panes.focus
        name = page.parts.stage.panes[place].name.text()
        self.remarks.show_cell(name, page.judging, self.rubric, page.shot, told_keys(page.judging.scale))
        self.remarks.show_agreement(self._agreement())

    def _agreement(self) -> str:
        """How far the one other judge who saw most agrees with this one, on the present trait."""
        found = [each for each in self._page.judging.agreements() if each[1].kappa is not None]
        if not found:
            return ""
        judge, most = max(found, key=lambda each: each[1].cells)
        text = tr("Agreement with {judge}: kappa {kappa}, {n} cells", judge=judge, kappa=f"{most.kappa:.2f}",
                  n=most.cells)
        shared = tr("Both judges saw seed {seed} only: they share the evidence, and may share the error",
                    seed="".join(map(str, most.seeds[:1])))
        return f"{text}\n{shared}" if most.warning else text

    def _allow(self, id: str, why: str) -> None:
        actions = self._session.actions
        if actions.why_not(f"epochs.{id}") != why:
            (actions.disable if why else actions.enable)(f"epochs.{id}", why)

    def _bind(self) -> None:
        self.remarks.trait_chosen.connect(self.ask)
        self.remarks.blamed.connect(self.blame)
        self.remarks.noted.connect(self._note)
        self.remarks.judge_named.connect(lambda name: self._session.attempt(lambda: self.name_judge(name)))
        self.remarks.left.connect(lambda: self._page.parts.stage.focus_view())
        self._session.ledger_changed.connect(self._ledger_changed)

    def _note(self, text: str) -> None:
        page = self._page
        self._do(lambda: page.judging.write(page.shot, text))

    def _do(self, act: Callable[[], None]) -> None:
        if self._page.judging and self._page.shot:
            self._session.attempt(act)
            self._page.show_state()

    def _take_rubric(self, rubric: Rubric) -> None:
        place = self._session.place
        write = (lambda: write_rubric(place, rubric)) if rubric.items else (lambda: forget_rubric(place))
        self._session.attempt(write)
        self._read_rubric()

    def _ledger_changed(self, _: str) -> None:
        self._read_rubric()

    def _read_rubric(self) -> None:
        self.rubric = self._session.attempt(lambda: read_rubric(self._session.place)) or self.rubric
        names = [item.trait for item in self.rubric.items]
        self.strips.propose(names)
        self.ask(self.item.trait if self.item.trait in names else names[0])
