"""Several characters in one run: what is refused, what is shared out, what is drawn."""

from dataclasses import replace
from pathlib import Path

import pytest
from job_runs import run
from tiny_project import RECIPE, write_pair_project

from studio.core.axes import parse_axis
from studio.core.errors import UserError
from studio.core.events import Finished, Note, PreviewReady
from studio.core.recipe import Recipe
from studio.jobs.render_sheet import start_sheet
from studio.jobs.train import start_training
from studio.store import runs, sweeps
from studio.store.workspace import Workspace, open_project

ONE_EPOCH = replace(RECIPE, epochs=1, preview_prompts=("1girl, {trigger}",))


@pytest.fixture
def place(tmp_path: Path, tiny_base) -> Workspace:
    with open_project(write_pair_project(tmp_path / "p", tiny_base.transformer)) as place:
        yield place


def test_two_characters_and_a_pair_are_taught_in_one_run_each_as_often_as_asked(place: Workspace) -> None:
    events = run(start_training(place, ONE_EPOCH))
    assert isinstance(events[-1], Finished) and events[-1].facts["exposures"] == 4 + 2 * 2 + 3
    notes = [event.text for event in events if isinstance(event, Note)]
    assert "Exposures in an epoch: Mira 4 (36 %), Kai 4 (36 %), Mira+Kai 3 (27 %)." in notes
    prompts = {event.prompt for event in events if isinstance(event, PreviewReady)}
    assert prompts == {"1girl, mira", "1girl, kaix"}
    sheet_of_the_run(place)


def sheet_of_the_run(place: Workspace) -> None:
    """Part of the test above, as it needs its run: both are drawn, or the one that is asked for."""
    axes = [parse_axis("epoch=last"), parse_axis("seed=1"), parse_axis("composition=standing")]
    both = sweeps.read_sheet(start_sheet(place, "epoch-by-prompt", "latest", axes=axes).of)
    assert both.column_labels == ("Mira, standing, seed 1", "Kai, standing, seed 1")
    job = start_sheet(place, "epoch-by-prompt", "latest", axes=[*axes, parse_axis("character=kai")])
    assert isinstance(run(job)[-1], Finished)
    [cell] = sweeps.read_sheet(job.of).expand()
    assert "kaix" in cell.spec.prompt and job.of.cell(cell.key).is_file()


def test_captions_are_shuffled_behind_the_triggers_of_whom_each_image_shows(place: Workspace) -> None:
    for path in place.images.glob("*/*.txt"):
        triggers = {"Mira": "mira", "Kai": "kaix", "Mira+Kai": "kaix, mira"}[path.parent.name]
        path.write_text(f"number {path.stem}, standing, {triggers}, smile", encoding="utf-8")
    run(start_training(place, replace(ONE_EPOCH, caption_variants=8, caption_dropout=0.0, preview_every=0)))
    written = {path.read_text(encoding="utf-8") for path in place.images.glob("*/*.txt")}
    assert len(list((place.cache / "contexts").glob("*.safetensors"))) == len(written), "one loose tag has one order"


def test_one_of_several_is_taught_without_the_pictures_of_both(place: Workspace) -> None:
    job = start_training(place, ONE_EPOCH, characters=("Mira",))
    dataset = runs.read_dataset(job.of)
    assert dataset.triggers == ("mira",) and dataset.groups == () and len(dataset.images) == 4


def refused(place: Workspace, recipe: Recipe = ONE_EPOCH) -> str:
    with pytest.raises(UserError) as caught:
        start_training(place, recipe)
    assert not runs.runs_of(place), "nothing is on disk"
    return str(caught.value)


def test_a_caption_that_calls_the_other_is_refused_by_name(place: Workspace) -> None:
    (place.images / "Mira" / "2.txt").write_text("1girl, mira, kaix, standing", encoding="utf-8")
    said = refused(place)
    assert "'kaix' calls Kai" in said and "2.png" in said


def test_a_pair_whose_caption_leaves_one_out_is_refused_by_name(place: Workspace) -> None:
    (place.images / "Mira+Kai" / "both.txt").write_text("2girls, mira", encoding="utf-8")
    said = refused(place)
    assert "'kaix' of Kai is missing" in said and "both.png" in said


def test_flips_are_refused_for_an_asymmetric_character_by_name(place: Workspace) -> None:
    assert "Kai would come out mirrored" in refused(place, replace(ONE_EPOCH, flip=True))
    assert start_training(place, replace(ONE_EPOCH, flip=True), characters=("Mira",))
