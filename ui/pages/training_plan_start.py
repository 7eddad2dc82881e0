"""From the plan to a run: looked at first, frozen then, queued last. A run on disk is there before its first step."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from studio.core.draft import Draft
from studio.core.rules.intent import Objection
from studio.core.rules.table import recorded
from studio.jobs.freeze_run import FreezeRun
from ui.gpu_thread import Task
from ui.i18n import tr
from ui.session import Session
from ui.viewstate.outlook import reasons


class Starter(QObject):
    """Tells of a run that was made; its training is queued then."""

    started = Signal(str)     # the id of the run, just before it is queued
    changed = Signal()        # `is_busy` did

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._task: Task | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a run is being made right now."""
        return self._task is not None

    def start(self, draft: Draft, said: Iterable[Objection]) -> None:
        """Makes a run of the draft; what the rules `said` is kept beside the reasons against it."""
        if self.is_busy:
            return
        refused = recorded(said, reasons(draft))
        job = FreezeRun(self._session.place, draft.frozen, draft.characters, draft.parent, refused)
        self._task = self._session.run(job, tr("Freezing the run"), self._frozen)
        self.changed.emit()

    def _frozen(self, task: Task) -> None:
        self._task = None
        self.changed.emit()
        if task.course.status == "finished":
            run, job = str(task.ending.facts["run"]), task.ending.facts["job"]
            self.started.emit(run)  # what shows it is built before torch is imported: both would wait for each other
            self._session.run(job, tr("Training {run}", run=run))
