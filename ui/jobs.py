"""What runs, what waits, and what became of it? Every job of the window goes through here.

The GUI thread empties the threads' mailboxes every 50 ms and folds what it finds. Jobs for the card wait here, in an
order that a person may change, and go to their thread one at a time. What jobs need is imported with the first of them:
the window opens without.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from studio.core.events import Ending, Event
    from studio.jobs.execute import Job
    from ui.gpu_thread import GpuThread, Task

DRAIN_MS = 50

_MOST_FAILED = 5


class Jobs(QObject):
    """Every job the window runs. Each task is queued once and ends once; between, its events come in batches."""

    queued = Signal(object)            # Task
    advanced = Signal(object, object)  # Task, tuple[Event, ...]
    ended = Signal(object)             # Task
    rearranged = Signal()              # the order of what waits, whether the queue is paused, what failed
    closed = Signal()                  # nothing runs any more, and nothing is told of it after this

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._numbers = count(1)
        self._tasks: list[Task] = []
        self._failed: list[Task] = []
        self._on_card: Task | None = None
        self._is_paused, self._elsewhere = False, ""
        self.is_closing = False  # what is stopped from then on was not stopped by a person
        self._threads: dict[bool, GpuThread] = {}  # by whether they own the card; begun with the first job for them
        self._timer = QTimer(self, interval=DRAIN_MS)
        self._timer.timeout.connect(self.drain)

    @property
    def open(self) -> tuple[Task, ...]:
        """The tasks that have not ended, oldest first; those that wait for the card in the order of their turns."""
        return tuple(self._tasks)

    @property
    def waiting(self) -> tuple[Task, ...]:
        """Those that wait for the card, the next one first."""
        return tuple(each for each in self._tasks if each.is_for_card and each is not self._on_card)

    @property
    def failed(self) -> tuple[Task, ...]:
        """The last ones that failed and were neither tried again nor put aside, newest last."""
        return tuple(self._failed)

    @property
    def elsewhere(self) -> str:
        """The run that another process trains; empty without one."""
        return self._elsewhere

    @property
    def is_paused(self) -> bool:
        """Whether the next job for the card waits for a person."""
        return self._is_paused

    def submit(self, job: Job, title: str, then: Callable[[Task], object] | None = None, quiet: bool = False,
               make: Callable[[], Job] | None = None, after: Task | None = None) -> Task:
        """Queues a job; `then` is called in the GUI thread when it has ended, however it did.

        With `make` the job itself is made when its turn comes; `job` tells its kind until then.
        """
        from studio.core.fold import Course
        from studio.jobs.execute import Ticket
        from ui.gpu_thread import Task

        course = Course(kind=job.kind, started=time.time())
        task = Task(next(self._numbers), title, Ticket(job), course, then, quiet, make=make, after=after)
        self._tasks.append(task)
        self.queued.emit(task)
        if task.is_for_card:
            self._feed()
        else:
            self._thread(False).submit(task)
        self._timer.start()
        return task

    def task_of(self, run: str) -> Task | None:
        """The open task that trains a run."""
        return next((each for each in self._tasks if run and each.run == run), None)

    # What a person does with the queue

    def move(self, task: Task, place: int) -> None:
        """Gives a waiting task another turn, from 0."""
        waiting = [each for each in self.waiting if each is not task]
        if task not in self._tasks or task is self._on_card:
            return
        waiting.insert(place, task)
        turns = iter(waiting)
        self._tasks = [next(turns) if each.is_for_card and each is not self._on_card else each for each in self._tasks]
        self._rearrange()

    def pause(self, is_paused: bool = True) -> None:
        """While it is paused no other job for the card begins; what runs goes on."""
        self._is_paused = is_paused
        self._rearrange()

    def free_card(self, task: Task) -> None:
        """Pauses training: it ends after the step at hand and lets its memory go; nothing that waits comes in."""
        from studio.core.wishes import Wish
        from studio.store.wishes import ask

        task.frees_card = True
        ask(task.ticket.job.folder, Wish("pause"))
        if self.waiting:
            self.pause()

    def make_way(self, run: str) -> None:
        """Waits for a run that another process trains: two on one card would be slow, or find no memory.

        Without a run it waits no longer.
        """
        self._elsewhere = run
        self.pause(bool(run))

    def start_after(self, task: Task, before: Task | None) -> None:
        """Holds a waiting task until another is finished; None lets it go."""
        task.after = before
        self._rearrange()

    def retry(self, task: Task) -> Task:
        """Queues a failed job once more; training goes on where it was."""
        self.put_aside(task)
        return self.submit(task.ticket.job, task.title, task.then, task.quiet, task.make)

    def put_aside(self, task: Task) -> None:
        """Forgets that a task failed."""
        if task in self._failed:
            self._failed.remove(task)
            self._rearrange()

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
        self._end_stopped()
        if not self._tasks:
            self._timer.stop()

    def close(self) -> None:
        """Stops what runs, waits for it, and ends the threads."""
        self.is_closing = True
        self.stop_all()
        self._end_stopped()
        for thread in self._threads.values():
            thread.close()
        self.drain()
        self._threads.clear()
        self.is_closing = False
        self.closed.emit()

    def _thread(self, on_card: bool) -> GpuThread:
        from ui.gpu_thread import GpuThread

        if on_card not in self._threads:
            self._threads[on_card] = GpuThread("auto" if on_card else "cpu")
        return self._threads[on_card]

    def _feed(self) -> None:
        """Gives the card's thread its next job, if it has none and one may begin."""
        free = (each for each in self.waiting if not each.is_held and not each.is_stopping)
        if self._on_card or self._is_paused or (task := next(free, None)) is None:
            return
        self._on_card = task
        if self._is_made(task):
            self._thread(True).submit(task)

    def _is_made(self, task: Task) -> bool:
        """Makes the job of a task that was only written down; where that fails the task has failed."""
        from studio.core.errors import UserError
        from studio.core.events import Failed
        from studio.jobs.execute import Ticket

        if task.make is None:
            return True
        try:
            task.ticket = Ticket(task.make(), task.ticket.stop)
            return True
        except UserError as error:
            self._tell(task, (Failed("person", error.what, error.remedy),))
            return False

    def _end_stopped(self) -> None:
        """What waits for the card and was stopped ends without ever having begun."""
        from studio.core.events import Stopped

        for task in [each for each in self.waiting if each.is_stopping]:
            self._tell(task, (Stopped(),))

    def _rearrange(self) -> None:
        self.rearranged.emit()
        self._feed()

    def _tell(self, task: Task, events: tuple[Event, ...]) -> None:
        from studio.core.events import Failed, Finished, Stopped
        from studio.core.fold import fold_course

        task.course = fold_course(events, task.course)
        if isinstance(events[-1], Finished | Stopped | Failed):
            self._end(task, events[-1])
        self.advanced.emit(task, events)
        if task.ending is not None:
            self.ended.emit(task)
            if task.then:
                task.then(task)
            self._feed()

    def _end(self, task: Task, ending: Ending) -> None:
        from studio.core.events import Failed

        task.ending = ending
        self._tasks.remove(task)
        if self._on_card is task:
            self._on_card = None
        if isinstance(ending, Failed) and task.is_for_card:
            self._failed = [*self._failed, task][-_MOST_FAILED:]
            self._is_paused |= ending.kind == "device"  # every other job would lose the card as well


@dataclass(frozen=True, slots=True)
class Coming:
    """Stands for a job that is made when its turn comes."""

    kind: str
    folder: Path | None = None

    def run(self, gpu: object, emit: object, stop: object) -> None:
        raise NotImplementedError("it is made before it runs")
