"""The strip at the lower edge: what runs, how far it is, how long it still takes, and its stop button."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from ui import theme
from ui.i18n import tr

if TYPE_CHECKING:
    from ui.gpu_thread import Task
    from ui.jobs import Jobs
    from ui.widgets.job_row import JobRow

HEIGHT = 32

_REMEMBERED_MS = 20_000  # how long it says how the last job ended


class StatusStrip(QWidget):
    """Says what runs, then how it ended, then that it is ready. The first job brings its row."""

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self._jobs = jobs
        self._last: Task | None = None
        self.setProperty("surface", "chrome")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self._build()
        self._bind()

    @property
    def text(self) -> str:
        """What it says."""
        return self.row.text if self._jobs.open else self._said.text()

    @cached_property
    def row(self) -> JobRow:
        from ui.widgets.job_row import JobRow

        made = JobRow(self._jobs)
        self.layout().addWidget(made, 1)
        return made

    def _build(self) -> None:
        self._said = QLabel(tr("Ready"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.MEDIUM, 0, theme.SMALL, 0)
        layout.addWidget(self._said)

    def _bind(self) -> None:
        self._jobs.queued.connect(self._show)
        self._jobs.advanced.connect(self._show)
        self._jobs.ended.connect(self._ended)

    def _ended(self, task: Task) -> None:
        self._last = task
        self._show()
        QTimer.singleShot(_REMEMBERED_MS, self, self._forget)

    def _forget(self) -> None:
        self._last = None
        self._show()

    def _show(self) -> None:
        self._said.setText(ended_text(self._last) if self._last else tr("Ready"))
        self._said.setVisible(not self._jobs.open)
        self.row.setVisible(bool(self._jobs.open))
        self.row.refresh()


def ended_text(task: Task) -> str:
    """How the last job ended, in a word."""
    ends = {"finished": tr("{title} · done", title=task.title),
            "stopped": tr("{title} · stopped, what was done is kept", title=task.title),
            "failed": tr("{title} · failed", title=task.title)}
    return ends.get(task.course.status, task.title)
