"""What the epochs page is made of, from top to bottom, and what it says while there is nothing to look at."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from ui import theme
from ui.i18n import tr
from ui.pages.epochs_stage import Stage
from ui.pages.epochs_verdict import VerdictBar
from ui.session import Session
from ui.viewstate.epoch_series import Look
from ui.widgets.basics import Elided, action_button, caption, column, line, push, row, within
from ui.widgets.empty import Empty
from ui.widgets.epoch_scrubber import EpochScrubber


class Desk(QWidget):
    """What keys act on. While there are marks to undo here, the keys that undo edits everywhere mean the marks."""

    undo_asked = Signal()
    redo_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._can: dict[QKeySequence.StandardKey, bool] = {}

    def allow(self, can_undo: bool, can_redo: bool) -> None:
        self._can = {QKeySequence.StandardKey.Undo: can_undo, QKeySequence.StandardKey.Redo: can_redo}

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and self._meant(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        meant = self._meant(event)
        if meant == QKeySequence.StandardKey.Undo:
            self.undo_asked.emit()
        elif meant == QKeySequence.StandardKey.Redo:
            self.redo_asked.emit()
        else:
            super().keyPressEvent(event)

    def _meant(self, event: QKeyEvent) -> QKeySequence.StandardKey | None:
        return next((key for key, can in self._can.items() if can and event.matches(key)), None)


class EpochsLayout:
    """`desk` holds what keys act on: the pictures and the line of epochs under them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.stage, self.scrubber = Stage(session), EpochScrubber()
        self.whole, self.desk = QWidget(), Desk()
        self.prompt, self.number = Elided(at=Qt.TextElideMode.ElideRight), caption("")
        self.waiting = QWidget()

    def fill(self, head: QWidget) -> None:
        """Puts everything in its place, once the actions are there."""
        actions = self._session.actions
        self.verdict = VerdictBar(actions)
        self.marking = {digit: action_button(actions[f"epochs.mark{digit}"], text=True) for digit in range(6)}
        marking = [action_button(actions["epochs.trait"], text=True), *self.marking.values()]
        marking += [action_button(actions[f"epochs.{id}"]) for id in ("undo", "redo", "unmarked")]
        foot = row(action_button(actions["epochs.previous_prompt"]), action_button(actions["epochs.next_prompt"]),
                   self.prompt, self.number, *marking)
        foot.setStretch(2, 1)
        below = within(foot)
        foot.setContentsMargins(theme.MEDIUM, theme.TINY, theme.MEDIUM, 0)
        self.below_panes, self.beside_panes = column(gap=0), row(gap=0)
        panes = column(self.stage, below, self.below_panes, self.scrubber, gap=0)
        panes.setStretch(0, 1)
        self.beside_panes.addLayout(panes, 1)
        self.desk.setLayout(self.beside_panes)
        told = QWidget()
        below_head = _stacked(told)
        for part in (self.verdict, line()):
            below_head.addWidget(part)
        below_head.addWidget(self.desk, 1)
        self._fill_empty()
        under = QWidget()
        self._under = QStackedLayout(under)
        for each in (told, self.bare):
            self._under.addWidget(each)
        whole = _stacked(self.whole)
        for part in (head, line()):
            whole.addWidget(part)
        whole.addWidget(under, 1)

    def allow_rendering(self, is_possible: bool) -> None:
        """Whether a sheet can be drawn of any run."""
        for each in (self.draw, self.draw_bare):
            each.setEnabled(is_possible)
            each.setToolTip("" if is_possible else tr("No run has a LoRA file that a sheet could be drawn of."))

    def show_bare(self, is_bare: bool, can_draw: bool) -> None:
        """Whether nothing was drawn yet of the run that is chosen."""
        self._under.setCurrentIndex(int(is_bare))
        if is_bare:
            self.allow_rendering(can_draw)

    def show_look(self, look: Look | None, looks: Sequence[Look]) -> None:
        """The prompt and the seed that all panes show, and which of how many that is."""
        if look is None:
            return
        self.prompt.setText(tr("{prompt}, seed {seed}: {words}", prompt=look.name, seed=look.seed,
                               words=_own_words(look, looks)))
        self.prompt.setToolTip(look.prompt)
        self.number.setText(tr("{n} of {all}", n=looks.index(look) + 1, all=len(looks)))

    def _fill_empty(self) -> None:
        session = self._session
        self.draw, self.draw_bare = (push(tr("Compare epochs"), session.actions["epochs.compare"].trigger,
                                          main=True) for _ in range(2))
        self.no_series, self.bare = (Empty("epochs", tr("No pictures of epochs yet"), tr(
            "A few epochs are drawn with the same prompts and the same seeds, beside the base without the LoRA. "
            "They can be compared while the sheet grows."), button) for button in (self.draw, self.draw_bare))
        train = push(tr("Plan a run"), lambda: session.show_page("training"), icon="training")
        take = push(tr("Open LoRA epochs …"), session.actions["project.epochs"].trigger, main=True)
        self.no_runs = Empty("epochs", tr("No run yet"), tr(
            "Here the epochs of a run stand side by side, so that the best one can be told from the last one. "
            "Train a run, or drop a folder of LoRA files here, of whatever trainer."), within(row(take, train)))


def _own_words(look: Look, looks: Sequence[Look]) -> str:
    """What its prompt says beyond the others, which is what a cell is judged by."""
    from studio.jobs.sheet_image import shared_words

    prompts = list(dict.fromkeys(each.prompt for each in looks))
    return shared_words(prompts)[1][prompts.index(look.prompt)]


def _stacked(widget: QWidget) -> QVBoxLayout:
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    return layout
