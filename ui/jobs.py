"""What runs, what waits, and what became of it? Every job of the window goes through here.

The GUI thread empties the threads' mailboxes every 50 ms and folds what it finds. What jobs need is imported with the
first of them: the window opens without.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from studio.core.events import Event
    from studio.jobs.execute import Job
    from ui.gpu_thread import GpuThread, Task

DRAIN_MS = 50


class Jobs(QObject):
    """Every job the window runs. Each task is queued once and ends once; between, its events come in batches."""

    queued = Signal(object)            # Task
    advanced = Signal(object, object)  # Task, tuple[Event, ...]
    ended = Signal(object)             # Task

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._numbers = count(1)
        self._tasks: list[Task] = []
        self._threads: dict[bool, GpuThread] = {}  # by whether they own the card; begun with the first job for them
        self._timer = QTimer(self, interval=DRAIN_MS)
        self._timer.timeout.connect(self.drain)

    @property
    def open(self) -> tuple[Task, ...]:
        """The tasks that have not ended, oldest first."""
        return tuple(self._tasks)

    def submit(self, job: Job, title: str, then: Callable[[Task], object] | None = None,
               quiet: bool = False) -> Task:
        """Queues a job; `then` is called in the GUI thread when it has ended, however it did."""
        from studio.core.fold import Course
        from studio.jobs.execute import Ticket
        from ui.gpu_thread import Task

        task = Task(next(self._numbers), title, Ticket(job), Course(kind=job.kind, started=time.time()), then, quiet)
        self._tasks.append(task)
        self.queued.emit(task)
        self._thread_for(job).submit(task)
        self._timer.start()
        return task

    def stop_all(self) -> None:
        for task in self._tasks:
            task.stop()

    def drain(self) -> None:
        """Tells what happened since the last time."""
        news: dict[Task, list[Event]] = {}
        for task, event in (each for thread in self._threads.values() for each in thread.drain()):
            news.setdefault(task, []).append(event)
        for task, events in news.items():
            self._tell(task, tuple(events))
        if not self._tasks:
            self._timer.stop()

    def close(self) -> None:
        """Stops what runs, waits for it, and ends the threads."""
        self.stop_all()
        for thread in self._threads.values():
            thread.close()
        self.drain()
        self._threads.clear()

    def _thread_for(self, job: Job) -> GpuThread:
        from ui.gpu_thread import ON_CARD, GpuThread

        on_card = job.kind in ON_CARD
        if on_card not in self._threads:
            self._threads[on_card] = GpuThread("auto" if on_card else "cpu")
        return self._threads[on_card]

    def _tell(self, task: Task, events: tuple[Event, ...]) -> None:
        from studio.core.events import Failed, Finished, Stopped
        from studio.core.fold import fold_course

        task.course = fold_course(events, task.course)
        if isinstance(events[-1], Finished | Stopped | Failed):
            task.ending = events[-1]
            self._tasks.remove(task)
        self.advanced.emit(task, events)
        if task.ending is not None:
            self.ended.emit(task)
            if task.then:
                task.then(task)
