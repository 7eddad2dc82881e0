"""Writes a project's set into a folder for another trainer, and says what that trainer will not keep."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import UserError, unknown
from studio.core.events import Ending, Finished, Note, Progress, Started, Stopped
from studio.core.lint.exports import cut_short, scattered
from studio.core.project import Project
from studio.core.record import Record
from studio.jobs.bases import BaseChoice
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.jobs.pace import Pace
from studio.store import workspace
from studio.store.exchange import export
from studio.store.exchange.formats import FORMATS, TOKEN_LIMIT, Format
from studio.store.records import records
from studio.store.tokenizers import Tokenizer


@dataclass(frozen=True, slots=True)
class ExportSet:
    """The images that were not rejected, with their captions, for the trainer that `format` names.

    `into` allows a folder that holds other files already. The project is only looked at.
    """

    project: Path
    out: Path
    format: str
    link: bool = False
    into: bool = False
    kind = "export"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        if self.format not in FORMATS:
            raise unknown("format", self.format, FORMATS)
        place, format = workspace.read_project(self.project), FORMATS[self.format]
        every = records(place)
        kept = tuple(record for record in every if not record.rejected)
        if not kept:
            raise UserError(f"{place.project.name} has no images to export", "Import some first.")
        writing = export.Export(place, self.out, format, link=self.link, anyway=self.into)
        emit(Started(place.project.name, self.kind, len(kept)))
        pace = Pace(len(kept), time.monotonic)
        with closing(writing.write(kept)) as items:
            for count, _ in enumerate(items, 1):
                emit(Progress(count, len(kept), pace.seconds_left(count), "image"))
                if stop.is_set() and count < len(kept):
                    return Stopped({"images": count, "path": str(self.out)})
        for sentence in losses(kept, len(every), format, _token_count(place.project)):
            emit(Note(sentence))
        captions = sum(bool(record.caption) for record in kept)
        return Finished({"images": len(kept), "captions": captions, "path": str(self.out)})


def losses(kept: Sequence[Record], every: int, format: Format,
           tokens: Callable[[str], int] | None = None) -> Iterator[str]:
    """What of the set does not arrive at the trainer, in sentences with counts; `every` counts rejected images too."""
    target = format.target(tokens)
    repeats = {record.repeats for record in kept}
    many = repeats != {1} and not format.has_repeats
    counted = (
        (every - len(kept), "rejected and left out"),
        (sum(not record.caption for record in kept), f"without a caption: these {format.bare}"),
        (sum(not format.reads(record.image.path.suffix.lower()) for record in kept),
         "in a format that few trainers read: save them as PNG"),
        (len(scattered(kept, target)),
         "with sentences, which a trainer that shuffles cuts at their commas: leave its shuffling off"),
        (len(cut_short(kept, target)), f"whose captions are longer than {TOKEN_LIMIT} tokens and will be cut"),
        (len(kept) if many else 0,
         f"whose repeats ({', '.join(map(str, sorted(repeats)))}) no folder tells: set them in the trainer"),
        (sum("\n" in record.caption for record in kept) if format.name == "kohya" else 0,
         "whose captions had several lines, of which sd-scripts reads one: they were joined"),
    )  # fmt: skip
    yield from (f"{count} image{'s' * (count != 1)} {what}." for count, what in counted if count)


def _token_count(project: Project) -> Callable[[str], int] | None:
    """Counts the tokens of a caption as the longer of the base's tokenizers does; None without a base that has them."""
    base = BaseChoice(project.base)
    try:
        files = base.files() if base.name else None
        readers = [Tokenizer.from_folder(each) for each in (files.qwen_tokenizer, files.t5_tokenizer)] if files else []
    except UserError:
        return None
    return (lambda caption: max(len(each.encode(caption)) for each in readers)) if readers else None
