"""A real run outlives its window: it bakes on in a process of its own, and the next window watches and stops it."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from studio.core.events import StepDone
from studio.core.fold import fold
from studio.jobs.train import start_training
from studio.store import journal
from studio.store.run_lock import is_running
from tests.tiny_project import RECIPE, write_project
from tests.ui.conftest import Answers, Studio, wait_until
from ui.pages.training_live import LiveFace
from ui.settings import Settings

PATIENCE_S = 240
ENDLESS = replace(RECIPE, epochs=4000, preview_every=0, save_every=4000, state_every=4000)


def test_a_run_of_this_window_is_paused_taken_up_made_longer_and_finished(
        application: QApplication, settings: Settings, tiny_base, tmp_path: Path) -> None:
    project = write_project(tmp_path / "mira", tiny_base.transformer)
    studio = Studio(application, settings, Answers())
    studio.show()
    studio.open(project)
    try:
        job = start_training(studio.session.place, replace(RECIPE, epochs=60, preview_every=30))
        face = LiveFace(studio.session)
        studio.session.run(job, "Training Mira")
        run, live = job.of, face.watch
        face.show_run((run.id,))
        wait_until(lambda: face.state(run.id).status == "running" and live.run(run.id).step > 1, PATIENCE_S)
        studio.actions["live.pause"].trigger()
        wait_until(lambda: face.state(run.id).status == "stopped", PATIENCE_S)
        assert face.telemetry.card(run.id).verdict.status == "paused" and studio.session.jobs.open == ()
        assert live.run(run.id).step < 120
        face.controls.length.setValue(3 + live.run(run.id).epoch)
        face.controls.change_length()
        studio.finish(lambda: not studio.session.jobs.open)
        wait_until(lambda: face.state(run.id).status == "finished", PATIENCE_S)
        assert live.run(run.id).epoch == face.controls.length.value() < 60
        wait_until(lambda: not face.sheet.loader.is_busy, PATIENCE_S)
        sheet = face.sheet.sheet.sheet
        assert sheet.columns[-1].epoch == live.run(run.id).epoch and sheet.start(sheet.rows[0]).is_file()
        face.close_threads()
        face.deleteLater()
    finally:
        studio.close()


@pytest.mark.long
def test_a_run_is_left_to_bake_on_and_found_again_by_the_next_window(
        application: QApplication, settings: Settings, tiny_base, tmp_path: Path) -> None:
    project = write_project(tmp_path / "mira", tiny_base.transformer)
    first = Studio(application, settings, Answers())
    first.show()
    first.open(project)
    job = start_training(first.session.place, ENDLESS)
    task = first.session.run(job, "Training Mira")
    run = job.of
    wait_until(lambda: first.session.jobs.task_of(run.id) and state(run).step > 3, PATIENCE_S)
    assert is_running(run.folder) and not task.is_waiting
    first.answers.choices = [0]
    first.window.close()
    wait_until(lambda: not first.window.isVisible(), PATIENCE_S)
    saved = state(run).step
    first.close()
    second = Studio(application, settings, Answers())
    second.show()
    try:
        wait_until(lambda: state(run).attempt == 2 and state(run).step > saved, PATIENCE_S)
        second.open(project)
        face = LiveFace(second.session)
        face.show_run((run.id,))
        wait_until(lambda: face.state(run.id).status == "running" and face.watch.run(run.id).step > saved, PATIENCE_S)
        assert second.session.jobs.open == (), "another process bakes it"
        face.controls.stop()
        wait_until(lambda: face.state(run.id).status == "stopped", PATIENCE_S)
        wait_until(lambda: not is_running(run.folder), PATIENCE_S)
        steps = [each.step for each in state(run).steps]
        assert steps == list(range(1, len(steps) + 1)), "each step once, in order"
        told = [each for each in journal.read(run.journal) if isinstance(each, StepDone)]
        assert len(told) == len(steps), "it went on where it was stopped and made none again"
        face.close_threads()
        face.deleteLater()
    finally:
        second.close()


def state(run):
    return fold(journal.read(run.journal))
