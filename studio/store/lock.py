"""Who owns a folder right now?

The operating system keeps a lock file locked for as long as the owner lives: a killed owner never leaves a folder
closed, and a process number that was given out again never keeps one closed. The number in the file is for people.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import UserError

NAME = "project.lock"

_TRIES, _PAUSE_S = 5, 0.02  # whoever only asks for the owner holds the lock for an instant
_BEYOND = 2**30             # Windows refuses to read locked bytes, so a byte is locked where no text will ever be


@dataclass(frozen=True, slots=True)
class Words:
    """How a lock is called and spoken of; `taken` names folder and process."""

    name: str
    thing: str
    taken: str
    remedy: str


PROJECT = Words(NAME, "project", "The project {} is already open in process {}", "Close it there first.")


class Lock:
    """Ownership of a folder until `release`.

    A process may own a folder several times over: a job opens the project that the window has open. `is_first` tells
    the outermost owner, the only one who may assume that nobody is writing. Raises UserError when another process has
    the folder.
    """

    def __init__(self, folder: Path, words: Words = PROJECT) -> None:
        self._key: Path | None = folder.resolve() / words.name
        with _GUARD:
            self.is_first = self._key not in _HELD
            held = _Held(_taken(folder, words)) if self.is_first else _HELD[self._key]
            held.owners += 1
            _HELD[self._key] = held

    def release(self) -> None:
        """Gives the folder back; a second call does nothing."""
        with _GUARD:
            if self._key is None:
                return
            held = _HELD[self._key]
            held.owners -= 1
            if not held.owners:
                _let_go(_HELD.pop(self._key).file)
            self._key = None


@dataclass(slots=True)
class _Held:
    """A locked file and how many in this process count on it."""

    file: int
    owners: int = 0


_GUARD = threading.Lock()
_HELD: dict[Path, _Held] = {}


def is_owned(folder: Path, words: Words = PROJECT) -> bool:
    """Whether a living process, this one included, owns the folder."""
    try:
        file = os.open(folder / words.name, os.O_RDONLY)
    except OSError:
        return False
    try:
        return not _is_free(file)
    finally:
        os.close(file)


def _open(folder: Path, words: Words) -> int:
    try:
        return os.open(folder / words.name, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise UserError(f"The {words.thing} {folder} cannot be written: {error.strerror}",
                        "Give yourself the right to write there, or copy it elsewhere.") from error


def _taken(folder: Path, words: Words) -> int:
    file = _open(folder, words)
    if not _seize_patiently(file):
        owner = _read(file)
        os.close(file)
        raise UserError(words.taken.format(folder.name, owner), words.remedy)
    _write(file, str(os.getpid()))
    return file


def _let_go(file: int) -> None:
    _write(file, "")
    os.close(file)  # closing unlocks


def _seize_patiently(file: int) -> bool:
    for _ in range(_TRIES):
        if _seize(file):
            return True
        time.sleep(_PAUSE_S)
    return False


if sys.platform == "win32":
    import msvcrt

    def _seize(file: int) -> bool:
        try:
            os.lseek(file, _BEYOND, os.SEEK_SET)
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
            return True
        except OSError:
            return False

    def _is_free(file: int) -> bool:
        return _seize(file)

else:
    import fcntl

    def _seize(file: int, how: int = fcntl.LOCK_EX) -> bool:
        try:
            fcntl.flock(file, how | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            return False

    def _is_free(file: int) -> bool:
        """Two who only look at the same time take neither the other for an owner."""
        return _seize(file, fcntl.LOCK_SH)


def _read(file: int) -> str:
    os.lseek(file, 0, os.SEEK_SET)
    return os.read(file, 32).decode("ascii", "replace")


def _write(file: int, text: str) -> None:
    os.lseek(file, 0, os.SEEK_SET)
    with suppress(OSError):  # a full disk must not keep the person from opening the project to make room
        os.truncate(file, 0)
        os.write(file, text.encode("ascii"))
