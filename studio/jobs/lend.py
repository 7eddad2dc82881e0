"""Lends a hand to a run that another process trains: computes what it asks for, and writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.errors import UserError
from studio.core.events import Ending, Finished, Started
from studio.jobs.bases import BaseChoice, base_from_facts
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.jobs.several import knock
from studio.jobs.trained_images import train_images
from studio.store import runs
from studio.store.workspace import read_project

if TYPE_CHECKING:
    from studio.engine.peers import Peers
    from studio.engine.trainer import Trainer


@dataclass(frozen=True, slots=True)
class Lend:
    """One of the processes of a run but the first, which says which run is meant, and on which base.

    `base` is where that lies on this machine, if it lies elsewhere than on the first one.
    """

    project: Path
    base: BaseChoice | None = None
    kind = "lend"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        from studio.engine.peers import joined

        knock()
        emit(Started("", self.kind, 0))
        batches = 0
        with joined(gpu.device) as peers, self._trainer(gpu, peers, emit) as trainer:
            for _ in trainer.lend():
                batches += 1
        return Finished({"batches": batches})

    @contextmanager
    def _trainer(self, gpu: Gpu, peers: Peers, emit: Emit) -> Iterator[Trainer]:
        """Ready, and known to be; what keeps this process from that is told to the first."""
        from studio.engine.trainer import Trainer

        told = peers.tell()
        try:
            place = read_project(self.project)
            run = runs.find_run(place, told["run"])
            recipe = runs.read_recipe(run)
            images = train_images(place.folder, runs.read_dataset(run), recipe)
            files = self._base(told["base"]).files()
            with gpu.resident(files, recipe.precision, emit) as anima:
                trainer = Trainer(anima, images, recipe, place.cache, peers)
        except UserError as error:
            peers.collect({"what": error.what, "remedy": error.remedy})
            raise
        with trainer:
            peers.collect({"fingerprint": trainer.fingerprint})
            yield trainer

    def _base(self, told: object) -> BaseChoice:
        return (self.base or BaseChoice()).otherwise(base_from_facts(told))
