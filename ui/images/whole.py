"""How do many pictures in their own size come onto the screen one after the other, as fast as somebody turns a wheel?

Threads decode what is wanted, the first wish first, and go on with what is likely to come next. What was decoded stays
until a number of bytes is reached; then what was not wanted for longest goes. Nothing that would not fit is decoded.
"""

from __future__ import annotations

import os
from collections import OrderedDict, deque
from collections.abc import Iterable
from pathlib import Path
from threading import Condition, Thread

import psutil
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage, QPixmap

from ui.images.decode import whole

MOST_BYTES = 768 * 2**20   # 180 pictures of a megapixel, and the targets beside them
MOST_SHARE = 1 / 8         # of the machine's memory

_USUAL_BYTES = 4 * 832 * 1216  # of a picture, as long as none was seen


class WholePictures(QObject):
    """Pixmaps by their files. Asked from the GUI thread only; `close` it before the files go."""

    loaded = Signal(object)  # frozenset of paths
    _done = Signal()         # from a thread

    def __init__(self, most_bytes: int = 0, threads: int = 0, parent: QObject | None = None) -> None:
        super().__init__(parent)
        granted = min(MOST_BYTES, int(MOST_SHARE * psutil.virtual_memory().total))
        self._most, self._bytes, self._largest = most_bytes or granted, 0, 0
        self._kept: OrderedDict[Path, QPixmap] = OrderedDict()
        self._changed = Condition()
        self._wanted: deque[Path] = deque()
        self._under_way: set[Path] = set()
        self._decoded: deque[tuple[Path, QImage]] = deque()
        self._is_over = False
        self._done.connect(self._take_over, Qt.ConnectionType.QueuedConnection)
        count = threads or max(1, min(4, (os.cpu_count() or 2) - 1))
        self._threads = [Thread(target=self._run, name=f"whole pictures {each}", daemon=True) for each in range(count)]
        for thread in self._threads:
            thread.start()
        self.destroyed.connect(lambda: self.close())  # a thread that tells what is gone takes the program with it

    def pixmap(self, path: Path) -> QPixmap | None:
        """The picture if it is there; a null one for a file that cannot be read."""
        return self._kept.get(path)

    def want(self, paths: Iterable[Path]) -> None:
        """Loads these, the first ones first, in the place of all that were wanted before."""
        wanted = list(dict.fromkeys(paths))[:self.room]
        for path in reversed(wanted):
            if path in self._kept:
                self._kept.move_to_end(path)
        with self._changed:
            there = self._under_way | {path for path, _ in self._decoded} | self._kept.keys()
            self._wanted = deque(path for path in wanted if path not in there)
            self._changed.notify_all()

    @property
    def room(self) -> int:
        """How many pictures may be there at once; those on the screen always are."""
        return max(8, self._most // (self._largest or _USUAL_BYTES))

    @property
    def bytes(self) -> int:
        """What the pixmaps take."""
        return self._bytes

    @property
    def is_busy(self) -> bool:
        return bool(self._wanted or self._under_way or self._decoded)

    def forget(self, paths: Iterable[Path]) -> None:
        """Files that are others by now."""
        for path in paths:
            self._drop(path)

    def shrink(self, most_bytes: int) -> None:
        """Lets go of what was not wanted for longest until so much is left; nobody looks at present."""
        with self._changed:
            self._wanted.clear()
        while self._bytes > most_bytes and self._kept:
            self._drop(next(iter(self._kept)))

    def close(self) -> None:
        """Ends the threads after what they have at hand."""
        with self._changed:
            self._is_over = True
            self._wanted.clear()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _take_over(self) -> None:
        paths = []
        while self._decoded:
            path, image = self._decoded.popleft()
            self._keep(path, QPixmap.fromImage(image))
            paths.append(path)
        if paths:
            self.loaded.emit(frozenset(paths))

    def _keep(self, path: Path, pixmap: QPixmap) -> None:
        self._drop(path)
        self._kept[path] = pixmap
        self._bytes += _bytes_of(pixmap)
        self._largest = max(self._largest, _bytes_of(pixmap))
        while self._bytes > self._most and len(self._kept) > 8:
            self._drop(next(iter(self._kept)))

    def _drop(self, path: Path) -> None:
        if path in self._kept:
            self._bytes -= _bytes_of(self._kept.pop(path))

    def _run(self) -> None:
        """What each thread does until the end."""
        while (path := self._taken()) is not None:
            image = whole(path)
            with self._changed:
                self._decoded.append((path, image))
                self._under_way.discard(path)
                if self._is_over:
                    return
            self._done.emit()

    def _taken(self) -> Path | None:
        with self._changed:
            while not self._wanted:
                if self._is_over:
                    return None
                self._changed.wait()
            path = self._wanted.popleft()
            self._under_way.add(path)
            return path


def _bytes_of(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * 4
