"""Makes a project folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from studio.core.events import Ending, Finished, Started
from studio.jobs.bases import BaseChoice, stored_name
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.store import workspace


@dataclass(frozen=True, slots=True)
class NewProject:
    """A new project; `base` is a file, a folder, `practice`, or empty to choose later."""

    where: Path
    name: str
    base: str = ""
    kind = "new"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        emit(Started(self.name, self.kind, 1))
        if self.base:
            BaseChoice(self.base).files()
        with workspace.create(self.where, self.name, stored_name(self.base)):
            return Finished({"path": str(self.where), "name": self.name, "base": self.base})
