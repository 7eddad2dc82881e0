"""A night of training survives the window: a kept queue, found runs, a machine that stays awake, a note at the end."""

import json
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QSignalSpy, QTest

from studio.core.events import Ending, Finished, Progress, Started, Stopped
from studio.core.fold import fold
from studio.jobs.bases import BaseChoice
from studio.store import journal
from studio.store.run_lock import owned
from studio.store.wishes import open_wishes
from studio.store.workspace import Workspace
from tests.ui.written_runs import append, written_run
from ui.icons import icon
from ui.widgets.status_strip import StatusStrip


@dataclass(slots=True)
class Baking:
    """Stands for training: it has a run, goes on until it is stopped, and says how it ended."""

    place: Workspace
    folder: Path
    kind: str = "train"
    base: BaseChoice = BaseChoice("practice")
    gate: threading.Event = field(default_factory=threading.Event)

    def run(self, gpu, emit, stop) -> Ending:
        emit(Started(self.folder.name, self.kind, 40))
        emit(Progress(24, 40, 60.0, "step"))
        while not self.gate.wait(0.002):
            if stop.is_set():
                return Stopped({"why": "asked"})
        return Finished({})


def baking(studio, title: str = "Training Mira", **facts):
    run = written_run(studio.session.place)
    job = Baking(studio.session.place, run.folder, **facts)
    return studio.session.run(job, title), job


def started(studio, task) -> None:
    studio.finish(lambda: task.course.progress is not None)


def queue_of(studio) -> list[dict]:
    studio.window._overnight.queue.flush()
    path = studio.session.place.folder / "queue.json"
    return json.loads(path.read_text())["entries"] if path.exists() else []


def test_the_strip_says_at_which_step_a_run_is_and_pauses_it(studio) -> None:
    task, job = baking(studio)
    started(studio, task)
    strip = studio.window.findChild(StatusStrip)
    assert strip.text == "Training Mira · step 24 of 40"
    QTest.mouseClick(strip.row.pause, Qt.MouseButton.LeftButton)
    asked = [each.wish.kind for each in open_wishes(job.folder, fold(journal.read(job.folder / "journal.jsonl")))]
    assert asked == ["pause"] and "pausing" in strip.text and not strip.row.pause.isEnabled()
    job.gate.set()
    studio.finish()


# The kept queue

def test_runs_that_wait_or_train_stand_in_the_projects_queue_until_they_are_over(studio) -> None:
    first, job = baking(studio)
    second, other = baking(studio, "Training Suzu")
    started(studio, first)
    assert [(each["status"], each["order"]["kind"], each["order"]["facts"]["run"]) for each in queue_of(studio)] == [
        ("running", "resume", first.run), ("waiting", "resume", second.run)]
    job.gate.set()
    started(studio, second)
    assert [each["order"]["facts"]["run"] for each in queue_of(studio)] == [second.run]
    other.gate.set()
    studio.finish()
    assert queue_of(studio) == []


def test_turns_and_the_pause_are_kept(studio) -> None:
    tasks = [baking(studio)[0] for _ in range(3)]
    started(studio, tasks[0])
    studio.session.jobs.move(tasks[2], 0)
    studio.session.jobs.pause()
    studio.window._overnight.queue.flush()
    kept = json.loads((studio.session.place.folder / "queue.json").read_text())
    waiting = [each["order"]["facts"]["run"] for each in kept["entries"] if each["status"] == "waiting"]
    assert waiting == [tasks[2].run, tasks[1].run] and kept["paused"] is True
    studio.session.jobs.stop_all()
    studio.finish()


def test_what_waited_comes_back_paused_when_the_project_is_opened_again(studio, project_folder: Path) -> None:
    run = written_run(studio.session.place)
    studio.session.close()
    entry = {"id": "1", "order": {"kind": "resume", "facts": {"run": run.id, "base": {}, "epochs": 0}}, "after": "",
             "status": "waiting", "run": "", "said": ""}
    (project_folder / "queue.json").write_text(json.dumps({"paused": False, "entries": [entry]}))
    told = QSignalSpy(studio.session.noticed)
    studio.open(project_folder)
    jobs = studio.session.jobs
    assert [each.title for each in jobs.waiting] == [f"Training {run.id}"] and jobs.is_paused
    assert told.at(0)[0].action == "queue.go" and "1 job waits" in told.at(0)[0].text
    assert len(queue_of(studio)) == 1, "it is not written down twice"
    studio.window._overnight.offers.close()
    assert studio.window._overnight.offers.interrupted == "", "nor offered beside"
    jobs.waiting[0].stop()
    studio.finish()
    assert queue_of(studio) == []


def order(id: str, run: str, status: str = "waiting", after: str = "") -> dict[str, object]:
    return {"id": id, "order": {"kind": "resume", "facts": {"run": run, "base": {}, "epochs": 0}}, "after": after,
            "status": status, "run": "", "said": ""}


