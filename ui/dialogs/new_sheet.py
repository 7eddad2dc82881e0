"""The dialog that draws a sheet: which one, of which run, over which values; how many cells that is, and for how long.

Whatever is shown of a sheet is planned beside the window, from the run's own files; nothing is drawn before it is asked
for.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from studio.core.errors import UserError
from studio.core.events import Finished
from studio.core.sheet_plan import SheetPlan, with_axis
from studio.jobs.cell_source import sourced
from studio.jobs.plan_sheet import PlannedSheet, plan_sheet
from studio.jobs.prepare_sheet import PrepareSheet
from studio.store.presets import find_plan, own_names, preset_names, save_plan
from ui import theme
from ui.aside import Aside
from ui.dialogs.cell_source import SourceRow, chosen_source
from ui.dialogs.compare_words import source_words
from ui.dialogs.new_sheet_axes import AxesForm
from ui.dialogs.new_sheet_list import PresetList, Row
from ui.gpu_thread import Task
from ui.i18n import tr, trn
from ui.pages.training_live_curves import short_name
from ui.session import Session
from ui.viewstate.amounts import time_of
from ui.viewstate.sayings import told
from ui.widgets.basics import caption, column, line, muted, push, row, sentence, title, within
from ui.widgets.inline_error import InlineError
from ui.widgets.side_pane import SidePane

_FIRST = "pose-angle-weak"


class NewSheetDialog(QDialog):
    """`runs` have a LoRA that can be worn; the sheet is queued when it is accepted."""

    def __init__(self, session: Session, runs: Sequence[str], run: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session, self._runs = session, tuple(runs)
        self._place = session.place
        self._plans = {name: find_plan(name) for name in preset_names()}
        self._plan: SheetPlan | None = None
        self._aside, self._listing = Aside(self), Aside(self)
        self.planned: PlannedSheet | None = None
        self.setWindowTitle(tr("New sheet"))
        self.resize(880, 620)
        self._build(run)
        self._bind()
        self.list.choose(next((name for name in self._plans if name == _FIRST), next(iter(self._plans))))

    # What a person asks for

    def accept(self) -> None:
        """Queues it; its pictures come into the grid as they are drawn."""
        if self.planned is None:
            return
        name = tr(self.planned.sheet.title)
        job = PrepareSheet(self._place, self.planned.plan, self._run, chosen_source(self._session))
        self._session.run(job, tr("Preparing the sheet"), lambda task: _queue(self._session, task, name))
        super().accept()

    def keep(self) -> None:
        """As a preset of one's own under the name in the field, in this project and all others."""
        plan, name = self.planned.plan if self.planned else self._plan, self.own_name.text().strip()
        try:
            save_plan(plan, name)
        except UserError as error:
            self.error.tell(error)
            return
        self._plans[name] = plan
        self.list.add(self._row(name))
        self.list.choose(name)
        self._session.say(tr("The sheet “{name}” is kept, here and in every project", name=name))

    def done(self, result: int) -> None:
        self._aside.close()
        self._listing.close()
        super().done(result)

    # What it is made of

    def _build(self, run: str) -> None:
        self.list = PresetList([self._row(name) for name in self._plans])
        self.runs = QComboBox()
        self.runs.setAccessibleName(tr("Run"))
        for id in self._runs:
            self.runs.addItem(short_name(id), id)
        self.runs.setCurrentIndex(max(0, self.runs.findData(run)))
        self.name, self.about = title(""), muted("", wrap=True)
        self.cells, self.takes, self.remarks = sentence(""), caption("", wrap=True), sentence("")
        self.cells.setProperty("role", "strong")
        self.axes, self.error, self.source = AxesForm(), InlineError(), SourceRow(self._session, run)
        self.own_name = QLineEdit()
        self.own_name.setAccessibleName(tr("Name of my own sheet"))
        self.own_name.setToolTip(tr("A sheet of one's own may be called as one that ships, and then takes its place."))
        self.own_name.setMaximumWidth(200)
        self.keep_button = push(tr("Keep as my own"), self.keep, icon="save")
        self.start = push(tr("Draw it"), self.accept, icon="play", main=True)
        right = QWidget()
        inside = QVBoxLayout(right)
        inside.setContentsMargins(theme.MEDIUM, 0, theme.SMALL, 0)
        inside.setSpacing(theme.SMALL)
        source = row(caption(tr("Pictures from")), self.source)
        source.setStretch(1, 1)
        for part in (self.name, self.about, within(row(caption(tr("LoRAs of")), self.runs, None)), within(source),
                     line(), self.axes, line(), self.cells, self.takes, self.error, self.remarks):
            inside.addWidget(part)
        inside.addStretch(1)
        pane = SidePane(360)
        pane.hold(right)
        both = QHBoxLayout()
        both.addWidget(self.list, 4)
        both.addWidget(pane, 5)
        foot = row(self.own_name, self.keep_button, None, push(tr("Cancel"), self.reject), self.start)
        layout = column(both, foot, gap=theme.MEDIUM)
        layout.setContentsMargins(theme.MEDIUM, theme.MEDIUM, theme.MEDIUM, theme.MEDIUM)
        self.setLayout(layout)

    def _bind(self) -> None:
        self.list.chosen_changed.connect(self._show)
        self.list.activated.connect(lambda _: self.accept())
        self.runs.activated.connect(lambda _: self._run_chosen())
        self.axes.changed.connect(self._ask)
        self.source.changed.connect(self._ask)
        self.source.made.connect(self.reject)
        self._session.project_closing.connect(self.reject)
        self._list_next()

    @property
    def _run(self) -> str:
        return self.runs.currentData() or ""

    def _run_chosen(self) -> None:
        self.list.forget_forecasts()
        self._list_next()
        self._ask()

    # What is shown

    def _row(self, name: str) -> Row:
        plan = self._plans[name]
        return Row(name, tr(plan.title), tr(plan.about), name in own_names())

    def _show(self, name: str) -> None:
        self._plan = plan = self._plans[name]
        self.name.setText(tr(plan.title))
        self.about.setText(tr(plan.about))
        self.axes.show_plan(plan)
        self.own_name.setText(name if name in own_names() else tr("my-{name}", name=name))
        self._ask()

    def _ask(self) -> None:
        """Plans what is written by now."""
        self.planned = None
        self._allow(tr("It is still being planned."))
        try:
            plan = reduce(with_axis, self.axes.value(), self._plan)
        except UserError as error:
            return self._fail(error)
        self.error.clear()
        self.cells.setText(tr("Planning …"))
        place, run, source = self._place, self._run, chosen_source(self._session)
        self._aside.ask(lambda: sourced(place, plan_sheet(place, plan, run), source).planned, self._tell, self._fail)

    def _tell(self, planned: PlannedSheet) -> None:
        self.planned = planned
        self.error.clear()
        self.cells.setText(shape_of(planned))
        missing = len(planned.missing)
        self.takes.setText(tr("{missing}; {there} there already. About {time}, {source}.",
                              missing=trn("{n} picture to draw", "{n} pictures to draw", missing),
                              there=f"{planned.pictures - missing:,}", time=time_of(planned.render_s),
                              source=source_words(planned)))
        self.remarks.setText("\n\n".join(told(each) for each in planned.remarks))
        self.list.tell_forecast(self.list.chosen, len(planned.cells), planned.render_s)
        self._allow("")

    def _fail(self, error: UserError) -> None:
        self.cells.setText("")
        self.takes.setText("")
        self.remarks.setText("")
        self.error.tell(error)
        self._allow(error.what)

    def _allow(self, why_not: str) -> None:
        for each in (self.start, self.keep_button):
            each.setEnabled(not why_not)
            each.setToolTip(why_not)

    # The forecasts of all

    def _list_next(self) -> None:
        """One after the other, so that what somebody chose never waits long for its own."""
        name = self.list.unforecast
        if not name:
            return
        place, plan, run = self._place, self._plans[name], self._run
        self._listing.ask(lambda: plan_sheet(place, plan, run), lambda planned: self._listed(name, planned),
                          lambda error: self._unlisted(name, error))

    def _listed(self, name: str, planned: PlannedSheet) -> None:
        self.list.tell_forecast(name, len(planned.cells), planned.render_s)
        self._list_next()

    def _unlisted(self, name: str, error: UserError) -> None:
        self.list.tell_why_not(name, error.what)
        self._list_next()


def shape_of(planned: PlannedSheet) -> str:
    """"45 cells: 5 rows × 9 columns"."""
    rows, columns = len(planned.sheet.row_labels), len(planned.sheet.column_labels)
    return tr("{cells}: {rows} × {columns}", cells=trn("{n} cell", "{n} cells", len(planned.cells)),
              rows=trn("{n} row", "{n} rows", rows), columns=trn("{n} column", "{n} columns", columns))


def _queue(session: Session, task: Task, name: str) -> None:
    if isinstance(task.ending, Finished):
        session.run(task.ending.facts["job"], tr("Drawing {plan}", plan=name))
        session.say(tr("“{name}” is queued; its pictures appear here as they are drawn", name=name))
