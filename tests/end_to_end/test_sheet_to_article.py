"""Forty-five cells of a trained run: stopped at twenty, gone on with, marked by keys, and written as an article."""

from __future__ import annotations

import csv
import dataclasses
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from job_runs import run
from PIL import Image

import resources
from studio.core.axes import BASE, EPOCH, parse_axis
from studio.core.events import CellReady, Finished, Stopped
from studio.core.formats import Wording
from studio.core.project import with_character
from studio.core.recipe import load_recipe
from studio.core.rubric import AS_ASKED
from studio.core.sheet_plan import load_plan
from studio.jobs.article import TEXT
from studio.jobs.evidence import find_marked
from studio.jobs.plan_sheet import plan_sheet
from studio.jobs.render_sheet import sheet_job
from studio.jobs.sample_project import SampleProject
from studio.jobs.train import start_training
from studio.store import journal, sweeps
from studio.store.marks import read_marks
from studio.store.names import slug
from studio.store.picture_text import read_origin
from studio.store.sweeps import SheetFolder
from studio.store.wordings import write_wording
from studio.store.workspace import Workspace, open_project, read_project
from tests.end_to_end.sheet_by_keys import DIGITS

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
NAME, EPOCHS, CELLS, STOPPED_AT = "epoch-format-seed", 5, 45, 20
WORDS = (("nl", "Mira smiles at us. She stands upright before a white wall."), ("guide_tags", "hair intakes"))
VALUES = {1: 2, 2: 1, 3: 0}
FOUND = {1: "obtained", 2: "partial", 3: "not obtained"}
PATIENCE_S = 300


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample project with a short training of five epochs, and formats that differ."""
    folder = tmp_path_factory.mktemp("home") / "Sample project"
    run(SampleProject(folder, resources.folder("samples", "mira")))
    with open_project(folder) as place:
        place.save(with_character(place.project, dataclasses.replace(place.project.characters[0], repeats=1)))
        run(start_training(place, dataclasses.replace(load_recipe("practice"), epochs=EPOCHS, preview_every=0)))
        write_wording(place, Wording("Mira", WORDS))
    return folder


@pytest.fixture(scope="module")
def drawn(sample: Path) -> SheetFolder:
    """The sheet, stopped at its twentieth picture and gone on with."""
    with open_project(sample) as place:
        stopped = render(place, stop_at=STOPPED_AT)
        [folder] = sweeps.sheets_of(place)
        first = {path.name: path.stat().st_mtime_ns for path in pictures(folder)}
        assert isinstance(stopped[-1], Stopped) and len(first) == STOPPED_AT
        ending = render(place)[-1]
    assert isinstance(ending, Finished) and ending.facts["rendered"] == CELLS - STOPPED_AT
    untouched = [path for path in pictures(folder) if path.stat().st_mtime_ns == first.get(path.name)]
    assert len(untouched) == STOPPED_AT, "what was there was not drawn again"
    newer = [path for path in pictures(folder) if path.stat().st_mtime_ns > max(first.values())]
    assert len(newer) == CELLS - STOPPED_AT
    return folder


def render(place: Workspace, stop_at: int = CELLS + 1, **more: object) -> list:
    ready: list[CellReady] = []

    def enough(event: object) -> bool:
        ready.extend([event] if isinstance(event, CellReady) else [])
        return len(ready) >= stop_at

    return run(sheet_job(place, plan_sheet(place, NAME, "latest", **more)), stop_at=enough)


def pictures(folder: SheetFolder) -> list[Path]:
    return sorted((folder.folder / "cells").glob("*.png"))


def test_a_sheet_stopped_at_20_of_45_draws_exactly_the_other_25(sample: Path, drawn: SheetFolder) -> None:
    """By the files (see `drawn`) and by the journal, whose every cell was drawn once."""
    told = [event for event in journal.read(drawn.journal) if isinstance(event, CellReady)]
    assert len({event.key for event in told}) == len(told) == CELLS
    sheet = sweeps.read_sheet(drawn)
    assert {path.stem for path in pictures(drawn)} == {cell.key for cell in sheet.expand()}
    specs = [read_origin(path).spec for path in pictures(drawn)]
    turbo = load_plan(NAME)
    assert {(each.steps, each.cfg, each.sampler) for each in specs} == {(8, 1.0, "er_sde")}
    assert turbo.worn and {len(each.loras) for each in specs} == {2}, "the Turbo LoRA and the character's"


def test_a_seed_that_changes_draws_only_its_own_cells(sample: Path, drawn: SheetFolder, tmp_path: Path) -> None:
    shutil.copytree(sample, tmp_path / "other", ignore=shutil.ignore_patterns("*.lock"))
    with open_project(tmp_path / "other") as place:
        planned = plan_sheet(place, NAME, "latest", axes=[parse_axis("seed=42, 100, 7")])
        assert len(planned.missing) == CELLS // 3 and {spec.seed for spec in planned.missing} == {7}
        assert run(sheet_job(place, planned))[-1].facts["rendered"] == CELLS // 3


def test_twelve_cells_are_marked_by_keys_in_the_window_and_all_of_it_is_written(
        sample: Path, drawn: SheetFolder, tmp_path: Path) -> None:
    home, out = home_of(tmp_path, sample), tmp_path / "out"
    out.mkdir()
    heard = played(home, "article", out)
    assert heard[:2] == ["45 of 45 are there", f"[{DIGITS.count(1)}, {len(DIGITS)}] are obtained"]
    place = read_project(home / sample.name)
    folder, bases = sweeps.sheets_of(place)
    assert {cell.value(EPOCH) for cell in sweeps.read_sheet(bases).expand()} == {BASE}
    marked = marks_row_by_row(folder)
    assert marked == [VALUES[digit] for digit in DIGITS]
    assert_written(place, folder, out)


def test_in_the_window_too_a_sheet_that_was_stopped_goes_on_where_it_was(sample: Path, tmp_path: Path) -> None:
    """Nobody presses between two pictures, so one more may be there than was waited for; none is drawn twice."""
    home = home_of(tmp_path, sample, "*.lock", "sheets")
    (home / sample.name / "sheets").mkdir()
    heard = played(home, "draw")
    assert heard[0].startswith("45 cells: 5 rows")
    stopped_at = int(heard[1].split()[0])
    assert STOPPED_AT <= stopped_at <= STOPPED_AT + 2
    [folder] = sweeps.sheets_of(read_project(home / sample.name))
    told = [event for event in journal.read(folder.journal) if isinstance(event, CellReady)]
    assert [event.attempt for event in told] == [1] * stopped_at + [2] * (CELLS - stopped_at)
    assert len({event.key for event in told}) == CELLS


def home_of(tmp_path: Path, sample: Path, *but: str) -> Path:
    """Where the program finds the project as the one that was open last."""
    home = tmp_path / "home"
    shutil.copytree(sample, home / sample.name, ignore=shutil.ignore_patterns("*.lock", *but))
    (home / "window.json").write_text(f'{{"recent": ["{(home / sample.name).as_posix()}"]}}', "utf-8")
    return home


def marks_row_by_row(folder: SheetFolder) -> list[int]:
    said = {mark.key: mark.value for mark in read_marks(folder.folder).marks() if mark.trait == AS_ASKED}
    assert len(said) == len(DIGITS)
    return [said[cell.key] for cell in sweeps.read_sheet(folder).expand() if cell.key in said]


def assert_written(place: Workspace, folder: SheetFolder, out: Path) -> None:
    """Picture, page, text and tables: all cells, target and step 0 first, and exactly what was marked."""
    stem = f"{folder.folder.name}-{slug(load_plan(NAME).title)}"
    with Image.open(out / f"{stem}.png") as picture:
        picture.load()
        assert picture.width > 1000
    data = json.loads(re.search(r'<script type="application/json" id="sheet">(.*?)</script>',
                                (out / f"{stem}.html").read_text("utf-8"), re.S)[1])
    assert [column["pinned"] for column in data["columns"]] == [True, True, *[False] * EPOCHS]
    assert sum(len(row["cells"]) - 2 for row in data["rows"]) == CELLS
    assert not any(cell["picture"] < 0 for row in data["rows"] for cell in row["cells"])
    with (out / f"{stem}-cells.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    said = next(name for name in rows[0] if name.startswith(AS_ASKED))
    assert sorted(row[said] for row in rows if row[said]) == sorted(FOUND[digit] for digit in DIGITS)
    assert len(rows) == CELLS
    sentence = find_marked(place, folder.folder.name).evidence().verdict.sentence
    assert sentence in (out / TEXT).read_text("utf-8").replace("\\", "")


def played(home: Path, *arguments: object) -> list[str]:
    """What the person in the window said; the program must end well."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE", "QT_QPA_PLATFORM": "offscreen",
                   "PYTHONPATH": str(ROOT), "CHARSTUDIO_HOME": str(home), "BY_MOUSE_PATIENCE": str(PATIENCE_S)}
    command = [sys.executable, "-m", "tests.end_to_end.sheet_by_keys", *map(str, arguments)]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=2 * PATIENCE_S)
    print(done.stdout)
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr[-4000:]
    return done.stdout.splitlines()