def test_what_was_to_come_after_another_run_still_does_when_the_project_is_opened_again(
        studio, project_folder: Path) -> None:
    first, _ = baking(studio)
    second, third = (baking(studio, title)[0] for title in ("Training Suzu", "Training Rin"))
    started(studio, first)
    studio.session.jobs.start_after(third, second)
    studio.session.jobs.start_after(second, first)
    assert [each["id"] for each in queue_of(studio)] == ["1", "2", "3"], "what trains stands first"
    assert [each["after"] for each in queue_of(studio)] == ["", "1", "2"]
    studio.session.jobs.start_after(second, None)
    assert [each["after"] for each in queue_of(studio)] == ["", "", "2"]
    studio.session.jobs.move(third, 0)
    studio.leave()
    studio.open(project_folder)
    again = {task.title: task for task in studio.session.jobs.waiting}
    assert [task.title for task in studio.session.jobs.waiting] == [f"Training {third.run}", f"Training {second.run}"]
    held, free = again[f"Training {third.run}"], again[f"Training {second.run}"]
    assert held.after is free and held.is_held and free.after is None
    studio.session.jobs.stop_all()
    studio.finish()


def test_a_run_that_was_cut_short_comes_back_before_what_waited_for_it(studio, project_folder: Path) -> None:
    runs = [written_run(studio.session.place) for _ in range(2)]
    studio.session.close()
    entries = [order("1", runs[0].id, "running"), order("2", runs[1].id, after="1")]
    (project_folder / "queue.json").write_text(json.dumps({"paused": False, "entries": entries}))
    studio.open(project_folder)
    first, second = studio.session.jobs.waiting
    assert (first.title, second.title) == tuple(f"Training {run.id}" for run in runs) and second.after is first
    studio.session.jobs.stop_all()
    studio.finish()


def test_the_window_does_not_wait_for_the_disk_and_the_last_word_counts(studio, monkeypatch) -> None:
    from ui import kept_texts

    slow, written = threading.Event(), []

    def write(path: Path, text: str) -> None:
        slow.wait(10)
        written.append((threading.current_thread(), json.loads(text)))

    monkeypatch.setattr(kept_texts, "write_atomic", write)
    studio.session.jobs.pause()
    tasks = [baking(studio)[0] for _ in range(4)]
    assert len(written) == 0, "the window went on"
    slow.set()
    studio.window._overnight.queue.flush()
    assert len(written) <= 2 and [len(text["entries"]) for _, text in written][-1] == 4
    assert all(thread is not threading.main_thread() for thread, _ in written)
    assert [each["order"]["facts"]["run"] for each in written[-1][1]["entries"]] == [task.run for task in tasks]
    studio.session.jobs.stop_all()
    studio.finish()


