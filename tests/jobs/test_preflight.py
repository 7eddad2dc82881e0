"""What a preflight looks at, in which order, where it stops, and that it leaves a project as it was."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from job_runs import run
from safetensors.torch import load_file, save_file
from tiny import write_tiny_base
from tiny_project import RECIPE, write_pair_project, write_project

from studio.core.events import Event, Failed, Finished, Progress, StageDone, Started, Stopped
from studio.core.origin import Refusal
from studio.jobs.bases import BaseChoice
from studio.jobs.execute import Ticket, execute
from studio.jobs.gpu import Gpu
from studio.jobs.plan import Proposal, plan_of
from studio.jobs.preflight import STAGES, Preflight
from studio.jobs.trial import MOST_STEPS, largest, tried
from studio.store.runs import runs_of
from studio.store.workspace import read_project

ORDER = ["versions", "device", "disk", "recipe", "captions", "tokenizers", "text encoder", "VAE", "headers", "model",
         "two steps", "preview", "saving"]  # fmt: skip


@pytest.fixture
def project(tmp_path: Path, tiny_base) -> Path:
    return write_project(tmp_path / "project", tiny_base.transformer)


@pytest.fixture
def own_base(tmp_path: Path):
    """A base that may be broken."""
    return write_tiny_base(tmp_path / "base")


def tried_out(folder: Path, recipe=RECIPE, **facts) -> list[Event]:
    return run(Preflight(folder, Proposal(recipe, **facts), folder.parent / "home"))


def done(events: list[Event]) -> list[str]:
    return [event.stage for event in events if isinstance(event, StageDone)]


def begun(events: list[Event]) -> list[str]:
    return [event.what for event in events if isinstance(event, Progress)]


def everything_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*"))
            if path.is_file() and "cache" not in path.relative_to(folder).parts}


class Watched(Gpu):
    """Tells whether anybody asked for the whole base."""

    def __init__(self) -> None:
        super().__init__("cpu")
        self.lent = 0

    @contextmanager
    def resident(self, *arguments, **more) -> Iterator:
        self.lent += 1
        with super().resident(*arguments, **more) as anima:
            yield anima


def test_the_cheap_looks_come_first_and_each_is_told_with_its_time(project) -> None:
    events = tried_out(project)
    assert isinstance(events[-1], Finished)
    assert done(events) == begun(events) == ORDER == list(STAGES)
    assert isinstance(events[0], Started) and events[0].facts["stages"] == ORDER and events[0].total == len(ORDER)
    assert all(event.seconds >= 0 and event.text for event in events if isinstance(event, StageDone))


def test_what_was_measured_is_told_at_the_end(project) -> None:
    facts = tried_out(project)[-1].facts
    assert facts["seconds_per_step"] > 0 and facts["preview_seconds"] > 0
    assert facts["bucket"] == "64x80" and facts["plan"]["measured"]
    json.dumps(facts)


def test_nothing_of_the_project_is_changed(project) -> None:
    before = everything_in(project)
    tried_out(project)
    assert everything_in(project) == before
    assert runs_of(read_project(project)) == ()


def test_the_forecast_rests_on_the_preflight_from_then_on(project) -> None:
    place, home = read_project(project), project.parent / "home"
    assert not plan_of(place, Proposal(RECIPE), home=home).forecast.measured
    facts = tried_out(project)[-1].facts
    found = plan_of(place, Proposal(RECIPE), home=home).forecast
    assert found.measured and "two steps on cpu" in found.source
    assert found.total_s == pytest.approx(facts["plan"]["seconds"]["total"])
    assert found.disk_bytes == facts["plan"]["disk_bytes"]


def spoiled(path: Path) -> None:
    tensors = load_file(path)
    name = next(name for name, tensor in tensors.items() if tensor.dim() == 2)
    save_file(tensors | {name: torch.full_like(tensors[name], torch.nan)}, path)


def torn(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1000])


@pytest.mark.parametrize("broken", [spoiled, torn])
def test_a_broken_text_encoder_is_found_before_the_large_model_is_loaded(tmp_path, own_base, broken) -> None:
    folder = write_project(tmp_path / "project", own_base.transformer)
    broken(own_base.text_encoder)
    gpu, events = Watched(), []
    ending = execute(Ticket(Preflight(folder, Proposal(RECIPE), tmp_path / "home")), gpu, events.append)
    assert isinstance(ending, Failed) and ending.kind == "person" and "qwen3-tiny" in ending.what and ending.remedy
    assert begun(events)[-1] in ("tokenizers", "text encoder") and gpu.lent == 0
    assert "headers" not in begun(events) and done(events) == begun(events)[:-1]


def test_a_text_encoder_that_makes_no_numbers_fails_at_its_own_line(tmp_path, own_base) -> None:
    folder = write_project(tmp_path / "project", own_base.transformer)
    spoiled(own_base.text_encoder)
    assert begun(tried_out(folder))[-1] == "text encoder"


def test_a_broken_vae_is_found_before_the_large_model_is_loaded(tmp_path, own_base) -> None:
    folder = write_project(tmp_path / "project", own_base.transformer)
    tensors = load_file(own_base.vae)
    save_file({name: torch.full_like(value, torch.nan) for name, value in tensors.items()}, own_base.vae)
    events = tried_out(folder)
    assert begun(events)[-1] == "VAE" and "vae-tiny" in events[-1].what


def test_a_missing_tokenizer_is_named_before_any_weight_is_read(tmp_path, own_base) -> None:
    folder = write_project(tmp_path / "project", own_base.transformer)
    shutil.rmtree(own_base.t5_tokenizer)
    events = tried_out(folder)
    assert begun(events)[-1] == "tokenizers" and "--t5-tokenizer" in f"{events[-1].what} {events[-1].remedy}"


def test_a_recipe_that_contradicts_itself_stops_before_the_captions(project) -> None:
    events = tried_out(project, replace(RECIPE, preview_seeds=()))
    assert begun(events)[-1] == "recipe" and events[-1].what.startswith("R09: ")


def test_a_missing_caption_stops_before_the_tokenizers(project) -> None:
    (project / "images" / "Mira" / "0.txt").unlink()
    events = tried_out(project)
    assert begun(events)[-1] == "captions" and "No caption for images/Mira/0.png" in events[-1].what


def test_an_error_of_the_lint_stops_unless_it_is_refused(project) -> None:
    (project / "images" / "Mira" / "0.txt").write_text("1girl, standing")
    events = tried_out(project)
    assert begun(events)[-1] == "captions" and events[-1].what.startswith("C01: ") and "--refuse C01" in events[-1].remedy
    assert isinstance(tried_out(project, refused=(Refusal("C01", "on purpose"),))[-1], Finished)


def test_flips_of_somebody_asymmetric_stop_unless_that_is_refused(tmp_path, tiny_base) -> None:
    folder = write_pair_project(tmp_path / "project", tiny_base.transformer)
    flipping = replace(RECIPE, flip=True)
    assert tried_out(folder, flipping)[-1].what.startswith("R01: ")
    refused = tuple(Refusal(rule, "a trial") for rule in ("R01", "C01"))
    assert begun(tried_out(folder, flipping, refused=refused))[-1] not in ("recipe", "captions")


def test_without_a_base_the_flag_is_named(tmp_path) -> None:
    events = tried_out(write_project(tmp_path / "project", ""))
    assert begun(events)[-1] == "recipe" and "--base" in events[-1].remedy


def test_a_base_can_be_named_beside_the_project(tmp_path, tiny_base) -> None:
    folder = write_project(tmp_path / "project", "")
    assert isinstance(tried_out(folder, base=BaseChoice(str(tiny_base.transformer)))[-1], Finished)


def test_previews_that_nobody_wants_are_not_drawn(project) -> None:
    events = tried_out(project, replace(RECIPE, preview_every=0))
    assert next(event.text for event in events if isinstance(event, StageDone) and event.stage == "preview") == (
        "none is wanted")


def test_it_can_be_stopped_between_two_looks(project) -> None:
    job = Preflight(project, Proposal(RECIPE), project.parent / "home")
    events = run(job, stop_at=lambda event: isinstance(event, StageDone) and event.stage == "captions")
    assert isinstance(events[-1], Stopped) and done(events)[-1] == "captions"


def test_steps_are_made_on_the_largest_bucket_with_full_batches(project) -> None:
    from studio.jobs.trained_images import train_images, trained_dataset

    place, recipe = read_project(project), replace(RECIPE, batch_size=3, accumulation=2)
    chosen = largest(train_images(place.folder, trained_dataset(place), recipe), recipe)
    assert {str(image.bucket) for image in chosen} == {"64x80"}
    assert sum(image.repeats for image in chosen) >= MOST_STEPS * 6 and tried(recipe).max_steps == MOST_STEPS


def test_a_project_without_images_is_told_to_import_some(tmp_path, tiny_base) -> None:
    events = tried_out(write_project(tmp_path / "project", tiny_base.transformer, count=0))
    assert begun(events)[-1] == "captions" and events[-1].what == "There is no image to train on"
