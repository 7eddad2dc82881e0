"""Marks that add up: which epoch, at which strength, whose fault, how sure, and what was concluded when.

The page reads from top to bottom; every number leads to the cells that it rests on.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from studio.core.axes import EPOCH
from studio.core.compared_epochs import contenders, fresh_seeds
from studio.core.evidence import Question
from studio.core.events import Finished
from studio.core.verdict_journal import Held
from studio.jobs.evidence import Marked, pick_text
from studio.store.atomic import write_atomic
from studio.store.verdicts import retract, write_judgement
from ui.gpu_thread import Task
from ui.i18n import tr, trn
from ui.pages.blind_curtain import Curtain
from ui.pages.epochs_judging import judge_name
from ui.pages.epochs_verdict import WhyDialog
from ui.pages.evidence_actions import add_actions
from ui.pages.evidence_layout import EvidenceLayout
from ui.pages.evidence_parts import Desk
from ui.pages.evidence_reading import Readings
from ui.session import Session
from ui.viewstate.epoch_series import PREVIEWS
from ui.pages.evidence_seen import seen_cells
from ui.viewstate.evidence_report import PLANS, Answer
from ui.widgets.evidence_journal import RetractDialog


class EvidencePage(QWidget):
    """Shows the report of one run at a time."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.readings = Readings(session, self)
        self._build()
        self._bind()
        self.readings.look()

    @property
    def answer(self) -> Answer | None:
        """What the sentence at the top rests on."""
        return self.readings.found.report.answers.get("epoch")

    # What the sentence says, and what would change it

    def show_why(self) -> None:
        """The comparisons behind the sentence; a line leads to its cells."""
        if self.answer:
            found = self.answer.found
            self.why = WhyDialog(found.verdict, found.suppressions, self)
            self.why.asked.connect(self.open_cell)
            self.why.open()

    def more_seeds(self) -> None:
        """Queues the seeds that the sentence lacks."""
        from studio.jobs.prepare_sheet import MoreSeeds

        answer = self.answer
        if answer is None or answer.found.verdict.more is None:
            return
        marked, verdict = answer.marked, answer.found.verdict
        used = {cell.spec.seed for cell in marked.cells}
        job = MoreSeeds(self.session.place, marked.ids, marked.run, contenders(verdict),
                        fresh_seeds(used, verdict.more.seeds))
        self.session.run(job, tr("Preparing the sheet"), self._drawn)

    def write(self) -> None:
        """The verdict as it stands, into the journal."""
        if self.answer:
            found, cells = self.answer.found, self.answer.marked.cells_of(self.answer.found)
            judge = judge_name(self.session.settings)
            written = self.session.attempt(lambda: write_judgement(
                self.session.place.folder, pick_text(found), found.verdict.sentence, cells, judge))
            self.readings.look()
            if written:
                self.session.say(tr("The verdict is in the journal"))

    def retract_last(self) -> None:
        """The newest verdict that stands."""
        standing = [each for each in self.readings.found.report.journal if each.retraction is None]
        if standing:
            self.retract(standing[-1])

    def retract(self, held: Held) -> None:
        """Asks why, and what holds instead."""
        self.retracting = RetractDialog(held, self)
        self.retracting.agreed.connect(lambda why, instead: self._retract(held, why, instead))
        self.retracting.open()

    def _retract(self, held: Held, why: str, instead: str) -> None:
        cells = self.answer.marked.cells_of(self.answer.found) if self.answer else ()
        self.session.attempt(lambda: retract(self.session.place.folder, held.judgement.id, why, instead, cells,
                                             judge_name(self.session.settings)))
        self.readings.look()

    # Cells

    def show_cells(self, name: str, keys: Sequence[str]) -> None:
        """The cells behind a number, at the right."""
        self._homes = {key: each for each in self.readings.found.sheets for key in keys if key in each.home}
        sheets = {each.ids + (each.run,): each for each in self._homes.values()}
        cells = [cell for each in sheets.values()
                 for cell in seen_cells(each, [key for key in keys if self._homes.get(key) is each])]
        self.parts.cells.show_cells(name, cells)

    def open_cell(self, key: str) -> None:
        """Where the cell can be looked at beside the others: among the epochs, or in its grid."""
        marked = self._homes.get(key) or next((each for each in self.readings.found.sheets if key in each.home), None)
        if marked is None:
            return
        sheet = marked.home[key].partition("/")[0]
        self.session.show_cell(marked.run, sheet, key, page_of(marked))

    def _show_verdict_cells(self, pick: str, cells: Sequence[tuple[str, str]]) -> None:
        self.show_cells(pick, [key for _, key in cells])

    # Sheets that are wanting

    def make(self, question: Question) -> None:
        """Queues the sheet that answers a question."""
        from studio.jobs.prepare_sheet import PrepareSheet
        from ui.dialogs.cell_source import chosen_source

        run = self.readings.found.report.run
        if run:
            job = PrepareSheet(self.session.place, PLANS[question], run, chosen_source(self.session))
            self.session.run(job, tr("Preparing the sheet"), self._drawn)

    def mark(self, question: Question) -> None:
        """Goes where the cells of a sheet are marked."""
        report = self.readings.found.report
        answer = report.answers.get(question)
        marked = answer.marked if answer else report.open[question]
        if question == "epoch":
            key = next(iter(answer.unjudged if answer else marked.pictures), "")
            self.session.show_cell(marked.run, marked.home.get(key, marked.id), key, page_of(marked))
            return
        from ui.pages.evidence_marking import MarkingDialog

        self.marking = MarkingDialog(self.session, marked, question, self)
        self.marking.finished.connect(self.readings.look)
        self.marking.open()

    def _drawn(self, task: Task) -> None:
        """Queues what was prepared."""
        if not isinstance(task.ending, Finished):
            return
        facts = task.ending.facts
        for job in facts.get("jobs", ()) or (facts["job"],):
            self.session.run(job, tr("Drawing sheet {id}", id=job.of.folder.name))
        self.session.say(tr("The sheet is queued; what its marks say appears here"))

    # Files

    def save_table(self) -> None:
        """The table of hits, as it stands here."""
        if self.answer is None:
            return
        name = f"hits-{self.answer.marked.id}.csv"
        path = self.session.ask.save(self, tr("Save the table"), "evidence_csv", name, tr("Tables (*.csv)"))
        if path:
            self.session.attempt(lambda: write_atomic(path, self.answer.found.table.csv))
            self.session.say(tr("The table is in {file}", file=path.name))

    def export(self) -> None:
        """An article of the sheets that are shown."""
        from ui.dialogs.article_dialog import open_article

        report, first = self.readings.found.report, self.answer
        ids = (id for each in ((first.marked,) if first else ()) + report.sheets for id in each.ids if id != PREVIEWS)
        open_article(self.session, self, tuple(dict.fromkeys(ids)))

    # What is shown

    def step(self, by: int) -> None:
        """The next part, or the one before."""
        self.parts.step(by)

    def _build(self) -> None:
        self._homes: dict[str, Marked] = {}
        add_actions(self)
        self.parts = EvidenceLayout(self.session, Desk(self.session, self.show_cells, self.make, self.mark))
        body = QWidget()
        self._layers = QStackedLayout(body)
        for each in self.parts.layers:
            self._layers.addWidget(each)
        self.curtain = Curtain(self, body, self.session, tr("Evidence"), self._switch)
        self.setFocusProxy(self.parts.list)

    def _bind(self) -> None:
        parts = self.parts
        self.readings.changed.connect(self._renew)
        parts.head.wished.connect(self.readings.ask)
        parts.cells.asked.connect(self.open_cell)
        parts.journal.cells_asked.connect(self._show_verdict_cells)
        parts.journal.retraction_asked.connect(self.retract)
        self.session.project_closing.connect(self._close)

    def _close(self) -> None:
        self.readings.close()
        self.parts.loader.close()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.readings.watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.readings.watch(False)

    def _renew(self) -> None:
        found = self.readings.found
        self._layers.setCurrentIndex(self.parts.layer_of(found, self.readings.has_looked))
        self.parts.head.show_choice(found, self.readings.wish)
        self.parts.show_report(found.report)
        self._switch()

    def _switch(self) -> None:
        """Actions that cannot be done say why."""
        if self.session.blindfold.is_on:
            return
        report, answer, actions = self.readings.found.report, self.answer, self.session.actions
        none = "" if answer else tr("Nothing of this run is marked yet.")
        more = answer.found.verdict.more if answer else None
        may_more = answer is not None and answer.marked.id != PREVIEWS and answer.found.axis == EPOCH
        reasons = {
            "more": none or ("" if more and may_more else tr("A few more seeds would not change this sentence.")
                             if may_more else tr("Only sheets of epochs can be drawn on more seeds from here.")),
            "why": none, "write": none, "csv": none,
            "retract": "" if any(each.retraction is None for each in report.journal) else tr("No verdict stands."),
            "export": "" if report.sheets else tr("There is no sheet yet."),
        }  # fmt: skip
        text = trn("{n} more seed", "{n} more seeds", more.seeds) if more and may_more else tr("More seeds")
        actions["evidence.more"].setText(text)
        actions["evidence.more"].setIconText(text)
        for id, reason in reasons.items():
            (actions.disable if reason else actions.enable)(f"evidence.{id}", reason)


def page_of(marked: Marked) -> str:
    """Where its cells are looked at: beside each other by epoch, or in their grid."""
    return "epochs" if any(axis.name == EPOCH for axis in marked.sheet.axes) else "grids"
