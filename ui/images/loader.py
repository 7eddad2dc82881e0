"""How do pictures get onto the screen while the window stays quick?

Threads decode what is asked for, the last wish first; what scrolled out of sight meanwhile is dropped. The GUI thread
takes finished pictures over in small batches, makes pixmaps of them, and keeps as many as a number of bytes allows.
"""

from __future__ import annotations

import os
import time
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, Thread

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage, QPixmap

from ui.images.cache import ThumbnailCache
from ui.images.decode import prepare, thumbnail, whole

WHOLE = 0                # a side: the picture in its own size
SIDES = (256, 512)       # of the squares that thumbnails fit in

_MOST_BYTES = 256 * 2**20
_MOST_WHOLE = 4          # pictures in their own size that are kept
_TICK_MS = 15
_BUDGET_S = 0.006        # of a tick that may go into pixmaps


@dataclass(frozen=True, slots=True)
class Wanted:
    """A picture to load: of which image, from which file, within a square of which side."""

    id: str
    path: Path
    side: int


class Loader(QObject):
    """Pixmaps that are there at once or later. Asked from the GUI thread only; close it before its project."""

    loaded = Signal(object)  # tuple of image ids

    def __init__(self, cache: ThumbnailCache, threads: int = 0, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cache = cache
        self._kept: OrderedDict[tuple[str, int], QPixmap] = OrderedDict()
        self._bytes = 0
        self._work = _Work(cache)
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._take_over)
        count = threads or max(1, min(4, (os.cpu_count() or 2) - 1))
        self._threads = [Thread(target=self._work.run, name=f"pictures {each}", daemon=True) for each in range(count)]
        for thread in self._threads:
            thread.start()

    def pixmap(self, id: str, side: int) -> QPixmap | None:
        """The picture if it is there; a null one for a file that cannot be read."""
        found = self._kept.get((id, side))
        if found is not None:
            self._kept.move_to_end((id, side))
        return found

    def any_pixmap(self, id: str) -> QPixmap | None:
        """The picture in whatever size there is, the largest first."""
        return next((found for side in (WHOLE, *reversed(SIDES)) if (found := self._kept.get((id, side)))), None)

    def ask(self, wanted: Iterable[Wanted]) -> None:
        """Loads these thumbnails, the first ones first, in the place of all that were asked for before."""
        self._work.replace([each for each in wanted if (each.id, each.side) not in self._kept])
        self._timer.start()

    def ask_whole(self, id: str, path: Path) -> None:
        """Loads a picture in its own size, before any thumbnail."""
        if (id, WHOLE) not in self._kept:
            self._work.first(Wanted(id, path, WHOLE))
            self._timer.start()

    def prepare(self, wanted: Iterable[Wanted]) -> None:
        """Makes thumbnails for later, whenever nobody waits for another, in the place of those asked for before.

        What is wanted may be a generator: the threads ask it for one after the other.
        """
        self._work.prepare(wanted)
        self._timer.start()

    def close(self) -> None:
        """Ends the threads after what they have at hand."""
        self._timer.stop()
        self._work.end()
        for thread in self._threads:
            thread.join()
        self._cache.close()

    @property
    def is_busy(self) -> bool:
        """Whether something is still to come."""
        return self._work.is_busy

    def _take_over(self) -> None:
        """Stops when its time is up: the rest waits for the next tick, and the window stays quick."""
        until, ids = time.perf_counter() + _BUDGET_S, []
        while (done := self._work.next_done()) and time.perf_counter() < until:
            wanted, image = done
            self._keep((wanted.id, wanted.side), QPixmap.fromImage(image))
            ids.append(wanted.id)
        if done:
            self._work.put_back(done)
        if ids:
            self.loaded.emit(tuple(ids))
        if not self._work.is_busy:
            self._timer.stop()

    def _keep(self, key: tuple[str, int], pixmap: QPixmap) -> None:
        if key in self._kept:
            self._drop(key)
        self._kept[key] = pixmap
        self._bytes += _bytes_of(pixmap)
        if key[1] == WHOLE:
            for old in [each for each in self._kept if each[1] == WHOLE][:-_MOST_WHOLE]:
                self._drop(old)
        while self._bytes > _MOST_BYTES and len(self._kept) > 1:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: tuple[str, int]) -> None:
        self._bytes -= _bytes_of(self._kept.pop(key))


class _Work:
    """What threads and window share: what is wanted, and what is done."""

    def __init__(self, cache: ThumbnailCache) -> None:
        self._cache = cache
        self._changed = Condition()
        self._wanted: deque[Wanted] = deque()
        self._for_later: Iterator[Wanted] = iter(())
        self._has_later = False  # whether more may come of it
        self._under_way: set[Wanted] = set()  # that somebody waits for
        self._preparing = 0
        self._done: deque[tuple[Wanted, QImage]] = deque()
        self._is_over = False

    @property
    def is_busy(self) -> bool:
        return bool(self._wanted or self._has_later or self._under_way or self._preparing or self._done)

    def replace(self, wanted: list[Wanted]) -> None:
        """What scrolled past before anybody took it over is let go: the disk has it."""
        with self._changed:
            kept = frozenset(wanted)
            self._done = deque(each for each in self._done if each[0] in kept or each[0].side == WHOLE)
            there = self._under_way | {each for each, _ in self._done}
            whole_ones = [each for each in self._wanted if each.side == WHOLE]
            self._wanted = deque([*whole_ones, *(each for each in wanted if each not in there)])
            self._changed.notify_all()

    def first(self, wanted: Wanted) -> None:
        with self._changed:
            if wanted not in self._under_way:
                others = [each for each in self._wanted if each.side != WHOLE]
                self._wanted = deque([wanted, *others])
                self._changed.notify()

    def prepare(self, wanted: Iterable[Wanted]) -> None:
        with self._changed:
            self._for_later, self._has_later = iter(wanted), True
            self._changed.notify_all()

    def next_done(self) -> tuple[Wanted, QImage] | None:
        return self._done.popleft() if self._done else None

    def put_back(self, done: tuple[Wanted, QImage]) -> None:
        self._done.appendleft(done)

    def end(self) -> None:
        with self._changed:
            self._is_over = True
            self._wanted.clear()
            self._has_later = False
            self._changed.notify_all()

    def run(self) -> None:
        """What each thread does until the end."""
        while (taken := self._taken()) is not None:
            wanted, is_awaited = taken
            image = self._loaded(wanted, is_awaited)
            with self._changed:
                if image is None:
                    self._preparing -= 1
                else:
                    self._done.append((wanted, image))
                    self._under_way.discard(wanted)

    def _taken(self) -> tuple[Wanted, bool] | None:
        """The next to load, and whether somebody waits for it."""
        with self._changed:
            while not self._is_over:
                if self._wanted:
                    wanted = self._wanted.popleft()
                    self._under_way.add(wanted)
                    return wanted, True
                if self._has_later and (later := next(self._for_later, None)):
                    self._preparing += 1
                    return later, False
                self._has_later = False
                self._changed.wait()
            return None

    def _loaded(self, wanted: Wanted, is_awaited: bool) -> QImage | None:
        if not is_awaited:
            prepare(self._cache, wanted.id, wanted.path, wanted.side)
            return None
        if wanted.side == WHOLE:
            return whole(wanted.path)
        return thumbnail(self._cache, wanted.id, wanted.path, wanted.side)


def _bytes_of(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * 4
