"""A sheet: rows of epochs, columns of prompts and seeds, nothing rendered twice."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from job_runs import run
from PIL import Image
from tiny_project import RECIPE, SAMPLE_TAGS, write_project
from tiny_tagger import write_tiny_tagger

from studio.core.axes import parse_axis
from studio.core.errors import UserError
from studio.core.events import CellReady, Failed, Finished, Scored, Stopped
from studio.core.sheet_plan import plan_from_toml
from studio.core.stats import Hits
from studio.jobs.render_picture import RenderPicture
from studio.jobs.render_sheet import RenderSheet, start_sheet
from studio.jobs.score import Judge, Scores
from studio.jobs.train import start_training
from studio.store import sweeps
from studio.store.digests import sha256_of
from studio.store.picture_text import read_origin
from studio.store.workspace import Workspace, open_project

PLAN = plan_from_toml('''
title = "small"
[rows]
epoch = "base, all"
[columns]
prompt = "1girl, {trigger}, standing | 1girl, {trigger}, blue hair"
seed = "1, 2"
''')  # fmt: skip


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, tiny_base) -> Path:
    """A project with a finished run of two epochs."""
    folder = write_project(tmp_path_factory.mktemp("sheets") / "project", tiny_base.transformer)
    with open_project(folder) as place:
        run(start_training(place, replace(RECIPE, preview_every=0)))
    return folder


@pytest.fixture
def place(project: Path) -> Iterator[Workspace]:
    """The project without any sheet."""
    with open_project(project) as place:
        for sheet in sweeps.sheets_of(place):
            for path in sorted(sheet.folder.rglob("*"), reverse=True):
                path.rmdir() if path.is_dir() else path.unlink()
            sheet.folder.rmdir()
        yield place


def rendered(job: RenderSheet) -> int:
    return run(job)[-1].facts["rendered"]


def test_a_sheet_has_a_row_for_the_base_and_one_for_each_epoch(place: Workspace) -> None:
    job = start_sheet(place, PLAN, "latest")
    events = run(job)
    cells = {(event.row, event.column): event for event in events if isinstance(event, CellReady)}
    assert set(cells) == {(row, column) for row in range(3) for column in range(4)}
    worn = [len(read_origin(job.folder / cells[row, 0].path).spec.loras) for row in range(3)]
    assert worn == [0, 1, 1]
    assert Image.open(events[-1].facts["sheet"]).width > 600


def test_a_row_of_the_base_is_what_a_single_render_draws(place: Workspace, tmp_path: Path) -> None:
    job = start_sheet(place, PLAN, "latest")
    run(job)
    cell = job.of.cell(sweeps.read_sheet(job.of).expand()[0].key)
    spec = replace(read_origin(cell).spec, base="")
    run(RenderPicture(spec, job.base, (), tmp_path / "single.png"))
    assert Image.open(cell).tobytes() == Image.open(tmp_path / "single.png").tobytes()


def test_an_epoch_changes_the_picture(place: Workspace) -> None:
    job = start_sheet(place, PLAN, "latest")
    run(job)
    column = [job.of.cell(cell.key) for cell in sweeps.read_sheet(job.of).expand() if cell.column == 0]
    assert len({Image.open(path).tobytes() for path in column}) == 3


def test_no_cell_is_rendered_twice_in_a_project(place: Workspace) -> None:
    assert rendered(start_sheet(place, PLAN, "latest")) == 12
    assert rendered(start_sheet(place, PLAN, "latest", axes=[parse_axis("seed=2, 3")])) == 6


def test_the_same_sheet_is_taken_up_again(place: Workspace) -> None:
    first = start_sheet(place, PLAN, "latest")
    run(first)
    again = start_sheet(place, PLAN, "latest")
    assert again.folder == first.folder and rendered(again) == 0


def test_a_stopped_sheet_renders_only_what_is_missing(place: Workspace) -> None:
    job = start_sheet(place, PLAN, "latest")
    stopped = run(job, stop_at=lambda event: isinstance(event, CellReady))
    done = sum(isinstance(event, CellReady) for event in stopped)
    assert isinstance(stopped[-1], Stopped) and 0 < done < 12
    again = run(start_sheet(place, PLAN, "latest"))
    assert again[-1].facts["rendered"] == 12 - done
    assert len(sweeps.read_sheet_state(job.of).cells) == 12


def test_strength_can_be_an_axis_and_0_is_the_base(place: Workspace) -> None:
    job = start_sheet(place, PLAN, "latest", axes=[parse_axis("epoch=last"), parse_axis("strength=0, 0.5, 1")])
    assert rendered(job) == 12
    cells = [cell for cell in sweeps.read_sheet(job.of).expand() if cell.column == 0]
    assert [job.of.cell(cell.key).is_file() for cell in cells] == [True] * 3
    base = start_sheet(place, PLAN, "latest", axes=[parse_axis("epoch=base")])
    assert rendered(base) == 0


def test_an_epoch_that_was_never_saved_is_refused(place: Workspace) -> None:
    with pytest.raises(UserError, match="epoch 9"):
        start_sheet(place, PLAN, "latest", axes=[parse_axis("epoch=9")])


def test_an_axis_that_means_nothing_is_refused(place: Workspace) -> None:
    with pytest.raises(UserError, match="sede"):
        start_sheet(place, PLAN, "latest", axes=[parse_axis("sede=1, 2")])


def test_the_judge_looks_at_every_cell_once(place: Workspace, tmp_path: Path) -> None:
    judge = Judge(write_tiny_tagger(tmp_path, SAMPLE_TAGS), ("blue hair", "standing"))
    first = run(replace(start_sheet(place, PLAN, "latest"), judge=judge))
    assert sum(isinstance(event, Scored) for event in first) == 12 * 2
    again = run(replace(start_sheet(place, PLAN, "latest"), judge=judge))
    assert isinstance(again[-1], Finished) and not any(isinstance(event, Scored) for event in again)


def test_a_trait_that_the_tagger_does_not_know_is_named(place: Workspace, tmp_path: Path) -> None:
    judge = Judge(write_tiny_tagger(tmp_path, SAMPLE_TAGS), ("blue hare",))
    ending = run(replace(start_sheet(place, PLAN, "latest"), judge=judge))[-1]
    assert isinstance(ending, Failed) and "blue hare" in ending.what and "blue hair" in ending.remedy


def test_hits_count_cells_at_or_above_the_threshold_that_were_looked_at() -> None:
    scores = Scores([Scored("a", "tagger", "1", "ahoge", 0.75), Scored("b", "tagger", "1", "ahoge", 0.74)])
    assert scores.hits(["a", "b", "unseen"], "ahoge") == Hits(1, 2)


def test_a_newer_score_counts() -> None:
    scores = Scores([Scored("a", "tagger", "1", "ahoge", 0.9), Scored("a", "tagger", "2", "ahoge", 0.1)])
    assert scores.hits(["a"], "ahoge") == Hits(0, 1)


def test_a_lora_of_the_sheet_is_worn_in_every_cell_the_bases_included(place: Workspace) -> None:
    worn = next(place.folder.glob("runs/*/checkpoints/e001.safetensors"))
    plain, dressed = start_sheet(place, PLAN, "latest"), start_sheet(place, PLAN, "latest", loras=[(worn, 0.5)])
    cells = sweeps.read_sheet(dressed.of).expand()
    assert all(cell.spec.loras[0] == (sha256_of(worn), 0.5) for cell in cells)
    assert {len(cell.spec.loras) for cell in cells if cell.row == 0} == {1}
    assert not {cell.key for cell in cells} & {cell.key for cell in sweeps.read_sheet(plain.of).expand()}
    assert rendered(dressed) == len(cells)


def test_a_sheet_that_wants_the_turbo_lora_says_where_one_belongs(place: Workspace) -> None:
    with pytest.raises(UserError, match="No Turbo LoRA lies beside the base"):
        start_sheet(place, replace(PLAN, loras=(("turbo", 1.0),)), "latest")
