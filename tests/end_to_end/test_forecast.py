"""A preflight's forecast beside the run that it was made for, on the practice model and a sample character.

Other programs on the machine slow both down, and not alike. So both are compared in processor seconds: what the
forecast says in seconds on the clock is worth as many of them as the preflight itself had of each second.
"""

import time
from dataclasses import replace
from pathlib import Path

import pytest
from job_runs import run

import resources
from studio.core.events import Finished
from studio.core.recipe import load_recipe
from studio.jobs.plan import Proposal
from studio.jobs.preflight import Preflight
from studio.jobs.sample_project import SampleProject
from studio.jobs.train import start_training
from studio.store.workspace import open_project

WITHIN = 0.15


def timed(job) -> tuple[float, float, Finished]:
    """Seconds on the clock and of the processor, and the ending."""
    wall, processor = time.perf_counter(), time.process_time()
    ending = run(job)[-1]
    return time.perf_counter() - wall, time.process_time() - processor, ending


@pytest.mark.long
def test_a_forecast_is_as_long_as_the_run(tmp_path: Path) -> None:
    folder, recipe = tmp_path / "sample", replace(load_recipe("practice"), epochs=3)
    run(SampleProject(folder, resources.folder("samples", "mira")))
    run(Preflight(folder, Proposal(recipe), tmp_path / "home"))  # imports and warms up
    wall, processor, checked = timed(Preflight(folder, Proposal(recipe), tmp_path / "home"))
    with open_project(folder) as place:
        _, taken, ending = timed(start_training(place, recipe))
    assert isinstance(ending, Finished)
    assert checked.facts["plan"]["seconds"]["total"] * processor / wall == pytest.approx(taken, rel=WITHIN)
