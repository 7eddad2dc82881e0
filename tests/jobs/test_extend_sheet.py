"""A sheet that was begun is gone on with, and drawn on more seeds, from what is frozen in its folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from job_runs import run
from tiny_project import RECIPE, write_project

from studio.core.axes import BASE
from studio.core.compared_epochs import NO_TRIGGER, PLAN, compared
from studio.core.errors import UserError
from studio.core.events import CellReady, Failed, Finished
from studio.core.sheet_plan import SheetPlan, load_plan
from studio.jobs.plan_sheet import plan_sheet
from studio.jobs.prepare_sheet import GoOn, MoreSeeds, PlanSheet
from studio.jobs.render_sheet import sheet_job
from studio.jobs.train import start_training
from studio.store import runs, sweeps
from studio.store.workspace import Workspace, open_project


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, tiny_base) -> Path:
    folder = write_project(tmp_path_factory.mktemp("extended") / "project", tiny_base.transformer)
    with open_project(folder) as place:
        run(start_training(place, replace(RECIPE, preview_every=0, save_every=1)))
    return folder


@pytest.fixture
def place(trained: Path, tmp_path: Path) -> Iterator[Workspace]:
    import shutil

    shutil.copytree(trained, tmp_path / "project", ignore=shutil.ignore_patterns("*.lock"))
    with open_project(tmp_path / "project") as place:
        yield place


def plan() -> SheetPlan:
    small = replace(load_plan(PLAN), profile="", render=(*load_plan(PLAN).render, ("steps", 1)))
    return compared(small, (1, 2))


def test_a_sheet_is_reckoned_without_a_trace(place: Workspace) -> None:
    ending = run(PlanSheet(place, plan(), "latest"))[-1]
    assert isinstance(ending, Finished) and len(ending.facts["planned"].missing) == 4 * 9
    assert sweeps.sheets_of(place) == ()


def test_a_stopped_sheet_is_gone_on_with_to_the_picture(place: Workspace) -> None:
    job, drawn = sheet_job(place, plan_sheet(place, plan(), "latest")), []

    def is_enough(event: object) -> bool:
        drawn.extend([event] if isinstance(event, CellReady) else [])
        return len(drawn) == 20

    run(job, is_enough)
    there = len(list((job.folder / "cells").glob("*.png")))
    ending = run(GoOn(place, (job.folder.name,), "latest"))[-1]
    [again] = ending.facts["jobs"]
    assert again.folder == job.folder and len(ending.facts["planned"][0].missing) == 36 - there
    assert run(again)[-1].facts["rendered"] == 36 - there
    assert run(GoOn(place, (job.folder.name,), "latest"))[-1].facts["jobs"] == ()


def test_more_seeds_draw_only_the_epochs_that_are_asked_for(place: Workspace) -> None:
    first = sheet_job(place, plan_sheet(place, plan(), "latest"))
    ending = run(MoreSeeds(place, (first.folder.name,), "latest", (BASE, NO_TRIGGER, 2), (7, 8)))[-1]
    [job] = ending.facts["jobs"]
    sheet = sweeps.read_sheet(job.of)
    assert job.folder != first.folder and sheet.title == "Compare epochs"
    assert {(cell.value("epoch"), cell.spec.seed) for cell in sheet.expand()} == {
        (arm, seed) for arm in (BASE, NO_TRIGGER, 2) for seed in (7, 8)}
    assert run(job)[-1].facts["rendered"] == 18


def test_a_run_whose_files_are_others_gives_no_sheet_of_the_base_alone(place: Workspace) -> None:
    known = runs.find_run(place, "latest")
    for epoch in (1, 2):
        known.checkpoint(epoch).write_bytes(b"other")
    with pytest.raises(UserError, match="as it was saved"):
        plan_sheet(place, "epoch-by-prompt", "latest")
    ending = run(PlanSheet(place, plan(), "latest"))[-1]
    assert isinstance(ending, Failed) and "as it was saved" in ending.what


def test_an_epoch_whose_file_was_changed_is_named(place: Workspace) -> None:
    runs.find_run(place, "latest").checkpoint(1).write_bytes(b"other")
    planned = plan_sheet(place, "epoch-by-prompt", "latest")
    assert [each for each in planned.remarks if "epoch 1 is gone or was changed" in str(each)]
    assert {cell.value("epoch") for cell in planned.cells} == {BASE, 2}


def test_a_sheet_of_another_base_is_not_extended(place: Workspace, tmp_path: Path) -> None:
    job = sheet_job(place, plan_sheet(place, plan(), "latest"))
    path = job.folder / "sheet.toml"
    text = path.read_text("utf-8")
    path.write_text(text.replace(sweeps.read_sheet(job.of).spec.base, "0" * 64), "utf-8")
    ending = run(GoOn(place, (job.folder.name,), "latest"))[-1]
    assert isinstance(ending, Failed) and "another base" in ending.what
