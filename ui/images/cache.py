"""Small pictures that were made once: where do they wait for the next time the project is opened?

One file of the project's cache holds them all, by the image's id and the side of the square they fit in. Ten thousand
small files would be walked through at every opening. Whoever deletes it, and whatever damages it, costs time only.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from threading import Lock

NAME = "thumbnails.sqlite"

_SCHEMA = ("CREATE TABLE IF NOT EXISTS thumbnails"
           " (id TEXT, side INTEGER, jpeg BLOB, PRIMARY KEY (id, side)) WITHOUT ROWID")


class ThumbnailCache:
    """JPEG files by (image id, side). Any thread may ask; what goes wrong with the file counts as not being there."""

    def __init__(self, folder: Path) -> None:
        self._lock = Lock()
        self._base: sqlite3.Connection | None = _opened(folder / NAME)

    def read(self, id: str, side: int) -> bytes | None:
        """The picture, if it was made."""
        with self._lock, suppress(sqlite3.Error):
            if self._base:
                wanted = "SELECT jpeg FROM thumbnails WHERE id = ? AND side = ?"
                found = self._base.execute(wanted, (id, side)).fetchone()
                return found[0] if found else None
        return None

    def has(self, id: str, side: int) -> bool:
        """Whether the picture was made."""
        with self._lock, suppress(sqlite3.Error):
            if self._base:
                wanted = "SELECT 1 FROM thumbnails WHERE id = ? AND side = ?"
                return self._base.execute(wanted, (id, side)).fetchone() is not None
        return False

    def write(self, id: str, side: int, jpeg: bytes) -> None:
        """Keeps a picture."""
        with self._lock, suppress(sqlite3.Error):
            if self._base:
                self._base.execute("INSERT OR REPLACE INTO thumbnails VALUES (?, ?, ?)", (id, side, jpeg))

    def close(self) -> None:
        """Nothing is kept or found from here on."""
        with self._lock:
            if self._base:
                self._base.close()
            self._base = None


def _opened(path: Path) -> sqlite3.Connection | None:
    """A file that makes no sense gives way to a new one; a folder that cannot be written does without."""
    for _ in range(2):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return _connected(path)
        except sqlite3.DatabaseError:
            with suppress(OSError):
                path.unlink(missing_ok=True)
        except OSError:
            return None
    return None


def _connected(path: Path) -> sqlite3.Connection:
    base = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    try:
        for line in ("PRAGMA journal_mode=TRUNCATE", "PRAGMA synchronous=OFF", _SCHEMA):
            with closing(base.execute(line)):
                pass
        return base
    except BaseException:
        base.close()
        raise
