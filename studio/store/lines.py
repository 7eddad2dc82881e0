"""How does a file of JSON lines grow, and how much of it can be trusted after a crash?

A line counts once its line end is written and it is JSON; what a crash leaves behind the last such line is as if it had
never been. Files are opened for each line: an edit is rare, and nothing has to be closed.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from io import FileIO
from pathlib import Path

from studio.store.atomic import sync_folder


def append_line(path: Path, line: bytes) -> int:
    """Adds a line, or on a full disk nothing, and returns where the file ends; by then the line is on the disk."""
    is_new = not path.exists()
    try:
        with path.open("ab", buffering=0) as file:
            write_line(file, line, sync=True)
            end = file.tell()
    except OSError:
        remove_empty(path)
        raise
    if is_new:
        sync_folder(path.parent)
    return end


def remove_empty(path: Path) -> None:
    """Takes away a file that was made for a line it never got."""
    with suppress(OSError):
        if not path.stat().st_size:
            path.unlink()


def write_line(file: FileIO, line: bytes, *, sync: bool) -> None:
    """Adds a line and its end to a file open for appending, or on a full disk nothing; synced, it is on the disk."""
    end = file.tell()
    try:
        _write_whole(file, line + b"\n")
        if sync:
            os.fsync(file.fileno())
    except OSError:
        with suppress(OSError):
            file.truncate(end)  # half a line would become damage as soon as another one follows
        raise


def lines_after(path: Path, offset: int = 0) -> tuple[list[tuple[int, bytes]], int]:
    """(where it begins, line) for each sound line after byte `offset`, and the offset to go on from."""
    if not path.exists():
        return [], offset
    with path.open("rb") as file:
        file.seek(offset)
        content = file.read()
    content = content[:sound_end(content)]
    lines, place = [], offset
    for line in content.splitlines(keepends=True):  # bytes split at line ends only; text would split at U+2028 too
        lines.append((place, line))
        place += len(line)
    return lines, place


def sound_end(content: bytes) -> int:
    """The end of the last line that is whole; a power failure may leave lines of zeros behind it."""
    end = content.rfind(b"\n") + 1
    while end:
        start = content.rfind(b"\n", 0, end - 1) + 1
        if _is_json(content[start:end]):
            return end
        end = start
    return 0


def _write_whole(file: FileIO, line: bytes) -> None:
    """A disk that is almost full takes part of a line without complaint, and refuses only the next byte."""
    while line:
        line = line[file.write(line):]


def _is_json(line: bytes) -> bool:
    """Long lines are looked at from both ends only: parsing ten thousand captions twice would be felt."""
    if len(line) > 2**16:
        return line.startswith(b"{") and line.rstrip().endswith(b"}") and b"\0" not in line
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False
