"""What happened, in order, and what is left of it after a crash?

One event a line, only ever appended. A line counts once its line end is written; half a line at the end, which a crash
leaves behind, is as if it had never been. Milestones are synced to the disk, steps are not: a sync costs a thousand
times as much as a line.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from studio.core.events import Event, to_json
from studio.store.atomic import sync_folder
from studio.store.feed import Feed, events_in
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
    with _uncollected():
        return tuple(event for block in Feed(path).read() for event in events_in(block))


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


@contextmanager
def _uncollected() -> Iterator[None]:
    """Inside, Python does not look for garbage: among a million events there is none, and it would look ever again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _line(event: Event) -> bytes:
    """Undecodable bytes of a file name, which UTF-8 cannot hold, become the escapes that JSON has for them."""
    return to_json(event).encode("utf-8", "backslashreplace")
