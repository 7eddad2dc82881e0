"""What is in the files, folders, archives and clips that somebody handed over? Nothing is copied, nothing changed.

Facts come one picture at a time, so that a window can show them while the rest is read, and whoever stops asking stops
the reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from studio.core.dataset import ImageItem
from studio.core.errors import UserError
from studio.core.survey import Found
from studio.store.exchange.looking import Looked, Looker, ahead
from studio.store.exchange.sources import Source, Sources


def survey(sources: Sources, looker: Looker, there: Iterable[ImageItem] = ()) -> Iterator[Found]:
    """The facts on each picture, in order; `there` are the images that the project has already."""
    met = {image.id: image.path.as_posix() for image in there}
    for source, result in zip(sources.all, ahead(looker.look, sources.all)):
        yield _refused(source, result) if isinstance(result, UserError) else _found(source, result, met)


def _refused(source: Source, error: UserError) -> Found:
    return Found(source.where, source.folder, source.size, trouble=str(error))


def _found(source: Source, looked: Looked, met: dict[str, str]) -> Found:
    picture, told = looked.picture, looked.told
    twin = met.setdefault(picture.id, source.where)
    return Found(
        source.where, source.folder, source.size, picture.id, picture.width, picture.height, told.caption, told.kind,
        picture.notes, looked.provenance, looked.likeness, twin if twin != source.where else "",
    )  # fmt: skip
