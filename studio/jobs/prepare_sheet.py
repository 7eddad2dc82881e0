"""Prepares a sheet beside the window: every checkpoint of its run is read once, which takes a while with many."""

from __future__ import annotations

from dataclasses import dataclass

from studio.core.events import Ending, Finished, Started
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.jobs.render_sheet import start_sheet
from studio.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class PrepareSheet:
    """Its result is `sheet`, the id, and `job`, the rendering that is to be queued."""

    place: Workspace
    plan: str
    wanted_run: str
    kind = "plan"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        emit(Started("", self.kind, 1))
        job = start_sheet(self.place, self.plan, self.wanted_run)
        return Finished({"sheet": job.of.folder.name, "job": job})
