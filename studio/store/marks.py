"""How do a sheet's marks reach the disk, so that neither a crash nor a restart takes one or its undoing?

`marks.jsonl` in the sheet's folder: one synced line an entry, only ever added to. What a crash left of a line is cut
when the marks are opened.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path

from studio.core.errors import UserError, shown
from studio.core.marks import Entry, Mark, MarkState, fold, from_json, to_json
from studio.store.journal import heal
from studio.store.lines import append_line, lines_after

NAME = "marks.jsonl"

_LOCK = threading.RLock()  # one for all: a judge's answer may come in while a window has the same marks open


class Marks:
    """The marks of one sheet, to read and to add to. The project must be open in this process."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._state, self._offset = MarkState(), 0
        with _LOCK:
            heal(self._path)
            self._catch_up()

    @property
    def state(self) -> MarkState:
        """What all entries come to, those of others in this process included."""
        with _LOCK:
            self._catch_up()
            return self._state

    def add(self, marks: Iterable[Mark]) -> Entry | None:
        """Sets marks as one entry; None if there are none. They are on the disk when this returns."""
        with _LOCK:
            wanted = tuple(marks)
            return self._write(wanted, None) if wanted else None

    def undo(self) -> Entry | None:
        """Takes back the last entry and returns it; None if there is nothing."""
        with _LOCK:
            return self._revert(self.state.done)

    def redo(self) -> Entry | None:
        """Sets again what was undone last and returns it; None if there is nothing."""
        with _LOCK:
            return self._revert(self.state.undone)

    def _revert(self, entries: tuple[Entry, ...]) -> Entry | None:
        if not entries:
            return None
        self._write((), entries[-1].id)
        return entries[-1]

    def _write(self, marks: tuple[Mark, ...], undoes: int | None) -> Entry:
        self._catch_up()
        entry = Entry(self._state.last + 1, marks, undoes)
        self._offset = append_line(self._path, to_json(entry).encode("utf-8", "backslashreplace"))
        self._state = fold([entry], self._state)
        return entry

    def _catch_up(self) -> None:
        """Folds what was written since the last look."""
        lines, self._offset = lines_after(self._path, self._offset)
        if lines:
            self._state = fold((_read(self._path, *line) for line in lines), self._state)


def read_marks(folder: Path) -> MarkState:
    """What a sheet's marks come to; changes nothing, so anybody may look."""
    path = folder / NAME
    return fold(_read(path, *line) for line in lines_after(path)[0])


def _read(path: Path, place: int, line: bytes) -> Entry:
    try:
        return from_json(line.decode("utf-8"))
    except (UserError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UserError(f"{path} is damaged at byte {place}: {shown(str(error))}",
                        "Remove that line in a text editor; the rest can still be read.") from error
