"""What do the caption files of a project hold at this moment, and how does one change without hurting another program?

Each file is read once for each of its versions, told apart by time, length and inode; one that changed within the last
moments is read again, since two versions may share a tick of the clock. A file is changed only as long as it still is
what it was taken for.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from studio.core.caption_file import bytes_of, content_of, text_of, written_over
from studio.core.edits import SIDECARS, stem
from studio.core.errors import UserError
from studio.store.atomic import PART
from studio.store.captions import LARGEST

_YOUNG_NS = 2 * 10**9  # some disks count time in steps of two seconds

_Stamp = tuple[int, int, int] | None


class Sidecars:
    """Reads and replaces caption files by their paths relative to the project."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder) + os.sep
        self._seen: dict[str, tuple[_Stamp, str | None]] = {}

    def content(self, file: str) -> str | None:
        """What the file holds now; None if there is no such file. Raises UserError when it cannot be read."""
        return self._look(file)[1]

    def contents(self, files: Iterable[str]) -> dict[str, str | None]:
        """What each of these files holds now, every one looked at once; those that cannot be read are left out."""
        found: dict[str, str | None] = {}
        for file in files:
            try:
                found[file] = self._look(file)[1]
            except UserError:
                continue
        return found

    def file_of(self, image: str) -> str:
        """The caption file of an image: the first that says something, else the one that would be written."""
        files = [stem(image) + ending for ending in SIDECARS]
        return next((file for file in files if text_of(self.content(file))), files[0])

    def caption(self, image: str) -> str | None:
        """The caption of an image; None without one."""
        return text_of(self.content(self.file_of(image))) or None

    def replace(self, file: str, before: str | None, after: str | None, in_place: bool = False) -> bool:
        """Changes the content from one to the other, or returns False and leaves alone what is neither of them.

        Nothing is synced: the journal has it. The file is replaced as a whole, or, with `in_place`, written over: ten
        to a hundred times as fast where there are thousands, since a replaced file has to wait for the disk to let go
        of the old one. Whoever reads it meanwhile sees the new text either way.
        """
        stamp, present = self._look(file)
        if present == after:
            return True
        if present != before:
            return False
        self._seen.pop(file, None)
        path = self._folder + file
        if before is None or after is None or not in_place or _is_shared(path):
            return _replace(path, stamp, after)
        return _write_over(path, stamp, before, after)

    def forget(self, file: str) -> None:
        """Reads the file anew when it is asked for again."""
        self._seen.pop(file, None)

    def _look(self, file: str) -> tuple[_Stamp, str | None]:
        path = self._folder + file
        stamp = _stamp(path)
        known = self._seen.get(file)
        if known and known[0] == stamp:
            return known
        seen = (stamp, _read(path, stamp))
        if stamp is None or time.time_ns() - stamp[0] > _YOUNG_NS:
            self._seen[file] = seen
        return seen


def caption_in(contents: Mapping[str, str | None], image: str) -> str | None:
    """The caption of an image among contents that were read; None without one."""
    base = stem(image)
    for ending in SIDECARS:
        if text := text_of(contents.get(base + ending)):
            return text
    return None


def _stamp(path: str) -> _Stamp:
    try:
        facts = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return _stamp_of(facts)


def _stamp_of(facts: os.stat_result) -> _Stamp:
    return facts.st_mtime_ns, facts.st_size, facts.st_ino


def _read(path: str, stamp: _Stamp) -> str | None:
    if stamp is None:
        return None
    if stamp[1] > LARGEST:
        raise UserError(f"{path} is too long for a caption", f"Keep captions under {LARGEST // 2**10} KiB.")
    try:
        with open(path, "rb", buffering=0) as file:
            return content_of(file.read())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}", "Check the path and its permissions.") from error


def _is_shared(path: str) -> bool:
    """Whether writing into the file would change another one, from which it was linked, or is not allowed."""
    facts = os.lstat(path)
    return facts.st_nlink > 1 or not stat.S_ISREG(facts.st_mode) or not facts.st_mode & stat.S_IWUSR


def _replace(path: str, stamp: _Stamp, content: str | None) -> bool:
    if content is not None:
        with open(path + PART, "wb") as file:
            file.write(bytes_of(content))
    is_same = _stamp(path) == stamp  # the latest moment at which another program can be noticed
    with suppress(FileNotFoundError):
        if content is not None and is_same:
            os.replace(path + PART, path)
        else:
            os.unlink(path if is_same else path + PART)
    return is_same


def _write_over(path: str, stamp: _Stamp, before: str, after: str) -> bool:
    with open(path, "r+b", buffering=0) as file:
        if _stamp_of(os.fstat(file.fileno())) != stamp:
            return False
        content = written_over(before, after)
        if file.write(content) < len(content):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        file.truncate(len(bytes_of(after)))
    return True
