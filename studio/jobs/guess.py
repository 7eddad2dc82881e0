"""Guesses the labels of a project's images from what a tagger sees in them, or from the tags that they have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.core.dataset import ImageItem
from studio.core.events import Ending, Finished, Note, Started, Stopped
from studio.core.guess import cleared_by_hand, guess_changes, guessed
from studio.core.labels import LABEL_FIELDS
from studio.core.record import Record
from studio.jobs.chosen_images import chosen_images
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.jobs.tagger_looks import THRESHOLD, check_threshold, in_lots, looks
from studio.store import workspace
from studio.store.edits import Desk
from studio.store.records import Records

Seen = tuple[ImageItem, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Guess:
    """Labels for a project's images, as guesses, wherever no hand said anything.

    Without a tagger the tags of the captions are taken. `images` are the ids of those that are meant; without any, all.
    """

    project: Path
    tagger: Path | None = None
    threshold: float = THRESHOLD
    images: tuple[str, ...] = ()
    kind = "guess"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        check_threshold(self.threshold)
        with workspace.open_project(self.project) as place, Desk(place) as desk:
            records = Records(desk)
            chosen = chosen_images([each.image for each in records.all], self.images)
            meant = records.of(*dict.fromkeys(image.id for image in chosen))
            emit(Started(place.project.name, self.kind, len(meant)))
            labels = sum(_guess(desk, records, lot) for lot in in_lots(self._seen(desk, meant, emit, stop)))
            unknown = _unknown(records.refresh(each.id for each in meant))
            emit(Note(_told(labels, unknown)))
            facts = {"labels": labels, "unknown": unknown}
            return Stopped(facts) if stop.is_set() else Finished(facts)

    def _seen(self, desk: Desk, meant: Sequence[Record], emit: Emit, stop: Stop) -> Iterator[Seen]:
        if self.tagger is None:
            return ((each.image, each.tags) for each in meant)
        return looks(desk.place, self.tagger, [each.image for each in meant], self.threshold, emit, stop)


def _guess(desk: Desk, records: Records, lot: Sequence[Seen]) -> int:
    """Writes the guesses of some images as one edit; how many are new."""
    cleared = cleared_by_hand(desk.state)
    changes = {(change.image, change.field): change for image, tags in lot for record in records.of(image.id)
               for change in guess_changes(desk.state, record, guessed(image, tags), cleared)}
    count = len({image for image, _ in changes})
    desk.apply(f"Guess the labels of {count} image{'s' * (count > 1)}", changes.values(), by="tagger")
    return len(changes)


def _unknown(records: Sequence[Record]) -> dict[str, int]:
    """How many images still have no word for each label."""
    missing = Counter(name for record in records for name in LABEL_FIELDS if getattr(record.labels, name) is None)
    return {name: missing[name] for name in LABEL_FIELDS}


def _told(labels: int, unknown: dict[str, int]) -> str:
    open_ones = ", ".join(f"{name} of {count}" for name, count in unknown.items() if count)
    said = f"{labels} new guess{'es' * (labels != 1)}"
    return f"{said}; still unknown: {open_ones}." if open_ones else f"{said}; every label has a word."
