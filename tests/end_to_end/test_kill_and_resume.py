"""A training run killed from outside, again and again, ends with the same LoRA as one that was left alone."""

import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tiny_project import RECIPE, write_project, write_recipe

from studio.core.events import Finished, Started
from studio.core.fold import RunState, fold
from studio.core.recipe import Recipe
from studio.jobs.execute import Ticket, execute
from studio.jobs.gpu import Gpu
from studio.jobs.train import start_training
from studio.store import journal
from studio.store.workspace import open_project

SHORT = replace(RECIPE, name="short", epochs=10, preview_every=5)  # 20 steps, 10 saved epochs
LONG = replace(SHORT, name="long", state_every=7)                  # with 10 repeats: 200 steps

ROOT = Path(__file__).parents[2]
ENVIRONMENT = os.environ | {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE", "PYTHONPATH": str(ROOT)}


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """The bits of a sum depend on how many threads share it, so the test computes as its subprocesses do."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_three_kills_change_no_bit(tmp_path: Path, tiny_base) -> None:
    wanted = left_alone(tmp_path / "alone", tiny_base.transformer, SHORT)
    run = Killed(tmp_path / "killed", tiny_base.transformer, SHORT)
    rng = random.Random(7)
    run.kill(when=run.after_step(rng.randint(1, 5), rng))
    run.kill(when=run.inside_a_save)
    run.kill(when=run.after_step(rng.randint(12, 17), rng))
    run.finish()
    assert run.kills == 3
    assert_same(run.folder, wanted)


def test_previews_change_no_bit(tmp_path: Path, tiny_base) -> None:
    runs = [left_alone(tmp_path / name, tiny_base.transformer, replace(SHORT, epochs=3, preview_every=every))
            for name, every in (("off", 0), ("each", 1), ("other", 2))]
    for run in runs[1:]:
        assert checkpoints(run) == checkpoints(runs[0])


@pytest.mark.long
def test_twenty_kills_of_which_some_hit_a_save_change_no_bit(tmp_path: Path, tiny_base) -> None:
    wanted = left_alone(tmp_path / "alone", tiny_base.transformer, LONG, repeats=10)
    run = Killed(tmp_path / "killed", tiny_base.transformer, LONG, repeats=10)
    rng = random.Random(11)
    while run.kills < 20 or run.inside < 5:
        assert run.kills < 40, f"only {run.inside} of {run.kills} kills hit a save"
        at_save = run.kills % 2 and run.inside < 8
        run.kill(when=run.inside_a_save if at_save else run.after_step(run.step + rng.randint(1, 8), rng))
    run.finish()
    print(f"{run.kills} kills, {run.inside} inside a save")
    assert len(checkpoints(run.folder)) >= 8
    assert_same(run.folder, wanted)


class Killed:
    """A run in subprocesses of its own, one after the other."""

    def __init__(self, project: Path, base: Path, recipe: Recipe, repeats: int = 1) -> None:
        self._project = write_project(project, base, repeats=repeats)
        self._recipe = write_recipe(project.parent / f"{project.name}.toml", recipe)
        self.kills = self.inside = 0

    @property
    def folder(self) -> Path:
        return next((self._project / "runs").glob("0001-*"))

    @property
    def step(self) -> int:
        """The last step that the journal tells of; only its tail is read, so that looking costs the run nothing."""
        try:
            tail = (self.folder / "journal.jsonl").read_bytes()[-2000:]
        except (StopIteration, FileNotFoundError):
            return 0
        told = re.findall(rb'"step_done","step":(\d+)', tail)
        return int(told[-1]) if told else 0

    def kill(self, when: Callable[[], bool]) -> None:
        """Starts or resumes the run and kills it with SIGKILL as soon as `when` says so."""
        with self._process() as process:
            while not when():
                assert process.poll() is None, "the run ended before it could be killed"
            process.kill()
        self.kills += 1
        self.inside += bool(self._parts())

    def finish(self) -> None:
        with self._process() as process:
            assert process.wait(timeout=300) == 0

    def after_step(self, step: int, rng: random.Random) -> Callable[[], bool]:
        """True some milliseconds after the journal tells of that step, in a place of the loop that nobody chose."""
        delay = rng.uniform(0, 0.06)

        def reached() -> bool:
            time.sleep(0.002)
            if self.step < step:
                return False
            time.sleep(delay)
            return True

        return reached

    def inside_a_save(self) -> bool:
        """True while a checkpoint or a state is being written."""
        return bool(self._parts())

    def _parts(self) -> list[str]:
        try:
            names = [name for kind in ("checkpoints", "state") for name in os.listdir(self.folder / kind)]
            return [name for name in names if name.endswith(".part")]
        except (StopIteration, FileNotFoundError):
            return []

    @contextmanager
    def _process(self) -> Iterator[subprocess.Popen]:
        begun = (self._project / "runs").glob("0001-*")
        verb = ["resume", self._project, "1"] if any(begun) else ["train", self._project, "--recipe", self._recipe]
        command = [sys.executable, "-m", "studio", *map(str, verb), "--json"]
        with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL) as process:
            yield process


def left_alone(project: Path, base: Path, recipe: Recipe, repeats: int = 1) -> Path:
    """The folder of a run that nobody disturbs."""
    write_project(project, base, repeats=repeats)
    with open_project(project) as place:
        job = start_training(place, recipe)
        assert isinstance(execute(Ticket(job), Gpu("cpu"), lambda event: None), Finished)
    return job.folder


def checkpoints(run: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (run / "checkpoints").iterdir()}


def assert_same(killed: Path, alone: Path) -> None:
    """Every checkpoint byte for byte, every loss, and a journal that ends once."""
    assert checkpoints(killed) == checkpoints(alone)
    assert state_of(killed).losses == state_of(alone).losses
    events = journal.read(killed / "journal.jsonl")
    assert sum(isinstance(event, Finished) for event in events) == 1
    attempts = [event.attempt for event in events if isinstance(event, Started)]
    assert attempts == sorted({event.attempt for event in events})
    assert previews(killed) == previews(alone)
    assert not list(killed.rglob("*.part"))


def state_of(run: Path) -> RunState:
    return fold(journal.read(run / "journal.jsonl"))


def previews(run: Path) -> dict[str, bytes]:
    return {str(path.relative_to(run)): path.read_bytes() for path in (run / "previews").rglob("*.png")}
