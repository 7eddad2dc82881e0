"""What is there to know of a picture that is about to come in? All of it from one reading and one decoding."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from studio.core.errors import UserError
from studio.core.likeness import Likeness
from studio.core.provenance import Target, by_folder, provenance_of
from studio.core.record import Provenance
from studio.core.survey import Found
from studio.store.exchange.caption_files import CaptionFiles, Told
from studio.store.exchange.embedded import made_of
from studio.store.exchange.sources import Source
from studio.store.images import Picture, decoded, image_id
from studio.store.likenesses import likeness

WORKERS = 2  # threads that read and decode while another writes; Pillow and zlib let others run meanwhile

Given = TypeVar("Given")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Looked:
    """A sound picture with what its pixels, its metadata and the files beside it say."""

    picture: Picture
    likeness: Likeness
    told: Told
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Looker:
    """How pictures are looked at: with a base to compare with, a person's rules for folders by their names, and what an
    earlier look found out, by the pictures' ids: those are not decoded again."""

    captions: CaptionFiles
    target: Target = Target()
    rules: Mapping[str, Provenance] = field(default_factory=dict)
    known: Mapping[str, Found] = field(default_factory=dict)

    def look(self, source: Source) -> Looked | UserError:
        """What there is to know, or why the picture cannot be taken in."""
        try:
            content = source.content()
            before = self.known.get(image_id(content))
            return self._again(source, content, before) if before else self._first(source, content)
        except UserError as error:
            return error

    def _first(self, source: Source, content: bytes) -> Looked:
        found = decoded(content, source.name)
        told = self.captions.of(source)
        said = by_folder(self.rules, source.folder)
        return Looked(found.picture, likeness(found.seen), told,
                      said or provenance_of(made_of(found.image) or told.made, self.target))

    def _again(self, source: Source, content: bytes, found: Found) -> Looked:
        picture = Picture(found.id, found.width, found.height, content, found.notes)
        return Looked(picture, found.likeness, self.captions.of(source),
                      by_folder(self.rules, source.folder) or found.provenance)


def ahead(work: Callable[[Given], Result], given: Iterable[Given], workers: int = WORKERS) -> Iterator[Result]:
    """The results in their order, a few of them worked out before they are asked for. Whoever stops asking stops it."""
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[Result]] = deque()
        try:
            for each in given:
                waiting.append(pool.submit(work, each))
                if len(waiting) > workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
