"""The job that runs, as the strip shows it: its title, its progress, the time left, and the jobs behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QProgressBar, QToolButton, QWidget

from ui import theme
from ui.i18n import tr
from ui.icons import icon
from ui.widgets.basics import Elided, caption, icon_only, row

if TYPE_CHECKING:
    from ui.gpu_thread import Task
    from ui.jobs import Jobs

_BAR, _LEFT = 160, 112  # widths that do not change while the numbers do


class JobRow(QWidget):
    """Shows the oldest job that runs; the others stand in a menu behind "queue"."""

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self._jobs = jobs
        self._build()

    @property
    def text(self) -> str:
        return self._what.text()

    def refresh(self) -> None:
        """Shows what is so at this moment."""
        running = self._running()
        if running is None:
            return
        progress = running.course.progress
        self._what.setText(running_text(running))
        self._bar.setRange(0, progress.total if progress else 0)
        self._bar.setValue(progress.done if progress else 0)
        self.left.setText(time_left(progress.seconds_left) if progress else "")
        self.stop.setEnabled(not running.is_stopping)
        self.queue.setVisible(len(self._jobs.open) > 1)
        self.queue.setText(tr("queue {n}", n=len(self._jobs.open) - 1))

    def _build(self) -> None:
        self._what = Elided()
        self._what.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        self._bar = QProgressBar(textVisible=False)
        self._bar.setFixedWidth(_BAR)
        self._bar.setAccessibleName(tr("Progress"))
        self.left = caption("")
        self.left.setFont(theme.tabular(self.left.font()))
        self.left.setMinimumWidth(_LEFT)
        self.stop = icon_only("stop", tr("Stop"), self._stop_shown,
                              tr("Stop\nFinishes the step at hand, saves what is done, and ends."))
        self.queue = QToolButton(popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        self.queue.setIcon(icon("queue"))
        self.queue.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.queue.setToolTip(tr("What waits its turn; click one to stop it."))
        self.queue.setMenu(QMenu(self.queue))
        self.queue.menu().aboutToShow.connect(self._list_waiting)
        layout = row(self._what, self._bar, self.left, self.stop, self.queue)
        layout.setStretch(0, 1)
        self.setLayout(layout)

    def _list_waiting(self) -> None:
        menu, running = self.queue.menu(), self._running()
        menu.clear()
        for task in self._jobs.open:
            if task is not running:
                menu.addAction(icon("stop"), task.title, task.stop)

    def _running(self) -> Task | None:
        """The oldest that is under way, else the oldest that waits."""
        under_way = [task for task in self._jobs.open if not task.is_waiting]
        return next(iter(under_way or self._jobs.open), None)

    def _stop_shown(self) -> None:
        if task := self._running():
            task.stop()
            self.refresh()


def running_text(task: Task) -> str:
    """What a job is and how far it is: "Importing Mira · 12 of 70 images"."""
    if task.is_stopping:
        return tr("{title} · stopping after this step", title=task.title)
    if task.is_waiting:
        return tr("{title} · waits its turn", title=task.title)
    progress = task.course.progress
    if progress is None:
        return tr("{title} · getting ready", title=task.title)
    return tr("{title} · {done} of {total} {what}", title=task.title, done=f"{progress.done:,}",
              total=f"{progress.total:,}", what=progress.what).strip()


def time_left(seconds: float | None) -> str:
    """The time that is left as people say it: "1 h 12 min left"; empty as long as nobody can say."""
    if seconds is None:
        return ""
    minutes = round(seconds / 60)
    if seconds < 60:
        return tr("{s} s left", s=max(1, round(seconds)))
    if minutes < 60:
        return tr("{m} min left", m=minutes)
    return tr("{h} h {m} min left", h=minutes // 60, m=minutes % 60)
