"""A run that several processes train together: started by the studio or by `accelerate launch`, told by the first."""

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
import torch
from job_runs import run
from tiny_project import RECIPE, write_project, write_recipe

from studio.cli.live import Failures
from studio.core.errors import UserError
from studio.core.events import Event, Failed, Finished, Note, PreviewReady, Started, StateSaved, StepDone, Stopped
from studio.core.wishes import Wish
from studio.jobs.several import how_many
from studio.jobs.threads import cores, settled
from studio.jobs.train import Train, resume_training, start_training
from studio.store import runs
from studio.store.wishes import ask
from studio.store.workspace import open_project, read_project

SHARED = replace(RECIPE, batch_size=1, accumulation=2, epochs=3)  # two batches a step, two steps an epoch
ROOT = Path(__file__).parents[2]
LIMIT_S = 240
LAUNCH = [sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2", "--num_machines",
          "1", "--main_process_port", "0", "--mixed_precision", "no", "--dynamo_backend", "no", "-m", "studio"]


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory, tiny_base) -> Train:
    """What one process teaches."""
    project = write_project(tmp_path_factory.mktemp("alone") / "p", tiny_base.transformer)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    with open_project(project) as place:
        job = start_training(place, SHARED)
        assert isinstance(run(job)[-1], Finished)
    torch.set_num_threads(before)
    return job


def of(kind: type[Event], events: list[Event]) -> list[Event]:
    return [event for event in events if isinstance(event, kind)]


def adapters(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "checkpoints").iterdir()}


def others() -> list[psutil.Process]:
    """The processes that lend this one a hand."""
    return [each for each in psutil.Process().children() if "resume" in each.cmdline()]


def until(reached: Callable[[], bool]) -> None:
    latest = time.monotonic() + LIMIT_S
    while not reached():
        assert time.monotonic() < latest
        time.sleep(0.1)


def complaints(log: Path) -> list[str]:
    """What the other processes said; nothing where all went well."""
    return [line for line in log.read_text().splitlines() if "error" in line.lower() or "Traceback" in line]


def test_two_processes_leave_the_files_of_one_and_can_be_stopped_and_resumed(tmp_path: Path, tiny_base, alone) -> None:
    project = write_project(tmp_path / "p", tiny_base.transformer)
    with open_project(project) as place:
        job = start_training(place, SHARED, processes=2)
        first = run(job, lambda event: isinstance(event, StepDone) and event.step == 3)
        assert isinstance(first[-1], Stopped) and of(StateSaved, first)[-1].step == 3
        assert of(Started, first)[0].facts["processes"] == 2
        rest = run(resume_training(place, "latest", processes=2))
    assert isinstance(rest[-1], Finished) and [each.step for each in of(StepDone, rest)] == [4, 5, 6]
    assert adapters(job.folder) == adapters(alone.folder)
    assert {each.epoch for each in of(PreviewReady, first + rest)} == {0, 1, 2, 3}
    assert complaints(job.folder / "log.txt") == []


@pytest.mark.long
def test_what_two_began_one_ends_and_a_wish_reaches_both(tmp_path: Path, tiny_base, alone) -> None:
    project = write_project(tmp_path / "p", tiny_base.transformer)

    def pause_after_two(event: Event) -> bool:
        if isinstance(event, StepDone) and event.step == 2:
            ask(job.folder, Wish("pause"))
        return False

    with open_project(project) as place:
        job = start_training(place, SHARED, processes=2)
        first = run(job, pause_after_two)
        assert isinstance(first[-1], Stopped) and first[-1].facts["why"] == "paused"
        assert isinstance(run(resume_training(place, "latest"))[-1], Finished)
    assert adapters(job.folder) == adapters(alone.folder)


@pytest.mark.long
def test_accelerate_launch_trains_the_same_lora_and_only_the_first_process_writes(tmp_path: Path, tiny_base,
                                                                                 alone) -> None:
    project = write_project(tmp_path / "p", tiny_base.transformer)
    words = ["train", str(project), "--recipe", str(write_recipe(tmp_path / "r.toml", SHARED)), "--device", "cpu"]
    done = subprocess.run([*LAUNCH, *words], cwd=ROOT, env=os.environ | {"OMP_NUM_THREADS": "1"}, text=True,
                          capture_output=True, timeout=LIMIT_S)
    assert done.returncode == 0, done.stderr
    [trained] = runs.runs_of(read_project(project))
    state = runs.read_run(trained)
    assert (state.status, state.attempt, state.step) == ("finished", 1, 6)
    assert adapters(trained.folder) == adapters(alone.folder)
    assert done.stderr.count("done: ") == 1


