"""What does a tagger see in the images of a project, one after the other?"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TypeVar

from studio.core.dataset import ImageItem
from studio.core.errors import UserError
from studio.core.events import Progress
from studio.jobs.execute import Emit, Stop
from studio.jobs.pace import Pace
from studio.store.images import open_rgb
from studio.store.tagger_answers import LEAST, TaggerAnswers
from studio.store.workspace import Workspace

THRESHOLD = 0.35  # from this probability on a tag is suggested; the figure that releases of WD taggers name
AT_ONCE = 100  # images that are changed as one edit; what a crash takes of it was seen, and is looked up the next time

T = TypeVar("T")


def check_threshold(threshold: float) -> None:
    """Raises `UserError` for what is no probability, or below what is remembered of a look."""
    if not LEAST <= threshold <= 1:
        raise UserError(f"{threshold:g} cannot be a threshold", f"Give a probability between {LEAST:g} and 1.")


def looks(place: Workspace, tagger: Path, images: Sequence[ImageItem], threshold: float, emit: Emit,
          stop: Stop) -> Iterator[tuple[ImageItem, tuple[str, ...]]]:
    """(image, general tags at or above the threshold, the likeliest first), until the end or until it is stopped."""
    from studio.engine.taggers.wd import GENERAL, Tagger

    model = Tagger.from_folder(tagger)
    general = {row.tag for row in model.rows if row.category == GENERAL}
    known, pace = TaggerAnswers(place, model.digest), Pace(len(images), time.monotonic)
    for count, image in enumerate(images, 1):
        if stop.is_set():
            return
        if image.id not in known:
            known.learn(image.id, model.predict([open_rgb(place.folder / image.path)])[0])
        seen = [tag for tag, chance in known[image.id].items() if tag in general and chance >= threshold]
        yield image, tuple(sorted(seen, key=lambda tag: -known[image.id][tag]))
        emit(Progress(count, len(images), pace.seconds_left(count), "image"))


def in_lots(found: Iterable[T], size: int = AT_ONCE) -> Iterator[list[T]]:
    """What comes, in lists of at most so many."""
    rest = iter(found)
    while lot := list(islice(rest, size)):
        yield lot
