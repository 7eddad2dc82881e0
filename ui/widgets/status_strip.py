"""The strip at the lower edge: what runs, how far it is, how long it still takes, and its stop button."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from ui import theme
from ui.i18n import tr
from ui.icons import icon

if TYPE_CHECKING:
    from ui.gpu_thread import Task
    from ui.jobs import Jobs
    from ui.widgets.job_row import JobRow
    from ui.widgets.queue_list import QueueList

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
        self.layout().insertWidget(1, made, 1)
        return made

    @cached_property
    def queue(self) -> QueueList:
        """The list behind the button at the right end."""
        from ui.widgets.queue_list import QueueList

        return QueueList(self._jobs, self)

    def _build(self) -> None:
        self._said = QLabel(tr("Ready"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.MEDIUM, 0, theme.SMALL, 0)
        layout.addWidget(self._said)
        layout.addStretch(0)
        self.turns = QToolButton(visible=False)
        self.turns.setIcon(icon("queue"))
        self.turns.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.turns.setToolTip(tr("What waits, in which order, and what failed."))
        self.turns.clicked.connect(lambda: self.queue.open_over(self.turns))
        layout.addWidget(self.turns)

    def _bind(self) -> None:
        self._jobs.queued.connect(self._show)
        self._jobs.advanced.connect(self._show)
        self._jobs.ended.connect(self._ended)
        self._jobs.rearranged.connect(self._show)

    def _ended(self, task: Task) -> None:
        self._last = task
        self._show()
        QTimer.singleShot(_REMEMBERED_MS, self, self._forget)

    def _forget(self) -> None:
        self._last = None
        self._show()

    def _show(self) -> None:
        self._said.setText(ended_text(self._last) if self._last else idle_text(self._jobs))
        self._said.setVisible(not self._jobs.open)
        self.row.setVisible(bool(self._jobs.open))
        self.row.refresh()
        said = queue_text(self._jobs)
        self.turns.setText(said)
        self.turns.setVisible(bool(said))


def idle_text(jobs: Jobs) -> str:
    """What is said while no job of this window runs."""
    return tr("{run} goes on in a process of its own", run=jobs.elsewhere) if jobs.elsewhere else tr("Ready")


def queue_text(jobs: Jobs) -> str:
    """How many wait behind what is shown, whether they may begin, and how many failed; empty where there is nothing."""
    behind, failed = max(0, len(jobs.open) - 1), len(jobs.failed)
    parts = (tr("queue {n}", n=behind) if behind else "", tr("paused") if jobs.is_paused and jobs.waiting else "",
             tr("{n} failed", n=failed) if failed else "")
    return " · ".join(part for part in parts if part)


def ended_text(task: Task) -> str:
    """How the last job ended, in a word."""
    ends = {"finished": tr("{title} · done", title=task.title),
            "stopped": tr("{title} · stopped, what was done is kept", title=task.title),
            "failed": tr("{title} · failed", title=task.title)}
    return ends.get(task.course.status, task.title)