@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for another process")
@pytest.mark.parametrize("start", [[sys.executable, "-m", "studio"], LAUNCH], ids=["studio", "accelerate"])
def test_ctrl_c_saves_whoever_started_the_processes(tmp_path: Path, tiny_base, start: list[str]) -> None:
    """A terminal sends it to all of them, and `accelerate launch` to its own once more."""
    project = write_project(tmp_path / "p", tiny_base.transformer)
    endless = replace(SHARED, epochs=4000, preview_every=0, save_every=4000, state_every=4000)
    words = ["train", str(project), "--recipe", str(write_recipe(tmp_path / "r.toml", endless)), "--device", "cpu"]
    own = ["--processes", "2"] if start != LAUNCH else []
    with subprocess.Popen([*start, *words, *own], cwd=ROOT, start_new_session=True, stderr=subprocess.PIPE,
                          stdout=subprocess.PIPE, env=os.environ | {"OMP_NUM_THREADS": "1"}) as process:
        until(lambda: bool(found := runs.runs_of(read_project(project))) and runs.read_run(found[0]).step > 2)
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=LIMIT_S)
    [trained] = runs.runs_of(read_project(project))
    state = runs.read_run(trained)
    assert state.status == "stopped" and state.states[-1].step == state.step > 2


@pytest.mark.long
def test_a_process_that_sees_other_captions_is_refused_before_a_step(tmp_path: Path, tiny_base) -> None:
    project = write_project(tmp_path / "p", tiny_base.transformer)
    with open_project(project) as place:
        job = start_training(place, SHARED, processes=2)
        path = job.folder / "dataset.json"
        changed: list[str] = []

        def change(event: Event) -> bool:
            """The first has read its images; the other one has yet to start."""
            if isinstance(event, Started):
                changed.append(path.read_text())
                path.write_text(changed[0].replace('"repeats": 1', '"repeats": 2', 1))
            return False

        events = run(job, change)
    assert isinstance(events[-1], Failed) and events[-1].kind == "person" and not of(StepDone, events)
    assert "Process 2" in events[-1].what


@pytest.mark.long
def test_a_process_that_dies_ends_the_run_with_a_sentence_and_it_goes_on_afterwards(tmp_path: Path, tiny_base) -> None:
    project = write_project(tmp_path / "p", tiny_base.transformer)

    def kill_the_other(event: Event) -> bool:
        if isinstance(event, StepDone) and event.step == 2:
            [other] = others()
            other.kill()
        return False

    with open_project(project) as place:
        job = start_training(place, SHARED, processes=2)
        events = run(job, kill_the_other)
        assert isinstance(events[-1], Failed) and events[-1].kind == "person" and "lost each other" in events[-1].what
        assert isinstance(run(resume_training(place, "latest"))[-1], Finished)


def test_a_process_that_never_comes_is_not_waited_for(tmp_path: Path, tiny_base, monkeypatch) -> None:
    project = write_project(tmp_path / "p", tiny_base.transformer)
    monkeypatch.setattr("studio.jobs.children._program", lambda: [sys.executable, "-c", "raise SystemExit('no disk')"])
    with open_project(project) as place:
        job = start_training(place, SHARED, processes=2)
        failed = run(job)[-1]
    assert isinstance(failed, Failed) and "could not be started" in failed.what and "log.txt" in failed.remedy
    assert "no disk" in (job.folder / "log.txt").read_text()


def test_what_cannot_be_shared_is_refused_with_nothing_on_disk(tmp_path: Path, tiny_base) -> None:
    project = write_project(tmp_path / "p", tiny_base.transformer)
    with open_project(project) as place, pytest.raises(UserError, match="too few for 3 processes"):
        start_training(place, SHARED, processes=3)
    assert list((project / "runs").iterdir()) == []


def test_those_that_were_started_count_more_than_those_that_are_asked_for() -> None:
    pair = {"RANK": "0", "WORLD_SIZE": "2", "LOCAL_RANK": "0"}
    assert how_many(1, SHARED, {}) == 1 and how_many(2, SHARED, {}) == how_many(1, SHARED, pair) == 2
    for asked, environment in ((4, pair), (0, {}), (1000, {})):
        with pytest.raises(UserError):
            how_many(asked, replace(SHARED, accumulation=4), environment)


def test_processes_of_one_machine_share_its_cores() -> None:
    threads = [int(settled({}, processes=count)["OMP_NUM_THREADS"]) for count in (1, 2, 1000)]
    assert threads == [cores(), max(1, cores() // 2), 1]
    assert settled({"OMP_NUM_THREADS": "3"}, processes=2)["OMP_NUM_THREADS"] == "3"


def test_of_a_process_that_lends_a_hand_only_what_went_wrong_is_told() -> None:
    said = io.StringIO()
    tell = Failures(said)
    for event in (Started("", "lend", 0), Note("a note"), Finished({"batches": 3})):
        tell(event)
    assert said.getvalue() == ""
    tell(Failed("person", "No card", "Leave --processes out."))
    assert said.getvalue() == "error: No card. Leave --processes out.\n"
