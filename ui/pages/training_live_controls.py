"""What can be asked of a run while it trains, in this window or without it: pause, stop, save, preview, another length.

Wishes are lines in the run's folder, so that it does not matter who trains. Going on is a job of this window.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSpinBox, QWidget

from studio.core.fold import RunState
from studio.core.wishes import MOST_EPOCHS, Wish
from studio.store.wishes import ask, open_wishes
from ui import theme
from ui.gpu_thread import Task
from ui.i18n import tr, trn
from ui.icons import icon
from ui.session import Session
from ui.viewstate.run_figures import is_from_elsewhere
from ui.widgets.basics import action_button, caption, push, row, within
from ui.widgets.flow import FlowLayout

WISHES = ("stop", "after", "save", "preview")


class RunControls(QWidget):
    """Acts on the run of `show_run`; what cannot be done at present says why."""

    asked = Signal()   # something was asked of the run

    def __init__(self, session: Session, within: QWidget) -> None:
        super().__init__()
        self._session = session
        self._id, self._folder, self._epochs = "", Path(), 1
        self._state = RunState()
        self._pending: dict[str, int] = {}  # the numbers of wishes by their kinds, until they are answered
        self._register(within)
        self._build()

    # What is shown

    def show_run(self, id: str, folder: Path, epochs: int, state: RunState) -> None:
        """The run whose buttons these are, as it stands; `epochs` is how many its recipe has."""
        if id != self._id:
            self._id, self._folder = id, folder
            self._pending = {each.wish.kind: each.number for each in open_wishes(folder, state)}
            self.length.setValue(state.epochs or epochs)
        elif (state.epochs or epochs) != (self._state.epochs or self._epochs):
            self.length.setValue(state.epochs or epochs)
        self._epochs, self._state = epochs, state
        self._pending = {kind: number for kind, number in self._pending.items() if number not in state.answered}
        self._show()

    @property
    def is_running(self) -> bool:
        return self._state.status == "running"

    @property
    def told(self) -> str:
        """What was asked for and has not happened yet."""
        return self._said.text()

    # What is asked

    def pause_or_go_on(self) -> None:
        """Frees the card after the step at hand, or takes the run up again."""
        self.pause() if self.is_running else self.go_on()

    def pause(self) -> None:
        """Frees the card, whoever trains; a person wants it."""
        if task := self._session.jobs.task_of(self._id):
            task.frees_card = True
            if self._session.jobs.waiting:
                self._session.jobs.pause()
        self.wish("pause")

    def go_on(self, epochs: int = 0) -> Task | None:
        """A job of this window takes the run up where its last state left it, before all that waits."""
        from studio.jobs.train import resume_training

        session = self._session
        job = session.attempt(lambda: resume_training(session.place, self._id, None, epochs))
        if job is None:
            return None
        task = session.run(job, tr("Training {run}", run=self._id))
        session.jobs.move(task, 0)
        session.jobs.pause(False)
        self.asked.emit()
        return task

    def stop(self) -> None:
        """After the step at hand; a run that waits for its turn is taken out of the queue."""
        task = self._session.jobs.task_of(self._id)
        if task and not self.is_running:
            task.stop()
        else:
            self.wish("stop")

    def after_epoch(self) -> None:
        self.wish("stop after epoch" if self._session.actions["live.after"].isChecked() else "go on")

    def save(self) -> None:
        self.wish("save")

    def preview(self) -> None:
        self.wish("preview")

    def change_length(self) -> None:
        """Another number of epochs, now or with the next attempt."""
        if self.is_running:
            self.wish("epochs", self.length.value())
        else:
            self.go_on(self.length.value())

    def wish(self, kind: str, value: int = 0) -> None:
        """Writes a wish into the run's folder."""
        asked = self._session.attempt(lambda: ask(self._folder, Wish(kind, value)))
        if asked:
            self._pending[kind] = asked.number
            if kind in ("go on", "stop after epoch"):
                self._pending.pop("stop after epoch" if kind == "go on" else "go on", None)
            self._show()
            self.asked.emit()

    # Inside

    def _register(self, within: QWidget) -> None:
        add, group = self._session.actions.add, tr("Training")
        for id, text, run, symbol, key, tip in (
                ("pause", tr("Pause"), self.pause_or_go_on, "pause", "Pause", tr(
                    "Saves after the step at hand and frees the card; going on later makes the same LoRA.")),
                ("stop", tr("Stop now"), self.stop, "stop", "", tr("Ends after the step at hand; all is saved.")),
                ("save", tr("Save now"), self.save, "save", "Ctrl+S", tr(
                    "Saves a LoRA of this very step, beside those of the epochs.")),
                ("preview", tr("Preview now"), self.preview, "pictures", "", tr(
                    "Draws all prompts with the LoRA as it is at this step."))):
            add(f"live.{id}", text, run, icon=symbol, key=key, tip=tip, group=group, within=within)
        add("live.after", tr("Stop after this epoch"), self.after_epoch, icon="clock", group=group, within=within,
            checkable=True, tip=tr("Ends when this epoch is done; pressed again it goes on."))

    def _build(self) -> None:
        actions = self._session.actions
        self.length = QSpinBox(minimum=1, maximum=MOST_EPOCHS)
        self.length.setAccessibleName(tr("Epochs"))
        self.length.setToolTip(tr("How many epochs it shall have in all, also while it runs."))
        self.length.valueChanged.connect(lambda _: self._show_length())
        self.change = push(tr("Change"), self.change_length, tip=tr("Makes the run longer or shorter."))
        self._said = caption("")
        ids = ("live.pause", "live.stop", "live.after", "live.save", "live.preview")
        buttons = [action_button(actions[id], text=True) for id in ids]
        length = within(row(caption(tr("Epochs")), self.length, self.change, gap=theme.TINY))
        layout = FlowLayout(self)
        layout.setContentsMargins(theme.MEDIUM, theme.TINY, theme.MEDIUM, theme.TINY)
        for part in (*buttons, length, self._said):
            layout.addWidget(part)

    def _show(self) -> None:
        actions, task = self._session.actions, self._session.jobs.task_of(self._id)
        waits = task is not None and not self.is_running
        self._show_pause(waits)
        why = tr("It waits for its turn.") if waits else tr("The run does not train at present.")
        for id in WISHES:
            can = self.is_running or id == "stop" and waits
            actions.enable(f"live.{id}") if can else actions.disable(f"live.{id}", why)
        actions["live.after"].setChecked("stop after epoch" in self._pending)
        self._said.setText(self._asked())
        self._show_length()

    def _show_pause(self, waits: bool) -> None:
        actions, action = self._session.actions, self._session.actions["live.pause"]
        action.setText(tr("Pause") if self.is_running or waits else tr("Go on"))
        action.setIcon(icon("pause" if self.is_running or waits else "play"))
        if waits:
            actions.disable("live.pause", tr("It waits for its turn."))
        elif is_from_elsewhere(self._state):
            actions.disable("live.pause", tr("It was trained elsewhere."))
        elif self._state.status == "finished":
            actions.disable("live.pause", tr("The run is finished; more epochs make it go on."))
        else:
            actions.enable("live.pause")

    def _show_length(self) -> None:
        now = self._state.epochs or self._epochs
        self.length.setEnabled(not is_from_elsewhere(self._state))
        is_other, done = self.length.value() != now, self.length.value() <= self._state.epoch and not self.is_running
        self.change.setVisible(is_other)
        self.change.setEnabled(not done)
        self.change.setText(trn("Change to {n} epoch", "Change to {n} epochs", self.length.value()))

    def _asked(self) -> str:
        said = {"pause": tr("pauses after this step"), "stop": tr("stops after this step"),
                "stop after epoch": tr("stops after this epoch"), "save": tr("saves after this step"),
                "preview": tr("draws after this step"), "epochs": tr("changes its length after this step")}
        waiting = [said[kind] for kind in self._pending if kind in said] if self.is_running else []
        return " · ".join(waiting)
