"""Looks into the images of a project that nobody read yet, so that its next opening knows them all.

What was read is told in lots, the first of them soon and later ones more seldom: whoever shows them has more to do with
each the more there are. It is kept with each lot, so that a stop or a crash loses a few seconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from studio.core.events import Ending, Finished, Progress, Started, Stopped
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.jobs.pace import Pace
from studio.store import workspace
from studio.store.exchange.looking import ahead
from studio.store.image_index import ImageIndex, Reading

_FIRST_S, _LAST_S = 0.25, 4.0  # between two lots; each takes twice as long as the one before it


@dataclass(frozen=True, slots=True)
class ReadImages:
    """Reads what the project's index does not know. `hear` is given what was read, before the progress tells of it."""

    project: Path
    hear: Callable[[Sequence[Reading]], object] = lambda readings: None
    kind = "read"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        with workspace.open_project(self.project) as place:
            index = ImageIndex(place)
            index.items(at_once=0)
            unread = index.unread
            emit(Started(place.project.name, self.kind, len(unread)))
            count, lots, pace = 0, _Lots(index, self.hear), Pace(len(unread), time.monotonic)
            with closing(ahead(index.read, unread)) as readings:
                for count, reading in enumerate(readings, 1):
                    lots.add(reading)
                    emit(Progress(count, len(unread), pace.seconds_left(count)))
                    if stop.is_set():
                        break
            lots.tell()
            facts = {"images": count, "unread": len(unread) - count}
            emit(Progress(count, len(unread)))
            return Stopped(facts) if count < len(unread) else Finished(facts)


class _Lots:
    """What was read since the last lot."""

    def __init__(self, index: ImageIndex, hear: Callable[[Sequence[Reading]], object]) -> None:
        self._index, self._hear = index, hear
        self._lot: list[Reading] = []
        self._pause = _FIRST_S
        self._due = time.monotonic() + self._pause

    def add(self, reading: Reading) -> None:
        self._lot.append(reading)
        if time.monotonic() >= self._due:
            self.tell()
            self._pause = min(2 * self._pause, _LAST_S)
            self._due = time.monotonic() + self._pause

    def tell(self) -> None:
        """Keeps the lot and passes it on."""
        if self._lot:
            self._index.take(self._lot)
            self._index.save()
            self._hear(tuple(self._lot))
            self._lot.clear()
