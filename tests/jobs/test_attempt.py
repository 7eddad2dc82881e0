"""What an attempt keeps and lets go, and what it tells beside its steps."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from job_runs import run
from tiny_project import RECIPE, write_project

from studio.core.events import CheckpointRemoved, CheckpointSaved, Event, Finished, Note, PreviewReady, StepDone
from studio.core.fold import fold
from studio.core.project import Character, with_character
from studio.core.recipe import Recipe
from studio.engine.trainer import Trainer, Uncompiled
from studio.jobs.train import Train, resume_training, start_training
from studio.store import journal
from studio.store.picture_text import read_origin
from studio.store.runs import sound_checkpoints
from studio.store.workspace import open_project

BARE = replace(RECIPE, preview_every=0, epochs=6)


@pytest.fixture
def project(tmp_path: Path, tiny_base) -> Path:
    return write_project(tmp_path / "project", tiny_base.transformer)


def trained(project: Path, recipe: Recipe,
            stop_at: Callable[[Event], bool] = lambda event: False) -> tuple[Train, list[Event]]:
    with open_project(project) as place:
        job = start_training(place, recipe)
        return job, run(job, stop_at)


def resumed(project: Path, stop_at: Callable[[Event], bool] = lambda event: False) -> list[Event]:
    with open_project(project) as place:
        return run(resume_training(place, "latest"), stop_at)


def epochs(kind: type[Event], events: list[Event]) -> list[int]:
    return [event.epoch for event in events if isinstance(event, kind)]


def on_disk(job: Train) -> list[str]:
    return sorted(path.name for path in (job.folder / "checkpoints").iterdir())


def listed(job: Train) -> list[int]:
    """The epochs that the journal lists; each of them must be there, byte for byte."""
    state = fold(journal.read(job.of.journal))
    assert sound_checkpoints(job.of, state) == state.checkpoints
    return [each.epoch for each in state.checkpoints]


def test_only_the_newest_checkpoints_and_every_so_many_th_stay(project: Path) -> None:
    job, events = trained(project, replace(BARE, keep_last=2, keep_every=3))
    assert epochs(CheckpointSaved, events) == [1, 2, 3, 4, 5, 6]
    assert epochs(CheckpointRemoved, events) == [1, 2, 4]
    assert listed(job) == [3, 5, 6] and on_disk(job) == [f"e00{epoch}.safetensors" for epoch in (3, 5, 6)]


def test_without_a_number_all_stay(project: Path) -> None:
    job, events = trained(project, replace(BARE, keep_every=5, epochs=3))
    assert listed(job) == [1, 2, 3] and epochs(CheckpointRemoved, events) == []


def test_what_the_journal_lists_is_there_at_every_moment(project: Path) -> None:
    with open_project(project) as place:
        job = start_training(place, replace(BARE, keep_last=1, epochs=4))
        lists = []

        def listen(event: Event) -> bool:
            if isinstance(event, CheckpointSaved | CheckpointRemoved):
                lists.append(listed(job))
            return False

        run(job, listen)
    assert lists == [[1], [1, 2], [2], [2, 3], [3], [3, 4], [4]]


@pytest.mark.parametrize("at", [4, 5])
def test_a_run_goes_on_without_the_checkpoints_that_it_let_go(
    project: Path, tmp_path: Path, tiny_base, at: int
) -> None:
    whole, _ = trained(project, replace(BARE, keep_last=1))
    other = write_project(tmp_path / "other", tiny_base.transformer)
    job, _ = trained(other, replace(BARE, keep_last=1), lambda event: isinstance(event, StepDone) and event.step == at)
    assert isinstance(resumed(other)[-1], Finished)
    assert listed(job) == [6] and on_disk(job) == on_disk(whole)
    assert job.of.checkpoint(6).read_bytes() == whole.of.checkpoint(6).read_bytes()


def test_a_checkpoint_whose_removal_was_cut_off_is_removed_with_the_next(project: Path) -> None:
    job, events = trained(project, replace(BARE, keep_last=1), lambda event: isinstance(event, CheckpointRemoved))
    assert epochs(CheckpointRemoved, events) == [1]
    left = job.of.checkpoint(1)
    left.write_bytes(job.of.checkpoint(2).read_bytes())  # as if the power had failed behind the line in the journal
    again = resumed(project)
    assert epochs(CheckpointRemoved, again)[:2] == [1, 2] and not left.exists()
    assert listed(job) == [6]


def test_an_epoch_made_again_after_a_crash_is_kept_until_newer_ones_are(project: Path) -> None:
    job, _ = trained(project, replace(BARE, keep_last=1), lambda event: isinstance(event, CheckpointSaved)
                     and event.epoch == 3)
    for state in (job.folder / "state").iterdir():
        state.unlink()
    again = resumed(project, lambda event: isinstance(event, CheckpointSaved) and event.epoch == 2)
    assert epochs(CheckpointRemoved, again) == [1] and listed(job) == [2, 3]
    assert epochs(CheckpointRemoved, resumed(project))[0] == 2


def with_two(project: Path, triggers: tuple[str, str]) -> None:
    """Takes an image from Mira for Kai."""
    with open_project(project) as place:
        for name, trigger in zip(("Mira", "Kai"), triggers, strict=True):
            place.save(with_character(place.project, Character(name, trigger)))
    (project / "images" / "Kai").mkdir()
    for path in (project / "images" / "Mira").glob("3.*"):
        path.rename(project / "images" / "Kai" / path.name)
    (project / "images" / "Kai" / "3.txt").write_text("1girl, standing", encoding="utf-8")


def test_two_triggers_that_look_alike_on_disk_have_their_own_previews(project: Path) -> None:
    with_two(project, ("mira (cat)", "mira, cat"))
    job, events = trained(project, replace(RECIPE, epochs=1, preview_seeds=(1, 2)))
    previews = [event for event in events if isinstance(event, PreviewReady)]
    assert len({event.path for event in previews}) == len(previews) == 2 * 2 * 2
    assert all(read_origin(job.folder / event.path).spec.prompt == event.prompt for event in previews)


def test_a_preview_that_calls_nobody_is_drawn_once_for_all_triggers(project: Path) -> None:
    with_two(project, ("mira", "kaix"))
    _, events = trained(project, replace(RECIPE, epochs=1, preview_prompts=("standing",)))
    assert [(event.epoch, event.prompt) for event in events if isinstance(event, PreviewReady)] == [
        (0, "standing"), (1, "standing")]


def test_previews_show_the_average_and_the_run_is_the_same_without_them(
    project: Path, tmp_path: Path, tiny_base
) -> None:
    averaging = replace(RECIPE, optimizer="adamw_schedulefree")
    drawing, _ = trained(project, averaging)
    silent, _ = trained(write_project(tmp_path / "other", tiny_base.transformer), replace(averaging, preview_every=0))
    assert drawing.of.checkpoint(2).read_bytes() == silent.of.checkpoint(2).read_bytes()


def test_blocks_that_cannot_be_compiled_are_told_in_a_note(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = Trainer.steps

    def failing(trainer: Trainer):
        yield Uncompiled("no compiler here")
        yield from steps(trainer)

    monkeypatch.setattr(Trainer, "steps", failing)
    _, events = trained(project, replace(BARE, epochs=1))
    assert [event.text for event in events if isinstance(event, Note)] == [
        "Compiling the blocks failed, so they run plain: no compiler here"]
    assert isinstance(events[-1], Finished)
