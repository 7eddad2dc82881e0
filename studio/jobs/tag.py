"""Writes the captions that are missing, with a tagger; a caption that is there is never touched."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.caption import join_caption, ordered_tags
from studio.core.dataset import Dataset, ImageItem
from studio.core.errors import UserError
from studio.core.events import CaptionWritten, Ending, Finished, Note, Progress, Started, Stopped
from studio.core.recipe import QUALITY
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.jobs.pace import Pace
from studio.jobs.score import THRESHOLD
from studio.store import dataset as datasets
from studio.store import workspace
from studio.store.captions import write_caption
from studio.store.images import open_rgb

if TYPE_CHECKING:
    from studio.engine.taggers.wd import Tagger


@dataclass(frozen=True, slots=True)
class Tag:
    """Captions for a project's images that have none: quality, triggers, then the tags the tagger sees."""

    project: Path
    tagger: Path
    threshold: float = THRESHOLD
    kind = "tag"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        if not 0 <= self.threshold <= 1:
            raise UserError(f"{self.threshold:g} is no probability", "Give a threshold between 0 and 1.")
        with workspace.open_project(self.project) as place:
            found = datasets.dataset(place)
            bare = [image for image in found.images if not image.caption]
            emit(Started(place.project.name, self.kind, len(bare)))
            if not bare:
                emit(Note("Every image has a caption already."))
                return Finished({"captions": 0})
            return self._write(bare, found, emit, stop)

    def _write(self, bare: list[ImageItem], found: Dataset, emit: Emit, stop: Stop) -> Ending:
        from studio.engine.taggers.wd import Tagger

        tagger, pace = Tagger.from_folder(self.tagger), Pace(len(bare), time.monotonic)
        for count, image in enumerate(bare, 1):
            if stop.is_set():
                return Stopped({"captions": count - 1})
            caption = self._caption(tagger, image, found.triggers_of(image))
            write_caption(self.project / image.path, caption)
            emit(CaptionWritten(image.id, image.path.as_posix(), caption))
            emit(Progress(count, len(bare), pace.seconds_left(count), "image"))
        return Finished({"captions": len(bare)})

    def _caption(self, tagger: Tagger, image: ImageItem, triggers: tuple[str, ...]) -> str:
        tags = tagger.tags(open_rgb(self.project / image.path), self.threshold)
        return join_caption(ordered_tags(tags, triggers, QUALITY))
