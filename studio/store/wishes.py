"""Where are the wishes to a run that trains, and which of them are new?

`wishes.jsonl` lies in the run's folder. Whoever watches adds a line, in this process or another; whoever trains looks
between two steps whether the file has grown.
"""

from __future__ import annotations

from pathlib import Path

from studio.core.errors import UserError
from studio.core.fold import RunState
from studio.core.wishes import Asked, Wish, from_line, to_line
from studio.store.lines import append_line, lines_after

NAME = "wishes.jsonl"


def ask(folder: Path, wish: Wish) -> Asked:
    """Adds a wish to those of the run in `folder`; it is on the disk when this returns."""
    path = folder / NAME
    _end_torn_line(path)
    append_line(path, to_line(wish))
    return Asked(count_wishes(folder), wish)


def count_wishes(folder: Path) -> int:
    """How many there are, which is the number of the last."""
    return len(lines_after(folder / NAME)[0])


def open_wishes(folder: Path, state: RunState) -> tuple[Asked, ...]:
    """What was asked of the run and is not answered yet, oldest first."""
    return tuple(each for each in Wishes(folder).new() if each.number not in state.answered)


class Wishes:
    """The wishes of a run as they come in; looking costs next to nothing while there are none."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._offset = self._lines = 0

    def new(self) -> tuple[Asked, ...]:
        """Those that were added since the last call. A line that is none, or still being written, is passed over."""
        if self._size() <= self._offset:
            return ()
        lines, self._offset = lines_after(self._path, self._offset)
        first, self._lines = self._lines + 1, self._lines + len(lines)
        found = ((number, _wish(line)) for number, (_, line) in enumerate(lines, first))
        return tuple(Asked(number, wish) for number, wish in found if wish)

    def _size(self) -> int:
        try:
            return self._path.stat().st_size
        except OSError:
            return 0


def _wish(line: bytes) -> Wish | None:
    try:
        return from_line(line)
    except (UserError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _end_torn_line(path: Path) -> None:
    """A wish that a crash cut short must not swallow the next one."""
    try:
        with path.open("rb+") as file:
            if file.seek(0, 2) and (file.seek(-1, 2), file.read(1))[1] != b"\n":
                file.write(b"\n")
    except FileNotFoundError:
        pass
