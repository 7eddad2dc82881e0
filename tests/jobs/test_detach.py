"""A run that is left to a process of its own ends as one that was never left."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from job_runs import run
from tiny_project import RECIPE, write_project

from studio.core.errors import UserError
from studio.core.events import Started, StepDone, Stopped, WishAnswered
from studio.core.fold import RunState
from studio.core.recipe import Recipe
from studio.core.wishes import Wish
from studio.jobs.detach import go_on_detached
from studio.jobs.train import Train, resume_training, start_training
from studio.store import journal, runs
from studio.store.run_lock import is_running
from studio.store.wishes import ask
from studio.store.workspace import open_project

SHORT = replace(RECIPE, epochs=4, preview_every=2)
LONG = replace(RECIPE, epochs=4000, preview_every=0, save_every=4000, state_every=4000)
PATIENCE_S = 240
ROOT = Path(__file__).parents[2]

LEAVING = """
import sys
from pathlib import Path
from studio.jobs.detach import go_on_detached
print(go_on_detached(Path(sys.argv[1]), sys.argv[2]), flush=True)
"""


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    yield
    torch.set_num_threads(before)


def trained(project: Path, base: Path, recipe: Recipe = SHORT, stop_after: int = 0) -> Train:
    write_project(project, base)
    with open_project(project) as place:
        job = start_training(place, recipe)
        run(job, lambda event: isinstance(event, StepDone) and event.step == stop_after)
    return job


def until(reached: Callable[[], bool]) -> None:
    latest = time.monotonic() + PATIENCE_S
    while not reached():
        assert time.monotonic() < latest
        time.sleep(0.02)


def state_of(job: Train) -> RunState:
    return runs.read_run(job.of)


def ended(job: Train) -> Callable[[], bool]:
    """Whether another attempt than the first has begun and is over."""
    return lambda: state_of(job).attempt > 1 and state_of(job).status not in ("running", "interrupted")


def test_a_run_left_behind_by_a_parent_that_exits_ends_as_one_that_was_not(tmp_path: Path, tiny_base) -> None:
    alone = trained(tmp_path / "alone", tiny_base.transformer)
    job = trained(tmp_path / "left", tiny_base.transformer, stop_after=3)
    assert isinstance(journal.read(job.of.journal)[-1], Stopped)
    leaving = subprocess.run([sys.executable, "-c", LEAVING, job.place.folder, job.of.id], check=True,
                             capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)})
    with open_project(job.place.folder):  # as a window has it
        until(ended(job))
        assert state_of(job).status == "finished"
    assert [event.attempt for event in journal.read(job.of.journal) if isinstance(event, Started)] == [1, 2]
    assert (journal.read(job.of.journal)[-1].facts["step"], int(leaving.stdout) != os.getpid()) == (8, True)
    for epoch in (1, 2, 3, 4):
        assert job.of.checkpoint(epoch).read_bytes() == alone.of.checkpoint(epoch).read_bytes()
    until(lambda: "done: " in (job.folder / "log.txt").read_text())


def test_a_run_left_to_itself_is_watched_and_stopped_from_here(tmp_path: Path, tiny_base) -> None:
    job = trained(tmp_path / "left", tiny_base.transformer, LONG, stop_after=1)
    with open_project(job.place.folder) as place:
        process = go_on_detached(place.folder, job.of.id)
        until(lambda: state_of(job).step > 3)
        assert state_of(job).status == "running" and is_running(job.folder)
        with pytest.raises(UserError, match="is being trained already"):
            resume_training(place, job.of.id)
        ask(job.folder, Wish("stop"))
        until(ended(job))
    state = state_of(job)
    assert state.status == "stopped" and state.course.result["why"] == "asked"
    assert [type(event) for event in journal.read(job.of.journal)][-2:] == [WishAnswered, Stopped]
    assert state.course.facts["process"] == process


def test_a_run_that_is_not_there_is_not_left_to_anybody(tmp_path: Path, tiny_base) -> None:
    with pytest.raises(UserError, match="There is no run"):
        go_on_detached(write_project(tmp_path / "p", tiny_base.transformer), "7")
