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
from ui.jobs import Coming


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


def test_turns_can_be_changed_and_what_runs_keeps_its_own(app) -> None:
    jobs = [Fake(name) for name in "abcd"]
    for job in jobs:
        job.ran = jobs[0].ran
    tasks = [app.session.run(job, job.name) for job in jobs]
    app.session.jobs.move(tasks[3], 0)
    app.session.jobs.move(tasks[0], 2)
    assert app.session.jobs.waiting == (tasks[3], tasks[1], tasks[2])
    let_go(*jobs)
    app.finish()
    assert jobs[0].ran == ["a", "d", "b", "c"]


def test_a_paused_queue_lets_what_runs_go_on_and_begins_nothing(app) -> None:
    first, second = Fake("first"), Fake("second")
    app.session.run(first, "first")
    waiting = app.session.run(second, "second")
    app.session.jobs.pause()
    let_go(first, second)
    app.finish(lambda: app.session.jobs.open == (waiting,))
    assert second.ran == [] and waiting.is_waiting
    app.session.jobs.pause(False)
    app.finish()
    assert second.ran == ["second"]


def test_a_failed_job_can_be_tried_again_or_put_aside(app) -> None:
    bad = Fake(fails=UserError("No", "Yes."))
    let_go(bad)
    task = app.session.run(bad, "Bad", quiet=True)
    app.finish()
    assert app.session.jobs.failed == (task,)
    bad.fails = None
    again = app.session.jobs.retry(task)
    app.finish()
    assert isinstance(again.ending, Finished) and app.session.jobs.failed == ()
    bad.fails = UserError("No", "Yes.")
    failed = app.session.run(bad, "Bad", quiet=True)
    app.finish()
    app.session.jobs.put_aside(failed)
    assert app.session.jobs.failed == ()


@pytest.mark.parametrize("error, begins", [(None, True), (UserError("No", "Yes."), False)])
def test_what_comes_after_another_begins_only_when_that_is_finished(app, error: Exception | None, begins: bool) -> None:
    first, second, third = Fake("first", fails=error), Fake("second"), Fake("third")
    let_go(first, second, third)
    before = app.session.run(first, "first", quiet=True)
    held = app.session.jobs.submit(second, "second", after=before)
    app.session.run(third, "third")
    app.finish(lambda: bool(third.ran) and app.session.jobs.open in ((), (held,)))
    assert bool(second.ran) is begins
    app.session.jobs.start_after(held, None)
    app.finish()
    assert second.ran == ["second"]


def test_a_job_that_was_only_written_down_is_made_when_its_turn_comes(app) -> None:
    made, first = Fake("made"), Fake("first")
    let_go(made)
    app.session.run(first, "first")
    task = app.session.jobs.submit(Coming("train"), "later", make=lambda: made)
    assert task.ticket.job is not made
    let_go(first)
    app.finish()
    assert made.ran == ["made"] and isinstance(task.ending, Finished)


def test_an_order_that_cannot_be_made_into_a_job_fails_and_the_next_one_runs(app) -> None:
    def make() -> Fake:
        raise UserError("The run is gone", "Start another.")

    good = Fake("good")
    let_go(good)
    bad = app.session.jobs.submit(Coming("train"), "bad", quiet=True, make=make)
    app.session.run(good, "good")
    app.finish()
    assert bad.ending.what == "The run is gone" and good.ran == ["good"]


def test_stopping_a_task_that_waits_ends_it_while_another_still_runs(app) -> None:
    first, second = Fake("first"), Fake("second")
    running = app.session.run(first, "first")
    waiting = app.session.run(second, "second")
    waiting.stop()
    app.finish(lambda: waiting.ending is not None)
    assert running.ending is None and second.ran == []
    let_go(first)
    app.finish()


def test_what_was_paused_leaves_nothing_on_the_card(app, monkeypatch) -> None:
    evicted = []
    monkeypatch.setattr(Gpu, "evict", lambda self: evicted.append(True))
    first, second = Fake("first"), Fake("second")
    task = app.session.run(first, "first")
    task.frees_card = True
    let_go(first)
    app.finish()
    app.finish(lambda: bool(evicted))
    evicted.clear()
    let_go(second)
    app.session.run(second, "second")
    app.finish()
    assert evicted == []


def test_a_lost_card_keeps_what_waits_from_failing_too(app) -> None:
    class AcceleratorError(RuntimeError):
        """Goes by its name, as torch's own does."""

    first, second = Fake("first", fails=AcceleratorError("CUDA error")), Fake("second")
    let_go(first)
    lost = app.session.run(first, "first", quiet=True)
    waiting = app.session.run(second, "second")
    app.finish(lambda: lost.ending is not None)
    assert lost.ending.kind == "device" and app.session.jobs.is_paused and waiting.is_waiting
    waiting.stop()
    app.finish()
