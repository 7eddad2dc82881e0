"""Prepares the sheet that rendered pictures make by themselves, beside the window: each of them is looked at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from studio.core.events import Ending, Finished, Started
from studio.jobs.cell_source import own_sheet, require_found
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.jobs.render_sheet import sourced_job
from studio.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class PreparePictures:
    """Its results are `sheet`, the id, `job`, which copies the pictures, and how many are `found` and `left`."""

    place: Workspace
    pictures: Path
    wanted_run: str = ""
    kind = "plan"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        emit(Started("", self.kind, 1))
        made = require_found(own_sheet(self.place, self.pictures, self.wanted_run))
        job = sourced_job(self.place, made)
        return Finished({"sheet": job.of.folder.name, "job": job, "found": len(made.found), "left": len(made.left)})
