"""A sheet is prepared beside the window: what comes of it is the job that renders it."""

from dataclasses import replace
from pathlib import Path

import pytest
from job_runs import run
from tiny_project import RECIPE, write_project

from studio.core.axes import Axis
from studio.core.events import Failed, Finished
from studio.core.sheet_plan import load_plan, with_axis
from studio.jobs.prepare_sheet import PrepareSheet
from studio.jobs.train import start_training
from studio.store import sweeps
from studio.store.workspace import open_project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, tiny_base) -> Path:
    folder = write_project(tmp_path_factory.mktemp("prepared") / "project", tiny_base.transformer)
    with open_project(folder) as place:
        run(start_training(place, replace(RECIPE, preview_every=0)))
    return folder


def test_a_prepared_sheet_is_there_before_its_first_picture(project: Path) -> None:
    with open_project(project) as place:
        ending = run(PrepareSheet(place, "epoch-by-prompt", "latest"))[-1]
        assert isinstance(ending, Finished) and ending.facts["job"].kind == "sheet"
        sheet = sweeps.find_sheet(place, ending.facts["sheet"])
        assert ending.facts["job"].folder == sheet.folder and not any((sheet.folder / "cells").iterdir())


def test_a_plan_that_was_just_put_together_is_prepared_like_one_with_a_name(project: Path) -> None:
    with open_project(project) as place:
        plan = with_axis(load_plan("epoch-by-prompt"), Axis("seed", (3,)))
        ending = run(PrepareSheet(place, plan, "latest"))[-1]
        assert isinstance(ending, Finished) and {
            cell.spec.seed for cell in sweeps.read_sheet(ending.facts["job"].of).expand()} == {3}


def test_what_is_missing_is_told(project: Path) -> None:
    with open_project(project) as place:
        ending = run(PrepareSheet(place, "epoch-by-promt", "latest"))[-1]
        assert isinstance(ending, Failed) and "epoch-by-prompt" in ending.remedy
