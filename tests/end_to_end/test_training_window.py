"""A person bakes in the window with nothing but the mouse; the power goes, and the LoRA is the same to the last bit."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from studio.core.events import Started, StateSaved, StepDone
from studio.core.fold import RunState, fold
from studio.store import journal
from studio.store.runs import RECIPE
from tests.end_to_end.by_mouse import FINISHED, PREVIEWS

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
EPOCHS, PATIENCE_S = 4, 120


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """One thread computes in every process: the last bits of a sum depend on how many share it."""
    return {**os.environ, "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE", "QT_QPA_PLATFORM": "offscreen",
            "PYTHONPATH": str(ROOT), "CHARSTUDIO_HOME": str(tmp_path / "home"), "BY_MOUSE_PATIENCE": str(PATIENCE_S)}


def test_a_run_killed_in_the_window_is_offered_taken_up_and_ends_as_one_that_was_left_alone(
        tmp_path: Path, environment: dict[str, str]) -> None:
    with window("begin", environment) as first:
        heard = until(first, PREVIEWS)
        assert "nothing stands in the way" in heard[0]
        run = only_run(tmp_path / "home")
        wait_for_the_middle_of_an_epoch(run)
        first.kill()
    cut = state(run, alive=False)
    assert cut.status == "interrupted" and not cut.steps[-1].step % steps_per_epoch(cut) == 0
    alone = tmp_path / "alone"
    shutil.copytree(run.parents[1], alone, ignore=shutil.ignore_patterns("runs", "cache", ".cache", "*.lock"))
    with window("go_on", environment) as second:
        heard = until(second, FINISHED)
        assert f"step {cut.steps[-1].step} of" in heard[0]
        assert second.wait(PATIENCE_S) == 0
    assert heard[-1] == f"{FINISHED} {EPOCHS + 1}", "previews of the base and of every epoch stand in the sheet"
    whole = state(run)
    assert [each.step for each in whole.steps] == list(range(1, EPOCHS * steps_per_epoch(whole) + 1))
    assert [each.attempt for each in journal.read(run / journal.NAME) if isinstance(each, Started)] == [1, 2]
    typed(["train", alone, "--recipe", run / RECIPE, "--json"], environment)
    assert files(run, "checkpoints") == files(only_run(alone.parent, "alone"), "checkpoints") != {}
    assert files(run, "previews") == files(only_run(alone.parent, "alone"), "previews") != {}


@contextmanager
def window(scene: str, environment: dict[str, str]) -> Iterator[subprocess.Popen]:
    command = [sys.executable, "-m", "tests.end_to_end.by_mouse", scene]
    with subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def until(process: subprocess.Popen, word: str) -> list[str]:
    """What the person in the window said, up to a line that begins with this word."""
    said: list[str] = []
    while not said or not said[-1].startswith(word):
        line = process.stdout.readline()
        assert line, f"the window is gone after {said}"
        said.append(line.strip())
    return said


def typed(arguments: list[object], environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "studio", *map(str, arguments)]
    subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, check=True, timeout=PATIENCE_S)


def only_run(home: Path, project: str = "Sample project") -> Path:
    (run,) = (home / project / "runs").iterdir()
    return run


def wait_for_the_middle_of_an_epoch(run: Path) -> None:
    """Some steps behind the last state, and some before the next one."""
    until_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < until_s:
        events = journal.read(run / journal.NAME)
        saved = max(place for place, event in enumerate(events) if isinstance(event, StateSaved))
        since = sum(isinstance(event, StepDone) for event in events[saved:])
        if 4 <= since <= steps_per_epoch(fold(events)) // 2:
            return
        time.sleep(0.01)
    raise AssertionError("no epoch had a middle")


def steps_per_epoch(state: RunState) -> int:
    return state.course.total // EPOCHS


def state(run: Path, alive: bool = True) -> RunState:
    return fold(journal.read(run / journal.NAME), alive=alive)


def files(run: Path, folder: str) -> dict[str, bytes]:
    return {str(path.relative_to(run)): path.read_bytes() for path in (run / folder).rglob("*.*")}
