"""The queue as a person sees it: turns by dragging, a pause, another try."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.core.errors import UserError
from studio.core.events import Ending, Finished, Progress, Started, Stopped
from ui.widgets.queue_list import QueueList, state_of
from ui.widgets.status_strip import StatusStrip, queue_text


@dataclass(slots=True)
class Waits:
    kind: str = "train"
    folder: Path | None = None
    gate: threading.Event = field(default_factory=threading.Event)
    fails: bool = False

    def run(self, gpu, emit, stop) -> Ending:
        emit(Started("a", self.kind, 4))
        emit(Progress(1, 4))
        while not self.gate.wait(0.002):
            if stop.is_set():
                return Stopped({})
        if self.fails:
            raise UserError("The disk is full", "Make room.")
        return Finished({})


@pytest.fixture
def queue(app) -> QueueList:
    return app.window.findChild(StatusStrip).queue


def test_it_shows_what_runs_what_waits_and_what_failed(app, queue: QueueList) -> None:
    jobs = app.session.jobs
    bad, good, last = Waits(fails=True), Waits(), Waits()
    failing, running, waiting = (app.session.jobs.submit(job, title, quiet=True)
                                 for job, title in ((bad, "One"), (good, "Two"), (last, "Three")))
    bad.gate.set()
    app.finish(lambda: running.course.progress is not None)
    queue.refresh()
    assert queue.tasks == (running, waiting, failing)
    assert [state_of(jobs, each) for each in queue.tasks] == ["25 %", "waits", "failed"]
    assert queue_text(jobs) == "queue 1 · 1 failed"
    jobs.start_after(waiting, running)
    assert state_of(jobs, waiting) == "after “Two”"
    jobs.start_after(waiting, None)
    QTest.mouseClick(queue.pause, Qt.MouseButton.LeftButton)
    assert jobs.is_paused and state_of(jobs, waiting) == "waits: paused" and "paused" in queue_text(jobs)
    QTest.mouseClick(queue.pause, Qt.MouseButton.LeftButton)
    good.gate.set()
    last.gate.set()
    app.finish()
    bad.fails = False
    row = queue.list.itemWidget(queue.list.item(0))
    QTest.mouseClick(row._retry, Qt.MouseButton.LeftButton)
    app.finish()
    assert queue.tasks == () and jobs.failed == ()


def test_dragging_gives_another_turn(app, queue: QueueList) -> None:
    held = [Waits() for _ in range(4)]
    tasks = [app.session.run(job, f"Job {number}") for number, job in enumerate(held)]
    queue.list.give_turn(tasks[3], tasks[1])
    assert app.session.jobs.waiting == (tasks[3], tasks[1], tasks[2]) and queue.tasks == (tasks[0], *app.session.jobs.waiting)
    queue.list.give_turn(tasks[3], None)
    assert app.session.jobs.waiting[-1] is tasks[3]
    queue.list.give_turn(tasks[2], tasks[0])
    assert app.session.jobs.waiting[0] is tasks[2]
    app.session.jobs.stop_all()
    app.finish()
