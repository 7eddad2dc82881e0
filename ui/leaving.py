"""What becomes of jobs when the window is closed? A person is asked once; a run may go on without the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from ui.i18n import tr, trn
from ui.session import Session

if TYPE_CHECKING:
    from studio.core.errors import UserError
    from ui.gpu_thread import Task
    from ui.kept_queue import KeptQueue

_BAKE_ON, _STOP = 0, 1


class Leaving(QObject):
    """Asked by the window whether it may close, and closes it when what runs has been put away."""

    def __init__(self, session: Session, window: QWidget, queue: Callable[[], KeptQueue | None]) -> None:
        super().__init__(window)
        self._session, self._window, self._queue = session, window, queue
        self._is_leaving = False
        self._baking: list[tuple[Path, Task]] = []  # what goes on without the window, and in which project
        session.jobs.ended.connect(self._go_after)

    def may_leave(self) -> bool:
        """Whether nothing runs; else asks, and on a yes stops what does."""
        running = self._session.jobs.open
        if not running:
            return True
        if not self._is_leaving:
            self._ask(running)
        return self._is_leaving and not self._session.jobs.open  # what ran may have ended before the answer came

    def _ask(self, running: tuple[Task, ...]) -> None:
        training = [task for task in running if task.run and not task.is_waiting]
        answer = self._asked_of_training(training[0]) if training else self._asked(running)
        if answer is None:
            return
        if answer == _BAKE_ON:
            self._baking = [(task.ticket.job.place.folder, task) for task in training]
        self._is_leaving = True
        if queue := self._queue():
            queue.hold()
        self._session.jobs.stop_all()
        self._session.say(tr("Stopping; the window closes when what is done has been saved."))

    def _asked_of_training(self, task: Task) -> int | None:
        """A run can go on without the window."""
        what = tr("“{title}” is still training.", title=task.title)
        more = tr("It can go on without the window, in a process of its own; opening the project again shows it. Or it "
                  "stops after the step at hand, and goes on later as if it had never stopped.")
        answers = (tr("Keep baking without the window"), tr("Stop after saving"), tr("Cancel"))
        answer = self._session.ask.choice(self._window, tr("Close the window?"), what, more, answers)
        return answer if answer in (_BAKE_ON, _STOP) else None

    def _asked(self, running: tuple[Task, ...]) -> int | None:
        what = trn("“{title}” is still at work.", "“{title}” and {more} more are still at work.", len(running),
                   title=running[0].title, more=len(running) - 1)
        more = tr("Closing stops it after the step at hand. What is done is saved, and can be resumed.")
        answers = (tr("Stop and close"), tr("Keep working"))
        answer = self._session.ask.choice(self._window, tr("Close the window?"), what, more, answers)
        return _STOP if answer == 0 else None

    def _go_after(self, _: Task) -> None:
        if self._is_leaving and not self._session.jobs.open and self._bakes_on():
            self._window.close()

    def _bakes_on(self) -> bool:
        """Hands the runs over; where that fails the window stays, and says why."""
        from studio.core.errors import UserError
        from studio.jobs.detach import go_on_detached

        try:
            for folder, task in self._baking:
                if task.course.status == "stopped":  # one that has just finished has nothing left to do
                    go_on_detached(folder, task.run)
            return True
        except (UserError, OSError) as error:
            what = tr("No other process can be started")
            self._stay(error if isinstance(error, UserError) else UserError(what, str(error)))
            return False

    def _stay(self, error: UserError) -> None:
        self._is_leaving, self._baking = False, []
        if queue := self._queue():
            queue.go_on()
        self._session.say_error(error)
