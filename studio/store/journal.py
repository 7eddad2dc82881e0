"""What happened, in order, and what is left of it after a crash?

One event a line, only ever appended. A line counts once its line end is written; half a line at the end, which a crash
leaves behind, is as if it had never been. Milestones are synced to the disk, steps are not: a sync costs a thousand
times as much as a line.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType

from studio.core.errors import UserError, shown
from studio.core.events import Event, from_json, to_json
from studio.store.atomic import sync_folder
from studio.store.lines import sound_end, write_line

NAME = "journal.jsonl"


class Journal:
    """Appends events to one file, which stays open.

    Opening cuts a torn last line, so only one may have a journal open.
    """

    def __init__(self, path: Path) -> None:
        heal(path)
        fresh = not path.exists()
        self._file = path.open("ab", buffering=0)  # one write a line: a killed process loses none that was appended
        if fresh:
            sync_folder(path.parent)

    def append(self, event: Event, milestone: bool = False) -> None:
        """Writes one line, or on a full disk nothing; a milestone has reached the disk when this returns."""
        write_line(self._file, _line(event), sync=milestone)

    def close(self) -> None:
        """Syncs what was appended and lets the file go; a second call does nothing."""
        if not self._file.closed:
            os.fsync(self._file.fileno())
            self._file.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()


def read(path: Path) -> tuple[Event, ...]:
    """All events of a journal, none for a missing file; changes nothing on disk, so it may be read while it grows.

    Raises UserError naming file and place when a line before the end is damaged.
    """
    events, _ = follow(path)
    return events


def follow(path: Path, offset: int = 0) -> tuple[tuple[Event, ...], int]:
    """The events after byte `offset`, and the offset to go on from; a line that is still being written waits."""
    if not path.exists():
        return (), offset
    with path.open("rb") as file:
        file.seek(offset)
        content = file.read()
    end = sound_end(content)
    return _events(path, content[:end], offset), offset + end


def heal(path: Path) -> int:
    """Cuts what a crash left after the last whole line; returns the number of bytes cut."""
    if not path.exists():
        return 0
    content = path.read_bytes()
    end = sound_end(content)
    if end < len(content):
        with path.open("r+b") as file:
            file.truncate(end)
            os.fsync(file.fileno())
    return len(content) - end


def _line(event: Event) -> bytes:
    """Undecodable bytes of a file name, which UTF-8 cannot hold, become the escapes that JSON has for them."""
    return to_json(event).encode("utf-8", "backslashreplace")


def _events(path: Path, content: bytes, offset: int) -> tuple[Event, ...]:
    events = []
    for line in content.splitlines(keepends=True):  # bytes split at line ends only; text would split at U+2028 too
        events.append(_event(path, line, offset))
        offset += len(line)
    return tuple(events)


def _event(path: Path, line: bytes, offset: int) -> Event:
    try:
        return from_json(line.decode("utf-8"))
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        raise UserError(f"{path} is damaged at byte {offset}: {shown(str(error))}",
                        "Remove that line in a text editor; the rest can still be read.") from error
