"""The dialog that compares epochs: which of them, under which prompts and seeds, and what that takes."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QFormLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from studio.core.axes import EPOCH, Axis, parse_axis, typed
from studio.core.compared_epochs import PLAN, SEED, compared, spread
from studio.core.errors import UserError
from studio.core.events import Failed, Finished
from studio.core.sheet_plan import SheetPlan, with_axis
from ui import theme
from ui.dialogs.cell_source import SourceRow, chosen_source
from ui.dialogs.compare_target import TargetRow
from ui.dialogs.compare_words import cells_words, cost_words, epochs_words, order_words
from ui.dialogs.room import grow
from ui.gpu_thread import Task
from ui.i18n import tr, trn
from ui.pages.training_live_curves import short_name
from ui.session import Session
from ui.widgets.basics import caption, column, muted, push, row, sentence, title, within
from ui.widgets.flow import FlowLayout
from ui.widgets.inline_error import InlineError
from ui.widgets.segmented import Segmented

_TURBO, _PLAIN = "turbo", "plain"
_COMPOSITION = "composition"
_REST_MS = 250  # after the last stroke, before the sheet is reckoned anew


class CompareDialog(QDialog):
    """Reckons the sheet as it is changed; nothing is drawn before its button is pressed."""

    begun = Signal(object, object)  # the job that draws, and what was planned

    def __init__(self, session: Session, parent: QWidget, run: str, epochs: Sequence[int]) -> None:
        super().__init__(parent)
        from studio.store.presets import find_plan

        self._session, self._run, self._epochs = session, run, tuple(epochs)
        self._plan = find_plan(PLAN)
        self._task: Task | None = None
        self._planned = self._made = None
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Compare epochs"))
        self.setMinimumWidth(640)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._build()
        self._bind()
        self._reckon()

    def draw(self) -> None:
        """Begins."""
        from studio.jobs.render_sheet import sourced_job

        if self._planned is None or not self.start.isEnabled():
            return
        planned, made = self._planned, self._made
        job = self._told(lambda: sourced_job(self._session.place, made))
        if job is not None:
            prompts = dict.fromkeys(cell.spec.prompt for cell in planned.cells)
            self.target.keep(prompts)
            self.begun.emit(job, planned)
            self.accept()

    def reject(self) -> None:
        self._drop_task()
        super().reject()

    @property
    def plan(self) -> SheetPlan:
        """What is asked for. Raises UserError for what cannot be."""
        epochs = parse_axis(f"{EPOCH}={self.epochs.text()}", tr("Epochs")).values
        numbers = [each for each in epochs if isinstance(each, int)]
        if len(numbers) < len(epochs) or not numbers:
            raise UserError(tr("Epochs are named by their numbers"), tr("Write for example 20, 50, 100."))
        chosen = tuple(name for name, box in self.prompts.items() if box.isChecked())
        if not chosen:
            raise UserError(tr("No prompt is chosen"), tr("Tick at least one."))
        plan = with_axis(self._plan, parse_axis(f"{SEED}={self.seeds.text()}", tr("Seeds")))
        plan = with_axis(plan, Axis(_COMPOSITION, chosen))
        plan = compared(plan, numbers, self.control.isChecked())
        return plan if self.profile.value == _TURBO else dataclasses.replace(plan, profile="")

    # What it is made of

    def _build(self) -> None:
        axes = {axis.name: axis for axis in self._plan.axes}
        self.epochs = QLineEdit(", ".join(map(str, spread(self._epochs))))
        self.seeds = QLineEdit(typed(axes[SEED]))
        self.prompts = {str(value): _tick(str(value), dict(axes[_COMPOSITION].means(value)).get(_COMPOSITION, ""))
                        for value in axes[_COMPOSITION].values}
        self.control = QCheckBox(tr("Also the base without the trigger"))
        self.control.setChecked(True)
        self.control.setToolTip(tr("One row more: it tells whether the trigger keeps the base from a prompt."))
        self.profile = Segmented([(_TURBO, tr("Turbo, 8 steps"), ""), (_PLAIN, tr("As the run's previews"), "")],
                                 name=tr("How pictures are made"))
        self.target, self.source = TargetRow(self._session, self), SourceRow(self._session, self._run)
        self.cells, self.order, self.cost = QLabel(), muted("", wrap=True), muted("", wrap=True)
        self.cells.setProperty("role", "strong")
        self.remarks, self.error = sentence(""), InlineError()
        self.remarks.setProperty("role", "doubtful")
        self.start = push(tr("Draw"), self.draw, main=True)
        self.start.setDefault(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.LARGE, theme.LARGE, theme.LARGE, theme.MEDIUM)
        layout.setSpacing(theme.MEDIUM)
        for part in (title(tr("Compare epochs of {run}", run=short_name(self._run))), self._form()):
            layout.addWidget(part)
        layout.addLayout(column(self.cells, self.cost, self.order, self.remarks, gap=theme.TINY))
        layout.addWidget(self.error)
        layout.addStretch(1)
        layout.addLayout(row(None, push(tr("Cancel"), self.reject), self.start))

    def _form(self) -> QWidget:
        ticks = QWidget()
        flow = FlowLayout(ticks, theme.MEDIUM)
        for each in self.prompts.values():
            flow.addWidget(each)
        rows = ((tr("Epochs"), self.epochs, column(self.epochs, caption(epochs_words(self._epochs), wrap=True),
                                                   gap=theme.TINY)),
                (tr("Prompts"), ticks, column(ticks, self.control, gap=theme.TINY)),
                (tr("Seeds"), self.seeds, self.seeds),
                (tr("Pictures"), self.profile, within(row(self.profile, None))),
                (tr("Pictures from"), self.source, self.source),
                (tr("Target"), self.target, self.target))
        made = QWidget()
        form = QFormLayout(made)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(theme.MEDIUM)
        form.setVerticalSpacing(theme.MEDIUM)
        for label, field, part in rows:
            field.setAccessibleName(label)
            form.addRow(label, part)
        self.epochs.setToolTip(tr("Numbers and ranges: 20, 50, 100 or 10, 20, ..., 100"))
        self.seeds.setToolTip(tr("The same start noises for every epoch. Three show a fluke, eight can convict."))
        return made

    def _bind(self) -> None:
        for field in (self.epochs, self.seeds):
            field.textChanged.connect(self._changed)
        for box in (*self.prompts.values(), self.control):
            box.toggled.connect(self._changed)
        self.profile.chosen.connect(self._changed)
        self.source.changed.connect(self._changed)
        self.source.made.connect(self.reject)
        self._rest.timeout.connect(self._reckon)

    # What it takes

    def _changed(self) -> None:
        self._planned = None
        self.start.setEnabled(False)
        self._rest.start()

    def _reckon(self) -> None:
        from studio.jobs.prepare_sheet import PlanSheet

        self._drop_task()
        self._planned = None
        self.error.clear()
        plan = self._told(lambda: self.plan)
        self._show_waiting(plan is not None)
        if plan is not None:
            job = PlanSheet(self._session.place, plan, self._run, chosen_source(self._session))
            self._task = self._session.run(job, tr("Reckoning the sheet"), self._reckoned, quiet=True)

    def _reckoned(self, task: Task) -> None:
        if task is not self._task:
            return
        self._task = None
        if isinstance(task.ending, Failed):
            self._failed(UserError(task.ending.what, task.ending.remedy))
        elif isinstance(task.ending, Finished):
            self._planned, self._made = task.ending.facts["planned"], task.ending.facts["made"]
            self._show_planned()

    def _failed(self, error: UserError) -> None:
        """Without a Turbo LoRA pictures are made as the run's previews are, and that is said."""
        if self.profile.value == _TURBO and "Turbo" in error.what:
            self.profile.allow(_TURBO, str(error))
            self.profile.choose(_PLAIN)
            return self._reckon()
        self._show_waiting(False)
        self.error.tell(error)
        grow(self)

    def _show_waiting(self, is_coming: bool) -> None:
        self.cells.setText(tr("Reckoning …") if is_coming else "")
        for each in (self.cost, self.order, self.remarks):
            each.setText("")
        self.remarks.hide()
        self.start.setEnabled(False)

    def _show_planned(self) -> None:
        planned, missing = self._planned, len(self._planned.missing)
        self.cells.setText(cells_words(planned))
        self.cost.setText(cost_words(planned))
        self.order.setText(order_words(planned))
        self.remarks.setText("\n".join(map(str, planned.remarks)))
        self.remarks.setVisible(bool(planned.remarks))
        self.target.look({cell.spec.prompt: None for cell in planned.cells})
        self.start.setText(trn("Draw {n} picture", "Draw {n} pictures", missing) if missing else tr("Show them"))
        self.start.setEnabled(True)
        grow(self)

    def _told(self, act):
        """What `act` returns; None where it cannot be, and that is told here."""
        try:
            return act()
        except UserError as error:
            self.error.tell(error)
            return None

    def _drop_task(self) -> None:
        if self._task:
            self._task.stop()
        self._task = None


def _tick(name: str, prompt: object) -> QCheckBox:
    made = QCheckBox(name)
    made.setChecked(True)
    made.setToolTip(str(prompt))
    return made
