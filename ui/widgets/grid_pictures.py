"""In which size does a grid need its pictures, and which of them are there?

Small ones come from the cache of thumbnails, large ones from the files themselves; threads decode both. Whatever is
there in another size stands in until the right one is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QPixmap

from ui.images.cache import ThumbnailCache
from ui.images.loader import WHOLE, Loader, Wanted
from ui.images.whole import WholePictures
from ui.viewstate.grid_files import File

LEVELS = (64, 256, 512)     # the longer sides of what is kept on disk
MOST_WHOLE = 256 * 2**20    # bytes of pictures in their own size

_ENOUGH = 0.8               # of the pixels that are shown
_MANY = 200                 # pictures in sight from which on the smallest size comes first


class GridPictures(QObject):
    """Pixmaps by the key of a cell, or the id of an image of the set."""

    loaded = Signal(object)  # frozenset of keys

    def __init__(self, cache: ThumbnailCache, parent: QObject) -> None:
        super().__init__(parent)
        self._loader = Loader(cache, parent=self)
        self._whole = WholePictures(MOST_WHOLE, threads=1, parent=self)
        self._keys: dict[Path, str] = {}
        self._wanted: dict[object, tuple[Mapping[str, Path], int]] = {}
        self._loader.loaded.connect(lambda keys: self.loaded.emit(frozenset(keys)))
        self._whole.loaded.connect(self._tell_whole)

    def pixmap(self, key: str, path: Path | None, level: int) -> QPixmap | None:
        """The picture at a level, or at the nearest one there is; null for a file that cannot be read."""
        if path is None:
            return None
        return self._at(key, path, level) or next(
            (found for other in (512, 256, WHOLE, 64) if other != level and (found := self._at(key, path, other))),
            None)

    def pair(self, one: File, other: File, level: int) -> tuple[QPixmap | None, QPixmap | None]:
        """Two pictures in one size, the nearest one that there is of both: what was shrunk otherwise would differ."""
        pairs = ((self._at(*one, each), self._at(*other, each)) for each in (level, 512, 256, WHOLE, 64))
        return next((pair for pair in pairs if None not in pair), (None, None))

    def is_there(self, key: str, path: Path, level: int) -> bool:
        return self._at(key, path, level) is not None

    def want(self, who: object, pictures: Mapping[str, Path], level: int) -> None:
        """Loads these for whoever asks, the first ones first, in the place of all that he wanted before."""
        self._wanted[who] = pictures, level
        whole = {path: key for of, at in self._wanted.values() if at == WHOLE for key, path in of.items()}
        self._keys = whole
        self._whole.want(whole)
        self._loader.ask([each for of, at in self._wanted.values() if at != WHOLE for each in _small(of, at)])

    def leave(self, who: object) -> None:
        """He wants nothing any more."""
        self._wanted.pop(who, None)

    @property
    def is_busy(self) -> bool:
        return self._loader.is_busy or self._whole.is_busy

    def rest(self) -> None:
        """Nobody looks: what is large goes."""
        self._whole.shrink(0)

    def forget(self, paths: Iterable[Path]) -> None:
        """Files that are others by now."""
        self._whole.forget(paths)

    def close(self) -> None:
        self._loader.close()
        self._whole.close()

    def _at(self, key: str, path: Path, level: int) -> QPixmap | None:
        return self._whole.pixmap(path) if level == WHOLE else self._loader.pixmap(key, level)

    def _tell_whole(self, paths: frozenset[Path]) -> None:
        self.loaded.emit(frozenset(key for path in paths if (key := self._keys.get(path))))


def level_for(pixels: float) -> int:
    """The level for a picture whose longer side has so many pixels on the screen."""
    return next((each for each in LEVELS if each >= _ENOUGH * pixels), WHOLE)


def _small(pictures: Mapping[str, Path], level: int) -> Iterator[Wanted]:
    """Where many are in sight the smallest ones come first: they are there soonest."""
    for side in (LEVELS[0], level) if len(pictures) > _MANY and level != LEVELS[0] else (level,):
        yield from (Wanted(key, path, side) for key, path in pictures.items())
