"""A paused run leaves nothing of itself in memory; a lost card or a full disk leaves a run that can be taken up."""

import errno
import gc
import time
import weakref
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tiny_project import RECIPE, write_project

from studio.core.events import Ending, Event, Failed, Finished, StepDone, Stopped
from studio.core.wishes import Wish
from studio.engine.trainer import Trainer
from studio.jobs.execute import Ticket, execute
from studio.jobs.gpu import Gpu
from studio.jobs.train import Train, resume_training, start_training
from studio.store import journal, runs
from studio.store.wishes import ask
from studio.store.workspace import open_project

BARE = replace(RECIPE, preview_every=0, epochs=3)


@pytest.fixture
def project(tmp_path: Path, tiny_base) -> Path:
    return write_project(tmp_path / "project", tiny_base.transformer)


@pytest.fixture
def whole(tmp_path: Path, tiny_base) -> bytes:
    """The last LoRA of a run that nothing happened to."""
    with open_project(write_project(tmp_path / "whole", tiny_base.transformer)) as place:
        job = start_training(place, BARE)
        assert isinstance(execute(Ticket(job), Gpu("cpu"), lambda event: None), Finished)
    return job.of.checkpoint(3).read_bytes()


def ended(job: Train, gpu: Gpu, listen: Callable[[Event], object] = lambda event: None) -> Ending:
    return execute(Ticket(job), gpu, listen)


def resumed(project: Path, gpu: Gpu) -> Train:
    with open_project(project) as place:
        job = resume_training(place, "latest")
        assert isinstance(ended(job, gpu), Finished)
    return job


@pytest.mark.parametrize("kind", ["pause", "stop"])
def test_a_pause_frees_the_card_within_seconds_and_goes_on_to_the_same_bits(
    project: Path, whole: bytes, kind: str
) -> None:
    gpu, alive, paused_at = Gpu("cpu"), [], []

    def listen(event: Event) -> None:
        if isinstance(event, StepDone) and event.step == 3:
            parts = (gpu._anima.transformer, gpu._anima.text.qwen, gpu._anima.text.conditioner)
            alive.extend(weakref.ref(value) for part in parts for value in part.parameters())
            ask(job.folder, Wish(kind))
            paused_at.append(time.monotonic())

    with open_project(project) as place:
        job = start_training(place, BARE)
        assert isinstance(ended(job, gpu, listen), Stopped)
    assert len(alive) > 50 and time.monotonic() - paused_at[0] < 10
    assert any(each() is not None for each in alive) == (kind == "stop")
    assert resumed(project, gpu).of.checkpoint(3).read_bytes() == whole


def test_letting_go_of_the_weights_needs_no_sweep(project: Path, tiny_base) -> None:
    """A sweep of all objects would hold up a window for a tenth of a second."""
    gpu = Gpu("cpu")
    gc.disable()
    try:
        with gpu.resident(tiny_base) as anima:
            alive = [weakref.ref(value) for value in anima.transformer.parameters()]
        del anima
        gpu.evict()
        assert not any(each() is not None for each in alive)
    finally:
        gc.enable()


class AcceleratorError(RuntimeError):
    """As torch calls what a card says that does not answer any more."""


@pytest.mark.parametrize(("error", "kind"), [
    (AcceleratorError("CUDA error: unspecified launch failure"), "device"),
    (torch.OutOfMemoryError("CUDA out of memory"), "device"),
    (OSError(errno.ENOSPC, "No space left on device"), "person"),
    (RuntimeError("oops"), "bug"),
])  # fmt: skip
@pytest.mark.parametrize("step", [1, 4])
def test_whatever_ends_a_run_it_can_be_taken_up_to_the_same_bits(
    project: Path, whole: bytes, monkeypatch: pytest.MonkeyPatch, error: Exception, kind: str, step: int
) -> None:
    gradient, gpu = Trainer._gradient, Gpu("cpu")

    def failing(trainer: Trainer, batches):
        if trainer.step + 1 == step:
            raise error
        return gradient(trainer, batches)

    with open_project(project) as place, monkeypatch.context() as patched:
        patched.setattr(Trainer, "_gradient", failing)
        job = start_training(place, BARE)
        ending = ended(job, gpu)
    assert isinstance(ending, Failed) and ending.kind == kind
    assert runs.read_run(job.of).status == "failed"
    assert [type(event) for event in journal.read(job.of.journal)][-1] is Failed
    assert resumed(project, Gpu("cpu")).of.checkpoint(3).read_bytes() == whole
