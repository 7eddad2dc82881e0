"""What the epochs page is made of, from top to bottom, and what it says while there is nothing to look at."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui import theme
from ui.i18n import tr
from ui.pages.epochs_stage import Stage
from ui.pages.epochs_verdict import VerdictBar
from ui.session import Session
from ui.viewstate.epoch_series import Look
from ui.widgets.basics import Elided, action_button, caption, line, push, row, within
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
        marking = [action_button(actions[f"epochs.mark{digit}"], text=True) for digit in (1, 2, 3)]
        marking += [action_button(actions[f"epochs.{id}"]) for id in ("undo", "redo", "unmarked")]
        foot = row(action_button(actions["epochs.previous_prompt"]), action_button(actions["epochs.next_prompt"]),
                   self.prompt, self.number, *marking)
        foot.setStretch(2, 1)
        below = within(foot)
        foot.setContentsMargins(theme.MEDIUM, theme.TINY, theme.MEDIUM, 0)
        desk = _stacked(self.desk)
        desk.addWidget(self.stage, 1)
        desk.addWidget(below)
        desk.addWidget(self.scrubber)
        whole = _stacked(self.whole)
        for part in (head, line(), self.verdict, line()):
            whole.addWidget(part)
        whole.addWidget(self.desk, 1)
        self._fill_empty()

    def allow_rendering(self, is_possible: bool) -> None:
        """Whether a sheet can be drawn of any run."""
        self.draw.setEnabled(is_possible)
        self.draw.setToolTip("" if is_possible else tr("No run has a LoRA file that a sheet could be drawn of."))

    def show_look(self, look: Look | None, looks: Sequence[Look]) -> None:
        """The prompt and the seed that all panes show, and which of how many that is."""
        if look is None:
            return
        self.prompt.setText(tr("{prompt}, seed {seed}", prompt=look.name, seed=look.seed))
        self.prompt.setToolTip(look.prompt)
        self.number.setText(tr("{n} of {all}", n=looks.index(look) + 1, all=len(looks)))

    def _fill_empty(self) -> None:
        session = self._session
        self.draw = push(tr("Render a sheet of the newest run"), session.actions["epochs.render"].trigger,
                         icon="grids", main=True)
        self.no_series = Empty("epochs", tr("No pictures of epochs yet"), tr(
            "A sheet draws every epoch with the same prompts and the same seeds, beside the base without the LoRA. "
            "Epochs can be compared while it grows."), self.draw)
        train = push(tr("Plan a run"), lambda: session.show_page("training"), icon="training", main=True)
        self.no_runs = Empty("epochs", tr("No run yet"), tr(
            "Here the epochs of a run stand side by side, so that the best one can be told from the last one. "
            "Train a run, or take in a folder of LoRA files."), train)


def _stacked(widget: QWidget) -> QVBoxLayout:
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    return layout
