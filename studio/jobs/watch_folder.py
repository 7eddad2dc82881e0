"""Follows a folder that another machine fills, and tells each LoRA and each preview once it is whole."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from studio.core.events import Ending, Note, Started, Stopped
from studio.core.foreign_run import ForeignCheckpoint
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.store.foreign_runs import Arrival, Watch


@dataclass(frozen=True, slots=True)
class WatchFolder:
    """Looks every `every_s` seconds until it is stopped."""

    source: Path
    every_s: float = 2.0
    kind = "watch"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        emit(Started(self.source.name, self.kind, 0))
        watch, told = Watch(self.source), 0
        while not stop.is_set():
            for arrival in watch.look(time.monotonic()):
                emit(Note(_sentence(arrival, self.source)))
                told += 1
            stop.wait(self.every_s)
        return Stopped({"files": told})


def _sentence(arrival: Arrival, folder: Path) -> str:
    what = "is here" if isinstance(arrival, ForeignCheckpoint) else "has a preview"
    number = f"Epoch {arrival.epoch}" if arrival.epoch else "The file without a number"
    if not isinstance(arrival, ForeignCheckpoint) and not arrival.epoch:
        number = "The base"
    return f"{number} {what}: {arrival.path.relative_to(folder)}."
