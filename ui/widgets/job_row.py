"""The job that runs, as the strip shows it: its title, its progress, the time left, and how it is stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QWidget

from ui import theme
from ui.i18n import tr
from ui.widgets.basics import Elided, caption, icon_only, row

if TYPE_CHECKING:
    from ui.gpu_thread import Task
    from ui.jobs import Jobs

_BAR, _LEFT = 160, 112  # widths that do not change while the numbers do


class JobRow(QWidget):
    """Shows the oldest job that runs; the others stand in the queue."""

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
        self.pause.setVisible(bool(running.run) and not running.is_waiting)
        self.pause.setEnabled(not running.is_stopping and not running.frees_card)

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
        self.pause = icon_only("pause", tr("Pause"), self._pause_shown,
                               tr("Pause\nSaves after the step at hand and frees the card."))
        layout = row(self._what, self._bar, self.left, self.pause, self.stop)
        layout.setStretch(0, 1)
        self.setLayout(layout)

    def _running(self) -> Task | None:
        """The oldest that is under way, else the oldest that waits."""
        under_way = [task for task in self._jobs.open if not task.is_waiting]
        return next(iter(under_way or self._jobs.open), None)

    def _pause_shown(self) -> None:
        if (task := self._running()) and task.run:
            self._jobs.free_card(task)
            self.refresh()

    def _stop_shown(self) -> None:
        if task := self._running():
            task.stop()
            self.refresh()


def running_text(task: Task) -> str:
    """What a job is and how far it is: "Importing Mira · 12 of 70 images", "Training Mira · step 41 of 120"."""
    if task.is_stopping:
        return tr("{title} · stopping after this step", title=task.title)
    if task.frees_card:
        return tr("{title} · pausing after this step", title=task.title)
    if task.is_waiting:
        return tr("{title} · waits its turn", title=task.title)
    progress = task.course.progress
    if progress is None:
        return tr("{title} · getting ready", title=task.title)
    what = progress.what if task.run else _counted(progress.what)
    told = {"title": task.title, "what": what, "done": f"{progress.done:,}", "total": f"{progress.total:,}"}
    if task.run:
        return tr("{title} · {what} {done} of {total}", **told)
    return tr("{title} · {done} of {total} {what}", **told).strip()


def _counted(what: str) -> str:
    """What a job counts, as people call many of them."""
    named = {"cell": tr("pictures"), "picture": tr("pictures"), "image": tr("pictures"), "images": tr("pictures"),
             "file": tr("files"), "row": tr("rows"), "part": tr("parts"), "score": tr("scores"), "step": tr("steps")}
    return named.get(what, what)


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
