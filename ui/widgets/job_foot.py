"""The foot of a dialog that starts one job: how far it is, what came of it, and the buttons."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from studio.core.errors import UserError
from ui import theme
from ui.i18n import tr
from ui.widgets.basics import push, row
from ui.widgets.inline_error import InlineError

if TYPE_CHECKING:
    from studio.jobs.execute import Job
    from ui.gpu_thread import Task
    from ui.session import Session

_STEPS = 1000


class JobFoot(QWidget):
    """The button that starts the job stops it while it runs. What ends after the dialog is told in a notice.

    `more` are buttons of the dialog's own, left of those.
    """

    finished = Signal(object)  # the Task that ended well, or was stopped, while the dialog is there

    def __init__(self, session: Session, go: str, start: Callable[[], object], close: Callable[[], object],
                 *more: QPushButton) -> None:
        super().__init__()
        self._session, self._start, self._go_text = session, start, go
        self._task: Task | None = None
        self._is_closed, self._why_not = False, ""
        self.error = InlineError()
        self.told = QLabel(wordWrap=True)
        self.told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.bar = QProgressBar(textVisible=False, maximum=_STEPS)
        self.bar.setAccessibleName(tr("Progress"))
        self.go = push(go, self._pressed, main=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SMALL)
        for part in (self.error, self.told, self.bar):
            layout.addWidget(part)
            part.hide()
        layout.addLayout(row(*more, None, push(tr("Close"), close), self.go))
        session.jobs.advanced.connect(self._advanced)

    @property
    def is_busy(self) -> bool:
        return self._task is not None

    def allow(self, why_not: str = "") -> None:
        """The job can be started, or why it cannot."""
        self._why_not = why_not
        self.go.setEnabled(self.is_busy or not why_not)
        self.go.setToolTip(why_not)

    def rename(self, go: str) -> None:
        """Calls the button otherwise; one that stops a job says so until that has ended."""
        self._go_text = go
        if not self.is_busy:
            self.go.setText(go)

    def run(self, job: Job, title: str, then: Callable[[Task], str]) -> None:
        """Queues the job; `then` gives the text that is told when it has finished or was stopped.

        By then the dialog may be gone: what `then` reads must not be its widgets.
        """
        self.error.clear()
        self._say(tr("Waiting …"))
        self.bar.setValue(0)
        self.bar.show()
        self.go.setText(tr("Stop"))
        self.go.setEnabled(True)
        self._task = self._session.run(job, title, lambda task: self._ended(task, then), quiet=True)

    def leave(self) -> None:
        """The dialog goes; its job goes on."""
        self._is_closed = True

    def _pressed(self) -> None:
        if self._task is None:
            self._start()
            return
        self._task.stop()
        self.go.setEnabled(False)
        self._say(tr("Stopping …"))

    def _advanced(self, task: Task, _: object) -> None:
        if task is self._task and not self._is_closed and (progress := task.course.progress):
            self.bar.setValue(round(_STEPS * progress.done / max(1, progress.total)))
            if not task.is_stopping:
                self._say(tr("{done} of {total} …", done=f"{progress.done:,}", total=f"{progress.total:,}"))

    def _ended(self, task: Task, then: Callable[[Task], str]) -> None:
        from studio.core.events import Failed

        self._task = None
        if isinstance(task.ending, Failed):
            error = UserError(task.ending.what, task.ending.remedy)
            return self._session.say_error(error) if self._is_closed else self._failed(error)
        text = "\n".join((then(task), *task.course.notes))
        if self._is_closed:
            return self._session.say(text)
        self._done(text)
        self.finished.emit(task)

    def _failed(self, error: UserError) -> None:
        self._rest()
        self.told.hide()
        self.error.tell(error)

    def _done(self, text: str) -> None:
        self._rest()
        self._say(text)

    def _rest(self) -> None:
        self.bar.hide()
        self.go.setText(self._go_text)
        self.allow(self._why_not)

    def _say(self, text: str) -> None:
        self.told.setText(text)
        self.told.setVisible(bool(text))
