"""How does the queue outlive the program? Runs that wait, train or failed here stand in the project's `queue.json` too.

When the project is opened again they come back as tasks, each after the one that it was to come after, and the queue is
paused: a card should not begin to work because somebody looked at a project. The window never waits for the file.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from studio.core.orders import Entry, Order
from ui.gpu_thread import Task
from ui.i18n import tr, trn
from ui.jobs import Coming
from ui.notices import Notice
from ui.session import Session
from ui.kept_texts import Writing

if TYPE_CHECKING:
    from studio.jobs.execute import Job
    from studio.store.queue import QueueFile
    from studio.store.workspace import Workspace

_KINDS = {"train": "train", "resume": "train", "sheet": "sheet", "tag": "tag"}  # what a task of an order is


class KeptQueue(QObject):
    """Mirrors tasks into the queue of the project they belong to, and makes tasks of what was left there."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._files: dict[Path, QueueFile] = {}
        self._entries: dict[Task, tuple[QueueFile, str]] = {}
        self._is_held = False
        self._writing = Writing(self)
        self._writing.failed.connect(self._complain)
        session.project_closing.connect(self.flush)
        session.jobs.closed.connect(self.flush)
        session.jobs.queued.connect(self._queued)
        session.jobs.advanced.connect(self._advanced)
        session.jobs.ended.connect(self._ended)
        session.jobs.rearranged.connect(self._rearranged)

    def flush(self) -> None:
        """Waits until the files say what the queue is."""
        self._writing.flush()

    def open(self) -> None:
        """Takes up what the open project left; told in a notice."""
        self.flush()
        folder = self._session.place.folder
        there = {id for file, id in self._entries.values() if file is self._files.get(folder)}
        if not there:
            self._files.pop(folder, None)  # whatever changed it meanwhile: nothing of ours depends on it
        file = self._file(folder)
        if file.trouble:
            self._session.say(file.trouble)
        left = [each for each in file.queue.entries if each.id not in there]
        for each in left:
            if each.status == "interrupted" and file.queue.awaited(each.id):
                file.retry(each.id)
            elif each.status != "waiting":
                file.remove(each.id)  # runs that ended badly are found by themselves
        known = {each.id for each in left}
        waiting = [each for each in file.queue.entries if each.id in known]
        if waiting:
            self._session.jobs.pause()
            self._take_up(file, waiting)

    def hold(self) -> None:
        """From here on what is stopped stays written down: the window closes, and the rest of the queue with it."""
        self._is_held = True

    def go_on(self) -> None:
        """It does not close after all."""
        self._is_held = False

    def _take_up(self, file: QueueFile, waiting: list[Entry]) -> None:
        tasks: dict[str, Task] = {}
        for each in waiting:
            tasks[each.id] = self._submit(file, each, title_of(each.order))
        for each in waiting:
            if each.after in tasks:
                self._session.jobs.start_after(tasks[each.id], tasks[each.after])
        self._session.noticed.emit(Notice(
            trn("{n} job waits from last time; the queue is paused",
                "{n} jobs wait from last time; the queue is paused", len(waiting)), action="queue.go"))

    def _submit(self, file: QueueFile, entry: Entry, title: str) -> Task:
        place, run = self._session.place, str(entry.order.facts.get("run", ""))
        kind = _KINDS.get(entry.order.kind, entry.order.kind)
        coming = Coming(kind, place.runs / run if kind == "train" and run else None)
        task = self._session.jobs.submit(coming, title, make=_maker(file, entry.id, place))
        self._entries[task] = file, entry.id
        return task

    def _queued(self, task: Task) -> None:
        """Training has a folder to come back to; other jobs are asked for again as quickly."""
        if not task.run or task.make:  # what is still to be made came from here
            return
        from studio.jobs.orders import resume_order

        job = task.ticket.job
        file = self._file(job.place.folder)
        self._entries[task] = file, file.add(resume_order(task.run, job.base), self._awaited_by(task, file))

    def _advanced(self, task: Task, _: object) -> None:
        file, id = self._entries.get(task, (None, ""))
        if file and task.ending is None and file.queue.entry(id).status == "waiting" and not task.is_waiting:
            file.mark(id, "running", task.run)

    def _ended(self, task: Task) -> None:
        """What is over needs no line; what never began while the window closes keeps its own."""
        file, id = self._entries.pop(task, (None, ""))
        if file is None:
            return
        has_begun = file.queue.entry(id).status == "running"
        if has_begun:
            file.mark(id, "stopped")
        if has_begun or not (self._is_held or self._session.jobs.is_closing):
            file.remove(id)

    def _rearranged(self) -> None:
        """The order of turns, and what comes after what, as a person made it."""
        place, waiting = 0, self._session.jobs.waiting
        for task in (*(each for each in self._session.jobs.open if each not in waiting), *waiting):
            file, id = self._entries.get(task, (None, ""))
            if file and file.queue.entries[place:place + 1] and file.queue.entries[place].id != id:
                file.move(id, place)
            place += file is not None
            if file and file.queue.entry(id).after != (before := self._awaited_by(task, file)):
                file.hold(id, before)
        for file in {each for each, _ in self._entries.values()}:
            if file.queue.paused != self._session.jobs.is_paused:
                file.pause(self._session.jobs.is_paused)

    def _awaited_by(self, task: Task, file: QueueFile) -> str:
        """The id of what a task comes after, as far as that stands in the same file."""
        before, id = self._entries.get(task.after, (None, "")) if task.after else (None, "")
        return id if before is file else ""

    def _file(self, folder: Path) -> QueueFile:
        from studio.store.queue import QueueFile

        if folder not in self._files:
            self._files[folder] = QueueFile(folder, self._writing.put)
        return self._files[folder]

    def _complain(self, error: OSError) -> None:
        """A queue that cannot be written keeps nobody from training."""
        self._session.say(tr("The queue could not be written down: {why}", why=str(error.strerror)))


def title_of(order: Order) -> str:
    """What a task of an order is called."""
    run = str(order.facts.get("run", ""))
    names = {"train": tr("Training a new run"), "resume": tr("Training {run}", run=run),
             "sheet": tr("Drawing {plan}", plan=str(order.facts.get("plan", ""))), "tag": tr("Tagging")}
    return names.get(order.kind, order.kind)


def _maker(file: QueueFile, id: str, place: Workspace) -> Callable[[], Job]:
    def make() -> Job:
        from studio.jobs.orders import job_of

        return job_of(file.queue.order_of(id), place)

    return make
