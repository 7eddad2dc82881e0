"""Jobs run beside the window, one after the other, and each ends exactly once."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import QThread
from PySide6.QtTest import QSignalSpy

from studio.core.errors import UserError
from studio.core.events import Ending, Failed, Finished, Note, Progress, Started, Stopped
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.jobs.import_images import ImportImages


@dataclass(slots=True)
class Fake:
    """A job of ours that waits until it is let go."""

    name: str = "fake"
    kind: str = "train"
    gate: threading.Event = field(default_factory=threading.Event)
    fails: Exception | None = None
    ran: list[str] = field(default_factory=list)
    thread: object = None
    folder: Path | None = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        self.thread = QThread.currentThread()
        self.ran.append(self.name)
        emit(Started(self.name, self.kind, 2))
        emit(Progress(1, 2, 90.0, "steps"))
        while not self.gate.wait(0.002):
            if stop.is_set():
                return Stopped({"step": 1})
        if self.fails:
            raise self.fails
        return Finished({"step": 2})


def let_go(*jobs: Fake) -> None:
    for job in jobs:
        job.gate.set()


def test_a_job_runs_in_another_thread_and_its_events_come_to_this_one(app) -> None:
    job, heard = Fake(), []
    spies = [QSignalSpy(signal) for signal in (app.session.jobs.queued, app.session.jobs.ended)]
    app.session.jobs.advanced.connect(
        lambda task, events: heard.extend((type(event), QThread.currentThread()) for event in events))
    let_go(job)
    task = app.session.run(job, "Training")
    app.finish()
    assert [kind for kind, _ in heard] == [Started, Progress, Finished]
    assert {thread for _, thread in heard} == {app.window.thread()} and job.thread is not app.window.thread()
    assert [spy.count() for spy in spies] == [1, 1] and task.ending.facts == {"step": 2}


def test_jobs_for_the_card_wait_for_each_other_and_others_run_beside_them(app) -> None:
    first, second, beside = Fake("first"), Fake("second"), Fake("beside", kind="import")
    second.ran = beside.ran = first.ran
    tasks = [app.session.run(job, job.name) for job in (first, second, beside)]
    let_go(beside)
    app.finish(lambda: tasks[2].ending is not None)
    assert tasks[1].is_waiting and sorted(first.ran) == ["beside", "first"]
    let_go(first, second)
    app.finish()
    assert first.ran[-1] == "second"


def test_stopping_a_waiting_job_never_starts_it(app) -> None:
    first, second = Fake("first"), Fake("second")
    app.session.run(first, "first")
    waiting = app.session.run(second, "second")
    waiting.stop()
    let_go(first, second)
    app.finish()
    assert second.ran == [] and isinstance(waiting.ending, Stopped)


def test_stopping_a_running_job_ends_it_tidily(app) -> None:
    job = Fake()
    task = app.session.run(job, "Training")
    app.finish(lambda: task.course.status == "running")
    task.stop()
    assert task.is_stopping
    app.finish()
    assert task.ending.facts == {"step": 1} and task.course.status == "stopped"


@pytest.mark.parametrize("error, kind", [
    (UserError("The base is gone", "Choose another."), "person"), (ZeroDivisionError("oh"), "bug"),
])
def test_a_job_that_fails_is_told_once_and_the_next_one_runs(app, error: Exception, kind: str) -> None:
    bad, good, told, after = Fake(fails=error), Fake(), QSignalSpy(app.session.noticed), []
    let_go(bad, good)
    failed = app.session.run(bad, "Bad", after.append)
    done = app.session.run(good, "Good", after.append)
    app.finish()
    assert isinstance(failed.ending, Failed) and failed.ending.kind == kind
    assert isinstance(done.ending, Finished) and after == [failed, done]
    assert told.count() == 1


def test_whoever_tells_of_a_failure_itself_keeps_it_from_being_told_twice(app) -> None:
    bad, told = Fake(fails=UserError("No", "Yes.")), QSignalSpy(app.session.noticed)
    let_go(bad)
    app.session.run(bad, "Bad", quiet=True)
    app.finish()
    assert told.count() == 0


def test_a_job_whose_journal_cannot_be_opened_ends_too(app, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    job = Fake(folder=tmp_path / "file" / "run")
    task = app.session.run(job, "Training")
    app.finish()
    assert isinstance(task.ending, Failed) and job.ran == []


def test_closing_stops_what_runs_and_waits_for_it(app) -> None:
    job = Fake()
    task = app.session.run(job, "Training")
    app.finish(lambda: bool(job.ran))
    app.session.jobs.close()
    assert isinstance(task.ending, Stopped) and app.session.jobs.open == ()


def test_pictures_that_a_job_imported_are_there_afterwards(studio, tmp_path: Path, draw_picture) -> None:
    for number in range(20, 23):
        draw_picture(tmp_path / "more" / f"{number}.png", number)
    changed = QSignalSpy(studio.session.records_changed)
    studio.session.run(ImportImages(studio.session.place.folder, (tmp_path / "more",), "Mira"), "Importing")
    studio.finish()
    assert len(studio.session.all) == 9 and changed.count() == 1


def test_notes_and_endings_are_kept_with_the_task(app) -> None:
    @dataclass(frozen=True)
    class Noting:
        kind: str = "import"
        folder: None = None

        def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
            emit(Note("Two files were no pictures."))
            return Finished({})

    task = app.session.run(Noting(), "Looking")
    app.finish()
    assert task.course.notes == ("Two files were no pictures.",)
