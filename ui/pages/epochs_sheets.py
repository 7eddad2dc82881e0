"""What is drawn for the epochs page, and where its epochs go: comparing, going on, more seeds, and using one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from studio.core.compared_epochs import FRESH, contenders, fresh_seeds, is_epoch
from studio.core.events import Finished
from ui.gpu_thread import Task
from ui.i18n import tr, trn
from ui.pages.training_live_curves import short_name
from ui.viewstate.amounts import time_of

if TYPE_CHECKING:
    from studio.jobs.execute import Job
    from studio.jobs.plan_sheet import PlannedSheet
    from ui.pages.epochs import EpochsPage


class Sheets(QObject):
    """Queues sheets and tells what comes of them; the pictures reach the page by the shelf."""

    def __init__(self, page: EpochsPage) -> None:
        super().__init__(page)
        self._page, self._session = page, page.session
        self._preparing: Task | None = None
        self._add_actions()

    # What a person asks for

    def compare(self) -> None:
        """Asks what shall be compared, and says what it takes."""
        from ui.dialogs.compare import CompareDialog

        if run := self.run:
            self.dialog = CompareDialog(self._session, self._page, run, self._page.shelf.found.saved.get(run, ()))
            self.dialog.begun.connect(self._begun)
            self.dialog.open()

    def go_on(self) -> None:
        """Draws what the sheet still lacks."""
        from studio.jobs.prepare_sheet import GoOn

        series = self._page.series
        self._prepare(GoOn(self._session.place, series.sheets, series.run), tr("Looking at what is missing"))

    def more_seeds(self) -> None:
        """Draws the epochs that the sentence rests on once more, under seeds that nobody has seen."""
        from studio.jobs.prepare_sheet import MoreSeeds

        series = self._page.series
        controls = [each for each in series.epochs if not is_epoch(each)]
        arms = (*controls, *contenders(self._page.judging.verdict))
        seeds = fresh_seeds(series.seeds)
        job = MoreSeeds(self._session.place, series.sheets, series.run, arms, seeds)
        self._prepare(job, tr("Preparing {n} more seeds", n=FRESH))

    # What is so

    @property
    def run(self) -> str:
        """The run whose epochs can be compared: the one that is shown, else the newest with files."""
        found = self._page.shelf.found
        shown = self._page.head.run
        return shown if shown in found.with_files else next((run for run in found.runs if run in found.with_files), "")

    @property
    def is_drawing(self) -> bool:
        """Whether a sheet of what is shown is being drawn, or waits its turn."""
        series = self._page.series
        return self._preparing is not None or any(
            task.kind == "sheet" and task.ticket.job.folder and task.ticket.job.folder.name in series.sheets
            for task in self._session.jobs.open)

    @property
    def left(self) -> int:
        """How many pictures of the sheet that is shown nobody draws as yet."""
        series = self._page.series
        return series.missing if series.is_sheet and not self.is_drawing else 0

    def reasons(self) -> Mapping[str, str]:
        """Why an action cannot be done now, empty where it can."""
        page = self._page
        of_sheet = "" if page.series.is_sheet else tr("These are previews: compare the epochs first.")
        drawing = tr("Pictures of this sheet are being drawn.") if self.is_drawing else ""
        few = "" if len(contenders(page.judging.verdict)) > 1 else tr("Mark cells of two epochs first.")
        whole = "" if page.series.missing else tr("Every picture of this sheet is there.")
        return {
            "epochs.compare": "" if self.run else tr("No LoRA file of this run is left."),
            "epochs.go_on": of_sheet or drawing or whole, "epochs.seeds": of_sheet or drawing or few,
        }

    # Inside

    def _add_actions(self) -> None:
        add, group, within = self._session.actions.add, tr("Epochs"), self._page
        add("epochs.compare", tr("Compare epochs"), self.compare, icon="epochs", key="Ctrl+E", group=group,
            within=within, tip=tr("Draws a few epochs under the same prompts and seeds, beside base and target."))
        add("epochs.go_on", tr("Go on drawing"), self.go_on, icon="play", key="Ctrl+G", group=group, within=within,
            tip=tr("Draws the pictures that this sheet still lacks."))
        add("epochs.seeds", tr("{n} more seeds", n=FRESH), self.more_seeds, icon="add", key="Ctrl+M", group=group,
            within=within, tip=tr("Draws the epochs that the sentence rests on under seeds that nobody has seen; marks "
                                  "stay as they are."))

    def _prepare(self, job: Job, title: str) -> None:
        if self._preparing is None:
            self._preparing = self._session.run(job, title, self._prepared)
            self._page.show_state()

    def _prepared(self, task: Task) -> None:
        self._preparing = None
        if isinstance(task.ending, Finished):
            planned, jobs = task.ending.facts["planned"], task.ending.facts["jobs"]
            for job in jobs:
                self._session.run(job, self._title(task.ending.facts["planned"][0].run))
            self._say(planned)
        self._page.show_state()

    def _begun(self, job: Job, planned: PlannedSheet) -> None:
        self._session.run(job, self._title(planned.run))
        self._page.choice.expect(planned.run, job.folder.name)
        self._say((planned,))

    def _say(self, planned: tuple[PlannedSheet, ...]) -> None:
        pictures = sum(len(each.missing) for each in planned)
        if pictures:
            self._session.say(trn("{n} picture, about {time}: it appears here when it is drawn",
                                  "{n} pictures, about {time}: they appear here as they are drawn", pictures,
                                  time=time_of(sum(each.render_s for each in planned))))
        else:
            self._session.say(tr("Every picture is there already"))

    def _title(self, run: str) -> str:
        return tr("Comparing epochs of {run}", run=short_name(run))


