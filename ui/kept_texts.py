"""How is a small file written again and again without the window waiting for the disk? By a thread, in order.

What is put for a file while an earlier text still waits takes its place: the last one counts, and each is whole.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock

from PySide6.QtCore import QObject, Qt, Signal

from studio.store.atomic import write_atomic


class Writing(QObject):
    """A thread that writes; it begins with the first text and ends with `close`."""

    failed = Signal(object)  # the OSError of a file that could not be written, told in the GUI thread
    _broke = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, "writing")
        self._texts: dict[Path, str] = {}
        self._lock = Lock()
        self._broke.connect(self.failed, Qt.ConnectionType.QueuedConnection)

    def put(self, path: Path, text: str) -> None:
        """Writes it soon."""
        with self._lock:
            self._texts[path] = text
        self._pool.submit(self._write, path)

    def flush(self) -> None:
        """Waits until all that was put is on the disk."""
        self._pool.submit(int).result()

    def close(self) -> None:
        """Writes what is left; nothing may be put afterwards."""
        self._pool.shutdown()

    def _write(self, path: Path) -> None:
        with self._lock:
            text = self._texts.pop(path, None)
        if text is None:
            return
        try:
            write_atomic(path, text)
        except OSError as error:
            self._broke.emit(error)
