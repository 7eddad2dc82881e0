"""What is asked of a run while it trains is done once, is known after a resume, and changes no bit of the LoRA."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from job_runs import run
from tiny_project import RECIPE, write_project

from studio.core.errors import UserError
from studio.core.events import (
    CheckpointSaved,
    Event,
    Failed,
    Finished,
    Note,
    PreviewReady,
    Progress,
    SnapshotSaved,
    Started,
    StepDone,
    Stopped,
    WishAnswered,
)
from studio.core.fold import RunState, fold
from studio.core.recipe import Recipe
from studio.core.wishes import Wish
from studio.engine.tensor_files import read_tensors
from studio.jobs.train import Train, resume_training, start_training
from studio.store import journal
from studio.store.picture_text import read_origin
from studio.store.wishes import ask
from studio.store.workspace import open_project

BARE = replace(RECIPE, preview_every=0, epochs=4)  # 2 steps an epoch
Moment = Callable[[Event], bool]


@pytest.fixture
def project(tmp_path: Path, tiny_base) -> Path:
    return write_project(tmp_path / "project", tiny_base.transformer)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory, tiny_base) -> Train:
    """A run of six epochs that nobody asked anything of."""
    project = write_project(tmp_path_factory.mktemp("alone") / "project", tiny_base.transformer)
    with open_project(project) as place:
        job = start_training(place, replace(BARE, epochs=6))
        assert isinstance(run(job)[-1], Finished)
    return job


def after(step: int) -> Moment:
    return lambda event: isinstance(event, StepDone) and event.step == step


def wishing(job: Train, *wishes: tuple[Moment, Wish], stop_at: Moment = lambda event: False) -> list[Event]:
    """All events of the job, each wish uttered at the first event that fits its moment."""
    waiting = list(wishes)

    def listen(event: Event) -> bool:
        for each in list(waiting):
            if each[0](event):
                waiting.remove(each)
                ask(job.folder, each[1])
        return stop_at(event)

    events = run(job, listen)
    assert not waiting
    return events


def started(project: Path, *wishes: tuple[Moment, Wish], recipe: Recipe = BARE,
            stop_at: Moment = lambda event: False) -> tuple[Train, list[Event]]:
    with open_project(project) as place:
        job = start_training(place, recipe)
        return job, wishing(job, *wishes, stop_at=stop_at)


def resumed(project: Path, *wishes: tuple[Moment, Wish], epochs: int = 0) -> list[Event]:
    with open_project(project) as place:
        return wishing(resume_training(place, "latest", epochs=epochs), *wishes)


def of(kind: type[Event], events: list[Event]) -> list[Event]:
    return [event for event in events if isinstance(event, kind)]


def state_of(job: Train) -> RunState:
    return fold(journal.read(job.of.journal))


def adapter(path: Path) -> dict[str, torch.Tensor]:
    return read_tensors(path)[0]


def same(one: Path, other: Path) -> bool:
    first, second = adapter(one), adapter(other)
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_a_lora_saved_now_lies_beside_those_of_the_epochs_and_changes_no_bit(project: Path, alone: Train) -> None:
    job, events = started(project, (after(3), Wish("save")), (after(3), Wish("save")), (after(5), Wish("save")))
    assert [(each.step, each.epoch, each.path) for each in of(SnapshotSaved, events)] == [
        (3, 2, "checkpoints/s000003.safetensors"), (5, 3, "checkpoints/s000005.safetensors")]
    assert [each.epoch for each in of(CheckpointSaved, events)] == [1, 2, 3, 4]
    for epoch in (1, 2, 3, 4):
        assert same(job.of.checkpoint(epoch), alone.of.checkpoint(epoch))
    assert not same(job.of.snapshot(3), job.of.checkpoint(1)) and not same(job.of.snapshot(3), job.of.checkpoint(2))
    assert [each.number for each in state_of(job).wishes] == [1, 2, 3]


def test_a_lora_saved_now_is_what_a_run_that_ended_there_would_leave(project: Path, tmp_path: Path, tiny_base) -> None:
    job, _ = started(project, (after(3), Wish("save")))
    short, _ = started(write_project(tmp_path / "short", tiny_base.transformer), recipe=replace(BARE, max_steps=3))
    assert same(job.of.snapshot(3), short.of.checkpoint(2))


def test_a_longer_run_that_the_disk_does_not_hold_is_refused_and_goes_on_to_its_end(project: Path, monkeypatch) -> None:
    def full_for_more_than_now(event: Event) -> bool:
        if after(3)(event):
            monkeypatch.setattr("studio.jobs.room.free_bytes", lambda folder: 0)
        return after(3)(event)

    job, events = started(project, (full_for_more_than_now, Wish("epochs", 6)))
    [answer] = of(WishAnswered, events)
    assert not answer.granted and isinstance(events[-1], Finished) and state_of(job).step == 8
    assert any("It stays at 4 epochs" in each.text and "GiB are free" in each.text for each in of(Note, events))


def test_a_resume_with_more_epochs_than_the_disk_holds_says_so_before_anything_is_loaded(project, monkeypatch) -> None:
    started(project, stop_at=after(1))
    plenty_for_few = 256 * 2**20 + 2**20
    monkeypatch.setattr("studio.jobs.room.free_bytes", lambda folder: plenty_for_few)
    failed = resumed(project, epochs=10_000)[-1]
    assert isinstance(failed, Failed) and failed.kind == "person" and "Make room" in failed.remedy


def test_previews_of_now_are_drawn_once_and_change_no_bit(project: Path, alone: Train) -> None:
    job, events = started(project, (after(3), Wish("preview")))
    [asked] = of(PreviewReady, events)
    assert (asked.epoch, asked.step, asked.path) == (2, 3, "previews/s000003/1-mira-p1-s1.png")
    assert read_origin(job.folder / asked.path).facts["step"] == 3
    assert same(job.of.checkpoint(4), alone.of.checkpoint(4))


def test_previews_asked_for_at_an_epoch_s_end_are_those_of_the_epoch(project: Path) -> None:
    drawing = replace(BARE, preview_every=4)
    _, events = started(project, (after(4), Wish("preview")), recipe=drawing)
    assert [(each.epoch, each.step) for each in of(PreviewReady, events)] == [(0, 0), (2, 0), (4, 0)]


def test_previews_asked_for_at_an_epoch_s_end_that_has_them_are_not_drawn_again(project: Path) -> None:
    _, events = started(project, (after(4), Wish("preview")), recipe=replace(BARE, preview_every=2))
    assert [each.epoch for each in of(PreviewReady, events)] == [0, 2, 4]
    assert [each.granted for each in of(WishAnswered, events)] == [True]


@pytest.mark.parametrize(("asked", "step", "ends_with"), [(2, 1, 2), (3, 4, 3), (1, 5, 3), (2, 4, 2), (1, 6, 3)])
def test_a_run_made_shorter_ends_there_or_with_the_epoch_at_hand(
    project: Path, alone: Train, asked: int, step: int, ends_with: int
) -> None:
    job, events = started(project, (after(step), Wish("epochs", asked)))
    assert of(StepDone, events)[-1].step == 2 * ends_with and isinstance(events[-1], Finished)
    assert [(each.value, each.total) for each in of(WishAnswered, events)] == [(ends_with, 2 * ends_with)]
    assert Path(events[-1].facts["path"]) == job.of.checkpoint(ends_with)
    assert same(job.of.checkpoint(ends_with), alone.of.checkpoint(ends_with))


def test_a_run_made_shorter_while_an_epoch_is_being_kept_leaves_all_that_an_end_leaves(
    project: Path, alone: Train
) -> None:
    recipe = replace(BARE, save_every=3, preview_every=3, state_every=100)
    at_end = lambda event: isinstance(event, Progress) and event.what == "step" and event.done == 4  # noqa: E731
    job, events = started(project, (at_end, Wish("epochs", 1)), recipe=recipe)
    assert isinstance(events[-1], Finished) and of(StepDone, events)[-1].step == 4
    assert [each.epoch for each in of(CheckpointSaved, events)] == [2]
    assert [each.epoch for each in of(PreviewReady, events)] == [0, 2]
    assert same(job.of.checkpoint(2), alone.of.checkpoint(2)) and state_of(job).states[-1].step == 4


def test_a_run_made_longer_goes_on_as_one_that_was_planned_so(project: Path, alone: Train) -> None:
    job, events = started(project, (after(3), Wish("epochs", 6)))
    assert [each.epoch for each in of(CheckpointSaved, events)] == [1, 2, 3, 4, 5, 6]
    assert same(job.of.checkpoint(6), alone.of.checkpoint(6))
    last = [each for each in of(Progress, events) if each.what == "step"][-1]
    assert (last.done, last.total) == (12, 12) and state_of(job).length == 12


def test_the_new_length_holds_after_a_resume(project: Path, alone: Train) -> None:
    _, events = started(project, (after(3), Wish("epochs", 6)), stop_at=after(5))
    assert isinstance(events[-1], Stopped)
    again = resumed(project)
    assert of(Started, again)[0].total == 12 and of(StepDone, again)[-1].step == 12
    assert not of(WishAnswered, again)


def test_a_length_asked_for_before_a_crash_could_answer_is_granted_by_the_next_attempt(project: Path) -> None:
    job, _ = started(project, stop_at=after(3))
    ask(job.folder, Wish("epochs", 3))
    again = resumed(project)
    assert of(StepDone, again)[-1].step == 6 and isinstance(again[-1], Finished)


def test_a_finished_run_goes_on_with_more_epochs(project: Path, alone: Train) -> None:
    job, _ = started(project)
    with open_project(project) as place, pytest.raises(UserError, match="is finished"):
        resume_training(place, "latest", epochs=4)
    again = resumed(project, epochs=6)
    assert [each.step for each in of(StepDone, again)] == [9, 10, 11, 12]
    assert same(job.of.checkpoint(6), alone.of.checkpoint(6))


def test_a_rate_that_falls_keeps_its_course_when_the_end_comes_nearer(project: Path, tmp_path: Path, tiny_base) -> None:
    falling = replace(BARE, lr_schedule="cosine")
    job, events = started(project, (after(1), Wish("epochs", 2)), recipe=falling)
    whole, steps = started(write_project(tmp_path / "other", tiny_base.transformer), recipe=falling)
    assert [each.lr for each in of(StepDone, events)] == [each.lr for each in of(StepDone, steps)][:4]
    assert same(job.of.checkpoint(2), whole.of.checkpoint(2))


def test_a_rate_that_has_fallen_to_nothing_cannot_be_made_longer(project: Path) -> None:
    falling = replace(BARE, lr_schedule="linear", epochs=2)
    _, events = started(project, (after(1), Wish("epochs", 4)), recipe=falling)
    assert [each.granted for each in of(WishAnswered, events)] == [False]
    assert of(StepDone, events)[-1].step == 4 and "would learn nothing more" in of(Note, events)[-1].text
    with open_project(project) as place, pytest.raises(UserError, match="would teach nothing"):
        resume_training(place, "latest", epochs=4)


def test_a_rate_that_falls_to_a_floor_stays_there(project: Path) -> None:
    falling = replace(BARE, lr_schedule="linear", lr_floor=0.5, epochs=2)
    _, events = started(project, (after(1), Wish("epochs", 3)), recipe=falling)
    assert [each.lr for each in of(StepDone, events)][3:] == pytest.approx([5e-3] * 3)


@pytest.mark.parametrize(("kind", "why"), [("stop", "asked"), ("pause", "paused")])
def test_a_wish_to_end_ends_after_the_step_at_hand_and_goes_on_to_the_same_bits(
    project: Path, alone: Train, kind: str, why: str
) -> None:
    job, events = started(project, (after(3), Wish(kind)))
    assert events[-1].facts["why"] == why and events[-1].facts["step"] == 3
    assert [each.wish for each in state_of(job).wishes] == [kind]
    resumed(project)
    assert same(job.of.checkpoint(4), alone.of.checkpoint(4))


def test_a_stop_after_the_epoch_waits_for_its_end_and_all_that_belongs_to_it(project: Path) -> None:
    job, events = started(project, (after(3), Wish("stop after epoch")), recipe=replace(BARE, preview_every=2))
    assert events[-1].facts == {"run": job.of.id, "step": 4, "why": "after epoch"}
    assert [each.epoch for each in of(PreviewReady, events)] == [0, 2]
    assert of(StepDone, resumed(project))[-1].step == 8


def test_a_stop_after_the_last_epoch_is_the_end_itself(project: Path) -> None:
    _, events = started(project, (after(7), Wish("stop after epoch")))
    assert isinstance(events[-1], Finished)


def test_a_stop_after_the_epoch_can_be_taken_back(project: Path) -> None:
    _, events = started(project, (after(3), Wish("stop after epoch")), (after(3), Wish("go on")))
    assert [(each.wish, each.granted) for each in of(WishAnswered, events)] == [
        ("stop after epoch", False), ("go on", True)]
    assert isinstance(events[-1], Finished)


def test_an_order_to_stop_that_a_crash_left_behind_does_not_stop_the_next_attempt(project: Path) -> None:
    job, _ = started(project, stop_at=after(3))
    ask(job.folder, Wish("stop"))
    again = resumed(project)
    assert isinstance(again[-1], Finished) and [each.granted for each in of(WishAnswered, again)] == [False]


def test_an_order_to_stop_that_comes_while_the_base_is_read_is_heard(project: Path) -> None:
    started(project, stop_at=after(3))
    with open_project(project) as place:
        job = resume_training(place, "latest")
        ask(job.folder, Wish("stop"))
        events = run(job)
    assert events[-1].facts["why"] == "asked" and not of(StepDone, events)


def test_previews_asked_for_while_previews_are_drawn_are_not_lost_to_a_stop(project: Path) -> None:
    drawing = replace(BARE, preview_every=1)
    in_preview = lambda event: isinstance(event, Progress) and event.what.startswith("preview of epoch 1")  # noqa: E731
    job, events = started(project, (in_preview, Wish("preview")), (in_preview, Wish("stop")), recipe=drawing)
    assert isinstance(events[-1], Stopped) and events[-1].facts["step"] == 2
    again = resumed(project)
    assert sum(each.wish == "preview" and each.granted for each in state_of(job).wishes) == 1
    assert isinstance(again[-1], Finished)
