"""Freezes a planned run beside the window: every picture is read once, which may take a while in a large set."""

from __future__ import annotations

from dataclasses import dataclass

from studio.core.events import Ending, Finished, Started
from studio.core.origin import Refusal
from studio.core.recipe import Recipe
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.jobs.train import start_training
from studio.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class FreezeRun:
    """Its result is `run`, the id, and `job`, the training that is to be queued."""

    place: Workspace
    recipe: Recipe
    characters: tuple[str, ...] = ()
    parent: str = ""
    refused: tuple[Refusal, ...] = ()
    kind = "plan"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        emit(Started("", self.kind, 1))
        job = start_training(self.place, self.recipe, None, self.characters, self.parent, self.refused)
        return Finished({"run": job.of.id, "job": job})
