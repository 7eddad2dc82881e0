"""From epochs to an answer with the mouse: on the trained sample, and on a folder of LoRA files from elsewhere."""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from job_runs import run

import resources
from studio.core.project import with_character
from studio.core.recipe import load_recipe
from studio.jobs.sample_project import SampleProject
from studio.jobs.train import start_training
from studio.store import runs, sweeps
from studio.store.marks import read_marks
from studio.store.workspace import open_project, read_project
from tests.end_to_end.quarter import CLICKS, TAKEN

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
EPOCHS, PATIENCE_S = 5, 600
MOST_CLICKS = 12
FIRST = "ep3 to ep5: no difference shown; take ep3."
THEN = ("ep3 to ep5: no difference shown; ep1: worse than ep5 (as asked); take ep3. "
        "Low angle: the base can, the trigger blocks it.")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample project with a short training: what its epochs show is said by a person who does not look."""
    folder = tmp_path_factory.mktemp("home") / "Sample project"
    run(SampleProject(folder, resources.folder("samples", "mira")))
    with open_project(folder) as place:
        place.save(with_character(place.project, dataclasses.replace(place.project.characters[0], repeats=1)))
        run(start_training(place, dataclasses.replace(load_recipe("practice"), epochs=EPOCHS, preview_every=0)))
    return folder


def test_the_trained_sample_is_compared_and_the_sentence_says_more_after_more_seeds(sample: Path,
                                                                                   tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(sample, home / sample.name, ignore=shutil.ignore_patterns("*.lock"))
    (home / "window.json").write_text(f'{{"recent": ["{(home / sample.name).as_posix()}"]}}', "utf-8")
    heard = played(["sample", into(tmp_path)], home)
    assert heard[0] == "Draw 63 pictures" and FIRST in heard
    assert THEN in heard
    place = read_project(home / sample.name)
    drawn = [len(list((each.folder / "cells").glob("*.png"))) for each in sweeps.sheets_of(place)]
    assert drawn == [63, (2 + 4) * 3 * 8], "only what more seeds could change is drawn again, beside the base"
    assert len(read_marks(sweeps.sheets_of(place)[0].folder).marks()) == sum(drawn)
    assert difference(heard) <= 1 and list((tmp_path / "into").glob("*.safetensors"))
    assert clicks(heard) <= MOST_CLICKS


def test_a_folder_of_lora_files_is_dropped_compared_and_answers_the_same(sample: Path, tmp_path: Path) -> None:
    loras, project = tmp_path / "loras", tmp_path / "mira"
    loras.mkdir()
    picture = resources.folder("samples", "mira") / "12-upper-body-front-view.png"
    [trained] = runs.runs_of(read_project(sample))
    for epoch in range(1, EPOCHS + 1):
        shutil.copy(trained.checkpoint(epoch), loras / f"mira-{epoch:06}.safetensors")
    heard = played(["bare", into(tmp_path), loras, project, picture], tmp_path / "home")
    assert heard[0] == TAKEN and THEN in heard
    place = read_project(project)
    assert place.project.base == "practice" and place.project.characters[0].trigger == "miravelo"
    assert not list(project.rglob("*.safetensors")) and (project / "targets.json").is_file()
    assert difference(heard) <= 1 and list((tmp_path / "into").glob("*.safetensors"))
    assert clicks(heard) <= MOST_CLICKS


def into(folder: Path) -> Path:
    """Where somebody's ComfyUI keeps LoRAs."""
    (folder / "into").mkdir()
    return folder / "into"


def played(arguments: list[object], home: Path) -> list[str]:
    """What the person in the window said; the program must end well."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE", "QT_QPA_PLATFORM": "offscreen",
                   "PYTHONPATH": str(ROOT), "CHARSTUDIO_HOME": str(home), "BY_MOUSE_PATIENCE": str(PATIENCE_S)}
    command = [sys.executable, "-m", "tests.end_to_end.quarter", *map(str, arguments)]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=2 * PATIENCE_S)
    print(done.stdout)
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout.splitlines()


def difference(heard: list[str]) -> int:
    """By how much of 255 the picture of the file that was put to use differs."""
    [told] = [line for line in heard if line.startswith("It is there")]
    return int(re.search(r"(\d+) of 255", told)[1])


def clicks(heard: list[str]) -> int:
    return int(next(line.split()[1] for line in heard if line.startswith(CLICKS)))
