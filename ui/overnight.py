"""What surrounds long jobs: a queue that is kept, runs that are found, a machine that stays awake, a note at the end.

It is made with the first project that is opened; a window that only shows the start page does without.
"""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from studio.jobs.awake import LONG, Awake
from ui.desktop_note import DesktopNote
from ui.gpu_thread import Task
from ui.i18n import tr
from ui.icons import icon
from ui.kept_queue import KeptQueue
from ui.notices import Notice
from ui.run_offers import RunOffers
from ui.session import Session


class Overnight(QObject):
    """Listens to the session's projects and jobs."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self._ended_run = ""  # of another process, told of last
        self._is_seen = QGuiApplication.platformName() != "offscreen"  # else there is nobody to tell or to wait for
        self.queue, self.offers = KeptQueue(session, self), RunOffers(session, self)
        self.awake = Awake(lambda line: _log(session, line))
        self.note = DesktopNote(icon("training"), self)
        self._register()
        session.project_opened.connect(self.look)
        session.project_closing.connect(self.offers.close)
        self.offers.ended.connect(self._tell_end)
        session.jobs.queued.connect(self._stay_awake)
        session.jobs.ended.connect(self._ended)

    def look(self) -> None:
        """Finds what the open project left to do."""
        self.queue.open()
        self.offers.look()

    def _register(self) -> None:
        add, group = self._session.actions.add, tr("Runs")
        add("runs.resume", tr("Go on with the interrupted run"), self._resume, icon="play", group=group,
            tip=tr("Takes up the newest run that was cut short."))
        add("runs.show", tr("Show the run"), self._show, icon="training", group=group,
            tip=tr("Shows the run that goes on without the window."))
        add("queue.go", tr("Go on with the queue"), lambda: self._session.jobs.pause(False), icon="play", group=group,
            tip=tr("Begins with what waits."))

    def _resume(self) -> None:
        from studio.jobs.train import resume_training

        session, run = self._session, self.offers.interrupted
        if not run:
            session.say(tr("No run of this project was interrupted."))
            return
        job = session.attempt(lambda: resume_training(session.place, run))
        if job:
            self.offers.interrupted = ""
            session.run(job, tr("Training {run}", run=run))
            session.show_run(run)

    def _show(self) -> None:
        run = self.offers.going or self._ended_run
        self._session.show_run(run) if run else self._session.show_page("training")

    def _tell_end(self, run: str) -> None:
        """Of a run that another process trained."""
        self._ended_run = run
        self._session.noticed.emit(Notice(tr("{run} has ended", run=run), action="runs.show"))
        if not self._window.isActiveWindow():
            self.note.tell(run, tr("It has ended"))

    def _stay_awake(self, task: Task) -> None:
        if self._is_seen and task.kind in LONG:
            self.awake.hold(task.title)

    def _ended(self, task: Task) -> None:
        if not any(each.kind in LONG for each in self._session.jobs.open):
            self.awake.release()
        if task.kind in LONG and task.course.status in ("finished", "failed") and not self._window.isActiveWindow():
            told = {"finished": tr("Finished"), "failed": tr("Failed")}[task.course.status]
            failure = task.course.failure
            self.note.tell(task.title, f"{told}: {failure.what}" if failure else told)


def _log(session: Session, line: str) -> None:
    from ui.faults import write_down

    write_down(session.settings.folder, OSError(line))
