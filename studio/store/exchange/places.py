"""What lies in a folder, in a ZIP archive or on the clipboard, each looked at in the same way: names, and their bytes.

An archive comes from a stranger: it is never unpacked, its entries are read one by one, and an entry that is not what
it says, or an archive that is more than it seems, is refused.
"""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Protocol

from studio.core.errors import UserError
from studio.store.images import LARGEST_FILE

ARCHIVES = (".zip", ".cbz")
FOREIGN_ARCHIVES = (".7z", ".rar", ".tar", ".gz", ".tgz", ".xz", ".bz2")
MOST_ENTRIES = 200_000
LARGEST_ARCHIVE = 64 * 2**30  # bytes once unpacked

_HIGHEST_RATIO, _SMALL = 200, 2**20  # a larger entry that shrank so far holds no drawing
_UTF_8_NAMES, _ENCRYPTED = 0x800, 0x1  # APPNOTE 4.4.4, flag bits 11 and 0
_OLD_NAMES = ("utf-8", "cp932")  # what Japanese Windows writes into names that claim to be of DOS


class Place(Protocol):
    """Where files lie. Names are relative to it, with forward slashes."""

    @property
    def title(self) -> str:
        """What a person calls it."""
        ...

    def names(self) -> Mapping[str, int]:
        """Every file with its length in bytes, hidden ones left out."""
        ...

    def read(self, name: str) -> bytes:
        """A file. Raises UserError when it cannot be read."""
        ...

    def path(self, name: str) -> Path | None:
        """Where it lies on the disk by itself, if it does."""
        ...

    def close(self) -> None: ...


class Folder:
    """A folder with all that lies below it, or what lies in it directly."""

    def __init__(self, top: Path, is_deep: bool = True) -> None:
        self._top, self._is_deep = top, is_deep

    @property
    def title(self) -> str:
        return str(self._top)

    def names(self) -> Mapping[str, int]:
        paths = (Path(parent, name) for parent, files in self._walk() for name in files if not name.startswith("."))
        sizes = ((path, _size(path)) for path in paths)
        return {path.relative_to(self._top).as_posix(): size for path, size in sizes if size is not None}

    def read(self, name: str) -> bytes:
        path = self._top / name
        try:
            if path.stat().st_size > LARGEST_FILE:
                raise _too_large(name)
            return path.read_bytes()
        except OSError as error:
            raise UserError(f"{path} cannot be read: {error.strerror}", "Check its permissions.") from error

    def path(self, name: str) -> Path:
        return self._top / name

    def close(self) -> None:
        pass

    def _walk(self) -> Iterator[tuple[str, list[str]]]:
        """Links to folders are not followed, they may lead round in a circle."""
        for parent, folders, files in os.walk(self._top):
            folders[:] = sorted(name for name in folders if self._is_deep and not name.startswith("."))
            yield parent, files


class Archive:
    """A ZIP archive. `refused` says of each entry that is not looked at why."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.refused: dict[str, str] = {}
        try:
            self._file = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise UserError(f"{path} is no ZIP archive that can be read", "Unpack it, and add the folder.") from error
        self._entries = self._sound_entries()

    @property
    def title(self) -> str:
        return str(self._path)

    def names(self) -> Mapping[str, int]:
        return {name: entry.file_size for name, entry in self._entries.items()}

    def read(self, name: str) -> bytes:
        try:
            with self._file.open(self._entries[name]) as file:
                return file.read(LARGEST_FILE + 1)
        except (OSError, RuntimeError, EOFError, ValueError, zipfile.BadZipFile, zlib.error) as error:
            raise UserError(f"{name} in {self._path.name} is damaged or locked", "Unpack it yourself.") from error

    def path(self, name: str) -> None:
        return None

    def close(self) -> None:
        self._file.close()

    def _sound_entries(self) -> dict[str, zipfile.ZipInfo]:
        entries = [entry for entry in self._file.infolist() if not entry.is_dir()]
        if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > LARGEST_ARCHIVE:
            self._file.close()
            raise UserError(f"{self._path} holds too much for one archive: {len(entries):,} files",
                            "Unpack it, and add the folder.")
        named = {_name(entry): entry for entry in entries}
        shown = {name: entry for name, entry in named.items() if not _is_hidden(name)}
        self.refused = {name: why for name, entry in shown.items() if (why := _objection(name, entry))}
        return {name: entry for name, entry in shown.items() if name not in self.refused}


class Clips:
    """Files that are only in memory: what was pasted, or dragged out of a browser."""

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self._contents = {PurePosixPath(name.replace("\\", "/")).name or "pasted": content
                          for name, content in contents.items()}

    @property
    def title(self) -> str:
        return ""

    def names(self) -> Mapping[str, int]:
        return {name: len(content) for name, content in self._contents.items()}

    def read(self, name: str) -> bytes:
        return self._contents[name]

    def path(self, name: str) -> None:
        return None

    def close(self) -> None:
        pass


def _size(path: Path) -> int | None:
    """A file's length; 0 for a link that leads nowhere, of which reading says so, and None for a pipe or a device."""
    try:
        facts = path.stat()
    except OSError:
        return 0
    return facts.st_size if stat.S_ISREG(facts.st_mode) else None


def is_archive(name: str) -> bool:
    """Whether the name is that of an archive, of a kind that is read or not."""
    return name.lower().endswith(ARCHIVES + FOREIGN_ARCHIVES)


def _name(entry: zipfile.ZipInfo) -> str:
    """The entry's name with forward slashes, in the script in which it was written."""
    name = entry.orig_filename
    if not entry.flag_bits & _UTF_8_NAMES and not name.isascii():
        for encoding in _OLD_NAMES:
            try:
                return name.encode("cp437").decode(encoding).replace("\\", "/")
            except UnicodeError:
                continue
    return name.replace("\\", "/")


def _is_hidden(name: str) -> bool:
    """What starts with a dot, and what macOS packs along."""
    parts = PurePosixPath(name).parts
    return any(part == "__MACOSX" or (part.startswith(".") and part.strip(".")) for part in parts)


def _objection(name: str, entry: zipfile.ZipInfo) -> str:
    """Why an entry is not read; empty for a sound one."""
    parts = PurePosixPath(name).parts
    if ".." in parts or name.startswith("/") or ":" in name.partition("/")[0]:
        return "its name leads out of the archive"
    if is_archive(name):
        return "it is an archive within an archive"
    if entry.flag_bits & _ENCRYPTED:
        return "it is locked with a password"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "it is packed in a way that this studio does not read"
    if entry.file_size > LARGEST_FILE:
        return f"it is larger than {LARGEST_FILE // 2**20} MiB"
    if entry.file_size > _SMALL and entry.file_size > _HIGHEST_RATIO * entry.compress_size:
        return "it unpacks to far more than a picture of its size"
    return ""


def _too_large(name: str) -> UserError:
    return UserError(f"{name} is larger than {LARGEST_FILE // 2**20} MiB", "Save it smaller.")
