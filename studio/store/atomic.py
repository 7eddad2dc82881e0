"""How does a file appear whole or not at all?

Written to `x.part`, flushed, synced, renamed, and the folder synced: a crash leaves the old file or the new one,
and at worst a `.part` that the next opening removes.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PART = ".part"


def write_atomic(path: Path, content: bytes | str, *, is_shared: bool = False) -> None:
    """Replaces `path` by `content`; text is written as UTF-8, its line ends untouched. For `is_shared` see below."""
    with replace_atomic(path, is_shared=is_shared) as part:
        part.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


@contextmanager
def replace_atomic(path: Path, *, is_shared: bool = False) -> Iterator[Path]:
    """Lends a `.part` path to write to, then puts that file in the place of `path`; an error leaves it alone.

    Where several may write the same file at once it `is_shared`: each gets a path of its own, and the last one wins.
    """
    part = part_of(path.with_name(f"{path.name}.{secrets.token_hex(4)}") if is_shared else path)
    try:
        yield part
        sync_file(part)
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def part_of(path: Path) -> Path:
    """Where `path` lies while it is written."""
    return path.with_name(path.name + PART)


def sync_file(path: Path) -> None:
    """Waits until the file's bytes are on the disk."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Waits until the folder's names are on the disk; Windows cannot open a folder and needs no such step."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