def test_a_queue_that_cannot_be_written_is_told_of_and_keeps_nobody_from_training(studio, monkeypatch) -> None:
    from ui import kept_texts

    def full(path: Path, text: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(kept_texts, "write_atomic", full)
    told = QSignalSpy(studio.session.noticed)
    task, job = baking(studio)
    studio.finish(lambda: told.count() > 0)
    assert "could not be written down: No space" in told.at(0)[0].text
    job.gate.set()
    studio.finish()
    assert task.course.status == "finished"


def test_a_damaged_queue_is_told_of_and_keeps_no_project_closed(studio, project_folder: Path) -> None:
    studio.session.close()
    (project_folder / "queue.json").write_text("{")
    told = QSignalSpy(studio.session.noticed)
    studio.open(project_folder)
    assert studio.session.is_open and any("damaged" in told.at(each)[0].text for each in range(told.count()))


def test_what_waits_when_the_program_is_ended_from_outside_stays_in_the_queue(studio, project_folder: Path) -> None:
    first, _ = baking(studio)
    second, _ = baking(studio, "Training Suzu")
    started(studio, first)
    studio.leave()
    kept = json.loads((project_folder / "queue.json").read_text())["entries"]
    assert [each["order"]["facts"]["run"] for each in kept] == [second.run]


# Runs that are found

def test_an_interrupted_run_is_offered_when_its_project_is_opened(studio, project_folder: Path) -> None:
    run = written_run(studio.session.place)
    studio.session.close()
    told = QSignalSpy(studio.session.noticed)
    studio.open(project_folder)
    studio.finish(lambda: told.count() > 0)
    notice = told.at(0)[0]
    assert run.id in notice.text and "step 23 of 40" in notice.text and notice.action == "runs.resume"
    studio.session.jobs.pause()
    studio.actions["runs.resume"].trigger()
    assert studio.session.jobs.task_of(run.id) and studio.window.page == "training"
    assert studio.window.page_widget("training").live.shown == (run.id,), "it is watched at once"
    studio.session.jobs.stop_all()
    studio.finish()


def test_a_run_that_goes_on_without_the_window_is_told_of_and_not_resumed(studio, project_folder: Path) -> None:
    run = written_run(studio.session.place)
    studio.session.close()
    with owned(run.folder):
        told = QSignalSpy(studio.session.noticed)
        studio.open(project_folder)
        studio.finish(lambda: told.count() > 0)
        assert "process of its own" in told.at(0)[0].text and told.at(0)[0].action == "runs.show"
        assert studio.session.jobs.is_paused, "two runs on one card would be in each other's way"
        strip = studio.window.findChild(StatusStrip)
        assert strip.text == f"{run.id} goes on in a process of its own"
    studio.finish(lambda: told.count() > 1)
    assert told.at(1)[0].text == f"{run.id} has ended" and not studio.session.jobs.is_paused
    assert strip.text == "Ready"


def test_runs_that_ended_are_not_offered(studio, project_folder: Path) -> None:
    written_run(studio.session.place, more=[Finished({})])
    written_run(studio.session.place, more=[Stopped({})])
    studio.session.close()
    told = QSignalSpy(studio.session.noticed)
    found = QSignalSpy(studio.window._overnight.offers.found)
    studio.open(project_folder)
    studio.finish(lambda: found.count() > 0)
    assert told.count() == 0 and found.at(0)[0] == ()


# Leaving

@pytest.fixture
def handed_over(monkeypatch) -> list[tuple[Path, str]]:
    from studio.jobs import detach
    calls: list[tuple[Path, str]] = []
    monkeypatch.setattr(detach, "go_on_detached", lambda folder, run: calls.append((folder, run)))
    return calls


def test_closing_during_a_run_offers_to_bake_on_without_the_window(studio, handed_over, project_folder: Path) -> None:
    task, _ = baking(studio)
    started(studio, task)
    studio.answers.choices = [0]
    studio.window.close()
    assert studio.answers.asked == ["“Training Mira” is still training."] and studio.window.isVisible()
    studio.finish(lambda: not studio.window.isVisible())
    assert handed_over == [(project_folder, task.run)]
    assert type(journal.read(task.ticket.job.folder / "journal.jsonl")[-1]) is Stopped


def test_closing_during_a_run_can_stop_it_after_saving(studio, handed_over) -> None:
    task, _ = baking(studio)
    started(studio, task)
    studio.answers.choices = [1]
    studio.window.close()
    studio.finish(lambda: not studio.window.isVisible())
    assert handed_over == [] and task.course.status == "stopped"


def test_closing_during_a_run_can_be_thought_better_of(studio, handed_over) -> None:
    task, job = baking(studio)
    started(studio, task)
    studio.answers.choices = [2]
    studio.window.close()
    assert studio.window.isVisible() and not task.is_stopping
    job.gate.set()
    studio.finish()
    assert task.course.status == "finished" and studio.window.isVisible() and handed_over == []


def test_a_run_that_ends_while_it_is_asked_what_is_to_become_of_it_keeps_no_window_open(
        studio, handed_over, monkeypatch) -> None:
    task, job = baking(studio)
    started(studio, task)

    def thinks_it_over(*_: object) -> int:
        job.gate.set()
        studio.finish()
        return 0

    monkeypatch.setattr(studio.answers, "choice", thinks_it_over)
    studio.window.close()
    assert not studio.window.isVisible() and task.course.status == "finished" and handed_over == []


def test_what_waited_is_still_in_the_queue_after_the_window_was_closed(studio, handed_over, project_folder: Path) -> None:
    first, _ = baking(studio)
    second, _ = baking(studio, "Training Suzu")
    started(studio, first)
    studio.answers.choices = [0]
    studio.window.close()
    studio.finish(lambda: not studio.window.isVisible())
    kept = json.loads((project_folder / "queue.json").read_text())["entries"]
    assert [each["order"]["facts"]["run"] for each in kept] == [second.run]


def test_where_no_process_can_be_started_the_window_stays_and_says_why(studio, monkeypatch) -> None:
    from studio.jobs import detach

    def fails(folder: Path, run: str) -> None:
        raise OSError("no room for another process")

    monkeypatch.setattr(detach, "go_on_detached", fails)
    task, _ = baking(studio)
    started(studio, task)
    studio.answers.choices = [0]
    told = QSignalSpy(studio.session.noticed)
    studio.window.close()
    studio.finish()
    assert studio.window.isVisible() and "No other process" in told.at(told.count() - 1)[0].text


# A note at the end

def test_the_end_of_a_run_is_told_to_whoever_looks_elsewhere(studio) -> None:
    task, job = baking(studio)
    job.gate.set()
    studio.window.showMinimized()
    studio.finish()
    note = studio.window._overnight.note
    assert note.told == [("Training Mira", "Finished")] or studio.window.isActiveWindow()


def test_a_note_is_silent_where_there_is_no_desktop(application, monkeypatch) -> None:
    from ui.desktop_note import DesktopNote

    monkeypatch.setenv("PATH", "")
    owner = QObject()
    note = DesktopNote(icon("training"), owner)
    note.tell("Training Mira", "Finished")
    assert note.told == [("Training Mira", "Finished")]


def test_an_append_of_ours_reads_as_a_run(studio) -> None:
    """What the tests above write is what the window reads."""
    run = written_run(studio.session.place)
    append(run, Finished({}))
    assert [type(each) for each in journal.read(run.journal)][0] is Started
