"""Training as a job: what it refuses, what it leaves behind, and that a stop costs nothing."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest
from job_runs import run
from tiny_project import RECIPE, TRIGGER, write_project

from studio.core.errors import UserError
from studio.core.events import (
    CheckpointSaved,
    Ending,
    Event,
    Failed,
    Finished,
    Note,
    PreviewReady,
    StateSaved,
    StepDone,
    Stopped,
)
from studio.core.project import Character, with_character
from studio.core.recipe import Recipe
from studio.jobs.bases import BaseChoice
from studio.jobs.execute import Ticket, execute
from studio.jobs.gpu import Gpu
from studio.jobs.train import Train, resume_training, start_training
from studio.store.digests import sha256_of
from studio.store.picture_text import read_origin
from studio.store.workspace import open_project

BARE = replace(RECIPE, preview_every=0)


@pytest.fixture
def project(tmp_path: Path, tiny_base) -> Path:
    return write_project(tmp_path / "project", tiny_base.transformer)


def trained(project: Path, recipe: Recipe,
            stop_at: Callable[[Event], bool] = lambda event: False) -> tuple[Train, list[Event]]:
    """A run that is stopped at the first event that `stop_at` picks."""
    with open_project(project) as place:
        job = start_training(place, recipe)
        return job, run(job, stop_at)


def resumed(project: Path, stop_at: Callable[[Event], bool] = lambda event: False) -> list[Event]:
    with open_project(project) as place:
        return run(resume_training(place, "latest"), stop_at)


def of(kind: type[Event], events: list[Event]) -> list[Event]:
    return [event for event in events if isinstance(event, kind)]


def last_checkpoint(job: Train) -> bytes:
    return max((job.folder / "checkpoints").iterdir()).read_bytes()


def test_every_file_is_there_when_its_line_is(project: Path) -> None:
    with open_project(project) as place:
        job = start_training(place, RECIPE)

        def listen(event: Event) -> bool:
            if isinstance(event, CheckpointSaved | StateSaved):
                assert sha256_of(job.folder / event.path) == event.sha256
            if isinstance(event, PreviewReady):
                assert (job.folder / event.path).is_file()
            return False

        assert isinstance(run(job, listen)[-1], Finished)


def test_an_epoch_leaves_checkpoint_then_state_then_previews(project: Path) -> None:
    _, events = trained(project, RECIPE)
    kinds = [type(event) for event in events if isinstance(event, CheckpointSaved | StateSaved | PreviewReady)]
    assert kinds == [PreviewReady] + [CheckpointSaved, StateSaved, PreviewReady] * 2


def test_previews_start_at_epoch_0_and_show_all_prompts_with_all_seeds(project: Path) -> None:
    recipe = replace(RECIPE, preview_prompts=("1girl, {trigger}", "standing"), preview_seeds=(1, 2))
    job, events = trained(project, recipe)
    shown = [(event.epoch, event.prompt, event.seed) for event in of(PreviewReady, events)]
    prompts = (f"1girl, {TRIGGER}", "standing")
    assert shown == [(epoch, prompt, seed) for epoch in (0, 1, 2) for prompt in prompts for seed in (1, 2)]
    origins = [read_origin(job.folder / event.path) for event in of(PreviewReady, events)]
    assert [bool(origin.spec.loras) for origin in origins] == [False] * 4 + [True] * 8


def test_a_trigger_with_brackets_is_drawn_as_it_is_written_and_not_drawn_again(project: Path) -> None:
    with open_project(project) as place:
        place.save(with_character(place.project, Character("Mira", "mira (cat:1.5)")))
    _, events = trained(project, RECIPE, lambda event: isinstance(event, CheckpointSaved))
    prompt = r"1girl, mira \(cat:1.5\), standing"
    assert [(event.epoch, event.prompt) for event in of(PreviewReady, events)] == [(0, prompt)]
    assert [(event.epoch, event.prompt) for event in of(PreviewReady, resumed(project))] == [(1, prompt), (2, prompt)]


def test_a_stop_finishes_the_step_saves_and_resumes_to_the_same_bits(project: Path, tmp_path: Path, tiny_base) -> None:
    whole, _ = trained(project, RECIPE)
    other = write_project(tmp_path / "other", tiny_base.transformer)
    stopped, events = trained(other, RECIPE, lambda event: isinstance(event, StepDone) and event.step == 3)
    assert isinstance(events[-1], Stopped) and of(StateSaved, events)[-1].step == 3
    again = resumed(other)
    assert [event.step for event in of(StepDone, again)] == [4]
    assert last_checkpoint(stopped) == last_checkpoint(whole)


def test_a_stop_within_previews_loses_neither_steps_nor_previews(project: Path) -> None:
    recipe = replace(RECIPE, preview_seeds=(1, 2, 3, 4, 5), preview_steps=3, state_every=100)
    _, events = trained(project, recipe, lambda event: isinstance(event, CheckpointSaved))
    assert isinstance(events[-1], Stopped) and of(StateSaved, events)[-1].step == 2
    again = resumed(project)
    assert {event.epoch for event in of(PreviewReady, again)} == {1, 2}
    assert [event.step for event in of(StepDone, again)] == [3, 4]


def test_a_stop_before_the_first_step_leaves_a_run_that_can_be_resumed(project: Path) -> None:
    _, events = trained(project, BARE, lambda event: True)
    assert isinstance(events[-1], Stopped) and not of(StepDone, events)
    assert isinstance(resumed(project)[-1], Finished)


def test_states_come_as_often_as_the_recipe_says(project: Path) -> None:
    _, events = trained(project, replace(BARE, state_every=3))
    assert [event.step for event in of(StateSaved, events)] == [3, 4]


def test_a_run_cut_short_by_max_steps_saves_what_it_has(project: Path) -> None:
    _, events = trained(project, replace(BARE, max_steps=3))
    assert [(event.epoch, event.step) for event in of(CheckpointSaved, events)] == [(1, 2), (2, 3)]
    assert isinstance(events[-1], Finished)


def test_only_every_second_epoch_is_saved_and_always_the_last(project: Path) -> None:
    _, events = trained(project, replace(BARE, epochs=3, save_every=2))
    assert [event.epoch for event in of(CheckpointSaved, events)] == [2, 3]


def test_a_lost_export_is_made_again(project: Path) -> None:
    job, _ = trained(project, BARE, lambda event: isinstance(event, CheckpointSaved))
    state = next((job.folder / "state").iterdir())
    state.unlink()  # as if the power had failed between checkpoint and state
    again = resumed(project)
    assert [event.epoch for event in of(CheckpointSaved, again)] == [1, 2]


def test_a_damaged_state_falls_back_to_the_one_before(project: Path) -> None:
    job, _ = trained(project, replace(BARE, epochs=4), lambda event: isinstance(event, StepDone) and event.step == 5)
    newest = max((job.folder / "state").iterdir(), key=lambda path: path.stat().st_mtime_ns)
    newest.write_bytes(newest.read_bytes()[:-1] + b"\xff")
    again = resumed(project)
    assert of(StepDone, again)[0].step == 5 and isinstance(again[-1], Finished)


def test_an_image_without_a_caption_is_refused_by_name(project: Path) -> None:
    (project / "images" / "Mira" / "2.txt").unlink()
    with open_project(project) as place, pytest.raises(UserError, match="2.png"):
        start_training(place, RECIPE)
    assert list((project / "runs").iterdir()) == []


def test_without_a_base_the_flag_is_named(tmp_path: Path) -> None:
    with open_project(write_project(tmp_path / "project", "")) as place, pytest.raises(UserError, match="--base"):
        start_training(place, RECIPE)


def test_a_base_that_is_not_there_is_refused_before_a_run_exists(project: Path) -> None:
    with open_project(project) as place, pytest.raises(UserError, match="nowhere"):
        start_training(place, RECIPE, BaseChoice("nowhere.safetensors"))
    assert list((project / "runs").iterdir()) == []


def test_a_finished_run_has_nothing_to_resume(project: Path) -> None:
    trained(project, BARE)
    with open_project(project) as place, pytest.raises(UserError, match="finished"):
        resume_training(place, "latest")


def test_a_run_is_resumed_on_the_base_it_was_started_on(tmp_path: Path, tiny_base) -> None:
    project = write_project(tmp_path / "project", "")
    with open_project(project) as place:
        job = start_training(place, BARE, BaseChoice(str(tiny_base.transformer)))
        run(job, stop_at=lambda event: isinstance(event, StepDone))
    assert isinstance(resumed(project)[-1], Finished)


def test_changed_images_cannot_be_resumed_into(project: Path, tmp_path: Path) -> None:
    trained(project, BARE, lambda event: isinstance(event, StepDone))
    dataset = next((project / "runs").glob("*/dataset.json"))
    dataset.write_text(dataset.read_text(encoding="utf-8").replace("number 2", "number two"), encoding="utf-8")
    assert isinstance(resumed(project)[-1], Failed)


class EmptyGpu(Gpu):
    """A device that fails the test when anything is loaded on it."""

    def resident(self, *wanted: object) -> NoReturn:
        raise AssertionError("a base was loaded")


def test_a_disk_that_is_too_small_is_told_before_a_base_is_loaded(project: Path, monkeypatch) -> None:
    monkeypatch.setattr("studio.jobs.room.free_bytes", lambda folder: 1000)
    with open_project(project) as place:
        ending = execute(Ticket(start_training(place, BARE)), EmptyGpu("cpu"), lambda event: None)
    assert isinstance(ending, Failed) and ending.kind == "person" and "GiB" in ending.what


def test_images_smaller_than_their_bucket_are_named(project: Path) -> None:
    _, events = trained(project, replace(BARE, resolution=128, max_steps=1))
    assert any("0.png is enlarged" in event.text for event in of(Note, events))


def test_only_the_chosen_character_is_trained(project: Path) -> None:
    with open_project(project) as place, pytest.raises(UserError, match="Suzu"):
        start_training(place, BARE, characters=("Suzu",))


def test_the_ending_says_where_the_lora_is(project: Path) -> None:
    job, events = trained(project, BARE)
    ending: Ending = events[-1]
    assert Path(ending.facts["path"]) == job.of.checkpoint(2)
