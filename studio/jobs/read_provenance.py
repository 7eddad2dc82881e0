"""Reads from the images of a project where each comes from, and compares that with the base as it is now."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from studio.core.edits import PROVENANCE
from studio.core.errors import UserError
from studio.core.events import Ending, Finished, Note, Progress, Started, Stopped
from studio.core.record import Provenance, Record
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.jobs.pace import Pace
from studio.jobs.target import target_of
from studio.store import workspace
from studio.store.edits import Desk
from studio.store.exchange.embedded import read_provenance
from studio.store.records import records


@dataclass(frozen=True, slots=True)
class ReadProvenance:
    """The provenance of every image of which neither a hand nor a rule for its folder said one."""

    project: Path
    kind = "provenance"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        with workspace.open_project(self.project) as place:
            open_ones = [record for record in records(place) if _is_open(record)]
            target, pace = target_of(place.project), Pace(len(open_ones), time.monotonic)
            emit(Started(place.project.name, self.kind, len(open_ones)))
            found: dict[str, Provenance | None] = {}
            for count, record in enumerate(open_ones, 1):
                if stop.is_set():
                    return Stopped({"images": 0})
                try:
                    told = read_provenance(self.project / record.image.path, target)
                    found[record.id] = told if told.kind != "unknown" else None
                except UserError as error:
                    emit(Note(str(error)))
                emit(Progress(count, len(open_ones), pace.seconds_left(count), "image"))
            kinds = [each.kind for each in found.values() if each]
            for kind in dict.fromkeys(kinds):
                emit(Note(f"{kinds.count(kind)} image{'s' * (kinds.count(kind) > 1)}: {kind}"))
            with Desk(place) as desk:
                desk.set("Read where images come from", PROVENANCE, found, "rule")
            return Finished({"images": len(kinds), "unknown": len(open_ones) - len(kinds)})


def _is_open(record: Record) -> bool:
    return record.provenance is None or record.provenance.origin == "metadata"
