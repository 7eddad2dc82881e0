"""What is done with a whole sheet of the grids page: a new one, going on with one, and writing about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.core.axes import EPOCH
from studio.core.events import Finished
from studio.core.grid_base import base_sheet
from studio.store import sweeps
from ui.gpu_thread import Task
from ui.i18n import tr
from ui.viewstate.grid_words import title_of

if TYPE_CHECKING:
    from studio.jobs.execute import Job
    from ui.pages.grids import GridsPage


class Sheets:
    """Queues jobs and opens dialogs; the pictures reach the page by the shelf."""

    def __init__(self, page: GridsPage) -> None:
        self._page = page

    def new(self) -> None:
        """Asks which, and queues it."""
        from ui.dialogs.new_sheet import NewSheetDialog

        page, runs = self._page, self._page.shelf.found.runs
        run = page.sheet.run if page.sheet and page.sheet.run in runs else ""
        self.dialog = NewSheetDialog(page.session, runs, run, page)
        self.dialog.open()

    def go_on(self) -> None:
        """What the sheet that is shown still lacks."""
        page = self._page
        page.session.run(self._going_on(page.sheet.id), tr("Preparing the sheet"), self._prepared)

    def draw_base(self) -> None:
        """Step 0 of every row and column of the sheet that is shown, as a sheet of its own."""
        session, page = self._page.session, self._page
        wanted = base_sheet(page.sheet.sheet)
        known = next((each.id for each in page.shelf.found.sheets if each.sheet == wanted), "")
        id = known or sweeps.create_sheet(session.place, wanted).folder.name
        session.run(self._going_on(id), tr("Preparing the sheet"), self._prepared)

    def write_article(self) -> None:
        from ui.dialogs.article_dialog import open_article

        open_article(self._page.session, self._page, (self._page.sheet.id,))

    def reasons(self) -> dict[str, str]:
        """Why an action cannot be done now, empty where it can."""
        page, sheet = self._page, self._page.sheet
        names_epochs = sheet is not None and any(axis.name == EPOCH for axis in sheet.sheet.axes)
        whole = tr("Every picture of this sheet is there.") if sheet is None or sheet.is_whole else ""
        has_files = sheet is not None and sheet.run in page.shelf.found.runs
        no_files = "" if has_files else tr("No LoRA file of this run is left.")
        no_epochs = "" if names_epochs else tr("No axis of this sheet names epochs.")
        return {"grids.go_on": whole or no_files or self._why_busy(), "grids.epochs": no_epochs,
                "grids.draw_step0": no_epochs or no_files or self._why_based()}

    def _why_busy(self) -> str:
        jobs = (task.ticket.job for task in self._page.session.jobs.open if task.kind == "sheet")
        is_drawn = any(job.folder and job.folder.name == self._page.sheet.id for job in jobs)
        return tr("Pictures of this sheet are being drawn.") if is_drawn else ""

    def _why_based(self) -> str:
        page = self._page
        there = page.shelf.found.pictures or {}
        is_based = all(each.step0 in there for each in page.sheet.spots)
        return tr("Step 0 of every prompt and seed is there.") if is_based else ""

    def _going_on(self, id: str) -> Job:
        from studio.jobs.prepare_sheet import GoOn

        return GoOn(self._page.session.place, (id,), self._page.sheet.run)

    def _prepared(self, task: Task) -> None:
        if isinstance(task.ending, Finished):
            for job in task.ending.facts["jobs"]:
                self._page.session.run(job, tr("Drawing {plan}", plan=title_of(self._page.sheet)))
