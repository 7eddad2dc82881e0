"""What does each image of a project look like from afar, without decoding it again?

The cache holds a line of fixed length for each image, by its id, and only grows: writing one is an append, and what a
crash cut off at the end is not read. Whoever deletes it loses time only.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from PIL import Image

from studio.core.dataset import ImageItem
from studio.core.errors import UserError
from studio.core.likeness import SIDE, Likeness
from studio.store.images import open_rgb
from studio.store.workspace import Workspace

NAME = "likenesses.bin"

_LINE = struct.Struct(f"<8sf{SIDE * SIDE}s")  # the id's bytes, width over height, the stamp


def likeness(seen: Image.Image) -> Likeness:
    """What upright RGB pixels look like from afar."""
    stamp = seen.convert("L").resize((SIDE, SIDE), Image.Resampling.HAMMING, reducing_gap=3.0)
    return Likeness(stamp.tobytes(), seen.width / seen.height)


class Likenesses:
    """The likenesses of a project's images by their ids."""

    def __init__(self, place: Workspace) -> None:
        self._place = place
        self._known = _load(place.cache / NAME)

    def known(self) -> Mapping[str, Likeness]:
        """Those that need no decoding, of images that may be gone by now."""
        return self._known

    def of(self, images: Iterable[ImageItem]) -> Iterator[tuple[str, Likeness]]:
        """(id, likeness) of each image; the unknown are decoded, and those that cannot be are left out."""
        for image in images:
            if image.id not in self._known:
                try:
                    self.learn(image.id, likeness(open_rgb(self._place.folder / image.path)))
                except UserError:
                    continue
            yield image.id, self._known[image.id]

    def learn(self, id: str, likeness: Likeness) -> None:
        """Keeps what was found out while the image was decoded for something else."""
        if id in self._known:
            return
        self._known[id] = likeness
        if self._place.is_owner:
            self._place.cache.mkdir(exist_ok=True)
            with (self._place.cache / NAME).open("ab", buffering=0) as file:
                file.truncate(file.tell() // _LINE.size * _LINE.size)
                file.write(_LINE.pack(bytes.fromhex(id), likeness.shape, likeness.stamp))


def _load(path: Path) -> dict[str, Likeness]:
    if not path.is_file():
        return {}
    content = path.read_bytes()
    whole = content[:len(content) // _LINE.size * _LINE.size]
    return {id.hex(): Likeness(stamp, shape) for id, shape, stamp in _LINE.iter_unpack(whole)}
