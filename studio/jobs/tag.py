"""Writes the captions that are missing, with a tagger, or adds to those that are there what they lack.

What a hand decided stays: a tag that was taken away does not come back, sentences are not touched, and what the ledgers
give to a trigger or forbid is not tagged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.core.dataset import Dataset, ImageItem
from studio.core.errors import unknown
from studio.core.events import CaptionWritten, Ending, Finished, Note, Started, Stopped
from studio.core.ledger import Ledger
from studio.core.retag import Mode, decisions
from studio.core.tag_edits import Preview
from studio.core.tagging import MODES, tagged
from studio.jobs.chosen_images import chosen_images
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.jobs.tagger_looks import THRESHOLD, check_threshold, in_lots, looks
from studio.store import dataset as datasets
from studio.store import workspace
from studio.store.edits import Desk
from studio.store.ledgers import read_ledgers
from studio.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Tag:
    """Captions for a project's images: in mode "skip" for those that have none, in "merge" for all.

    `dry_run` writes nothing: what would be written is told, and stands in the ending as (image, before, after).
    `images` are the ids of those that are meant; without any, all are.
    """

    project: Path
    tagger: Path
    threshold: float = THRESHOLD
    mode: Mode = "skip"
    dry_run: bool = False
    images: tuple[str, ...] = ()
    kind = "tag"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        check_threshold(self.threshold)
        if self.mode not in MODES:
            raise unknown("mode", self.mode, MODES)
        with workspace.open_project(self.project) as place, Desk(place) as desk:
            found = datasets.dataset(place)
            chosen = chosen_images(found.images, self.images)
            meant = [image for image in chosen if self.mode == "merge" or not image.caption]
            emit(Started(place.project.name, self.kind, len(meant)))
            if not meant:
                emit(Note("Every image has a caption already."))
                return Finished({"captions": 0})
            return self._tag(_Tagging(desk, found, read_ledgers(place)), meant, emit, stop)

    def _tag(self, tagging: _Tagging, meant: Sequence[ImageItem], emit: Emit, stop: Stop) -> Ending:
        proposed: list[Preview] = []
        for lot in in_lots(self._proposals(tagging, meant, emit, stop)):
            proposed += lot
            if not self.dry_run:
                tagging.write(lot)
            for each in lot:
                emit(self._told(each))
        facts = {"captions": len(proposed)} | self._preview(proposed)
        return Stopped(facts) if stop.is_set() else Finished(facts)

    def _proposals(self, tagging: _Tagging, meant: Sequence[ImageItem], emit: Emit, stop: Stop) -> Iterator[Preview]:
        for image, seen in looks(tagging.place, self.tagger, meant, self.threshold, emit, stop):
            preview = tagging.preview(image, seen, self.mode)
            if preview.before != preview.after:
                yield preview

    def _told(self, preview: Preview) -> CaptionWritten | Note:
        path = preview.image.path.as_posix()
        if self.dry_run:
            return Note(f"{path}: {preview.after}")
        return CaptionWritten(preview.image.id, path, preview.after)

    def _preview(self, proposed: Sequence[Preview]) -> dict[str, object]:
        return {"proposed": [(each.image.id, each.before, each.after) for each in proposed]} if self.dry_run else {}


@dataclass(frozen=True, slots=True)
class _Tagging:
    """All that decides what a caption says, but for the tagger."""

    desk: Desk
    dataset: Dataset
    ledgers: tuple[Ledger, ...]

    @property
    def place(self) -> Workspace:
        return self.desk.place

    def preview(self, image: ImageItem, seen: Sequence[str], mode: Mode) -> Preview:
        shown = [ledger for ledger in self.ledgers if ledger.character in image.characters]
        unwanted = [tag for ledger in shown for tag in ledger.tags("absorb", "forbid")]
        before = image.caption or ""
        decided = decisions(self.desk.state, image.id)
        return Preview(image, before, tagged(before, seen, self.dataset.triggers_of(image), decided, mode, unwanted))

    def write(self, lot: Sequence[Preview]) -> None:
        self.desk.write(f"Tag {len(lot)} image{'s' * (len(lot) > 1)}", lot, by="tagger")
