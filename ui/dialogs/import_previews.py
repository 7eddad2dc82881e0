"""Small pictures of files that are in no project yet: on the disk, in an archive, or only in memory.

They are read and scaled in threads of their own, what is asked for last first, since that is what a person looks at.
"""

from __future__ import annotations

from collections import OrderedDict
from itertools import count
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QRunnable, QSize, Qt, QThreadPool, Signal
from PySide6.QtGui import QIcon, QImage, QImageReader, QPixmap

from studio.core.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable

SIDE = 256      # real pixels of the longer side
MOST = 800      # that are kept, some 150 MB at most
_THREADS = 2


class Previews(QObject):
    """Looks up what is there and asks for what is not; `ready` names what came. `read` is called in the threads."""

    ready = Signal(str)
    _read = Signal(str, QImage)

    def __init__(self, read: Callable[[str], bytes], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._content = read
        self._there: OrderedDict[str, QPixmap] = OrderedDict()
        self._asked: set[str] = set()
        self._turn = count()
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(_THREADS)
        self._read.connect(self._keep, Qt.ConnectionType.QueuedConnection)

    def pixmap(self, where: str) -> QPixmap | None:
        """The picture, or None as long as it is on its way; a null one for a file that shows nothing."""
        if where in self._there:
            self._there.move_to_end(where)
            return self._there[where]
        if where not in self._asked:
            self._asked.add(where)
            self._pool.start(_Reading(self, where), next(self._turn))
        return None

    def close(self) -> None:
        """Forgets what waits, and waits for what is being read."""
        self._pool.clear()
        self._pool.waitForDone()

    def load(self, where: str) -> None:
        """Reads one; called in a thread."""
        try:
            image = scaled_image(self._content(where), SIDE)
        except (UserError, OSError, ValueError, KeyError):
            image = QImage()
        self._read.emit(where, image)

    def _keep(self, where: str, image: QImage) -> None:
        self._asked.discard(where)
        self._there[where] = QPixmap.fromImage(image)
        while len(self._there) > MOST:
            self._there.popitem(last=False)
        self.ready.emit(where)


def untinted(pixmap: QPixmap) -> QIcon:
    """An icon that shows a picture in its own colours, selected or not."""
    made = QIcon(pixmap)
    made.addPixmap(pixmap, QIcon.Mode.Selected)
    return made


def scaled_image(content: bytes, side: int) -> QImage:
    """The picture upright, its longer side at most so long; decoders that can read it smaller at once."""
    buffer = QBuffer()
    buffer.setData(QByteArray(content))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid() and max(size.width(), size.height()) > side:
        reader.setScaledSize(size.scaled(QSize(side, side), Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()


class _Reading(QRunnable):
    def __init__(self, previews: Previews, where: str) -> None:
        super().__init__()
        self._previews, self._where = previews, where

    def run(self) -> None:
        self._previews.load(self._where)
