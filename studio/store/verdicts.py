"""Where do a project's verdicts stand, and can one be lost? In `verdicts.jsonl`, a synced line each, only added to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from studio.core.errors import UserError, shown
from studio.core.verdict_journal import Judgement, Line, Retraction, from_json, held, to_json
from studio.store.journal import heal
from studio.store.lines import append_line, lines_after

NAME = "verdicts.jsonl"

_LOCK = threading.RLock()


def read_verdicts(project: Path) -> tuple[Line, ...]:
    """All lines, oldest first; changes nothing, so anybody may look. Raises `UserError` naming file and place."""
    path = project / NAME
    return tuple(_read(path, *line) for line in lines_after(path)[0])


def write_judgement(project: Path, pick: str, text: str, cells: Iterable[tuple[str, str]], by: str = "",
                    clock: Callable[[], float] = time.time) -> Judgement:
    """Adds a verdict and the cells (sheet, key) that it rests on; it is on the disk when this returns."""
    with _LOCK:
        line = Judgement(_next(project), pick, text, by, tuple(cells), clock())
        return _append(project, line)


def retract(project: Path, of: int, why: str, instead: str = "", cells: Iterable[tuple[str, str]] = (), by: str = "",
            clock: Callable[[], float] = time.time) -> Retraction:
    """Takes a verdict back; it stays where it is. Raises `UserError` if there is none of that number."""
    with _LOCK:
        if of not in {each.judgement.id for each in held(read_verdicts(project))}:
            raise UserError(f"There is no verdict number {of}", "Choose one from the journal of verdicts.")
        return _append(project, Retraction(_next(project), of, why, instead, by, tuple(cells), clock()))


def _next(project: Path) -> int:
    return max((line.id for line in read_verdicts(project)), default=0) + 1


def _append(project: Path, line: Line) -> Line:
    heal(project / NAME)
    append_line(project / NAME, to_json(line).encode("utf-8", "backslashreplace"))
    return line


def _read(path: Path, place: int, line: bytes) -> Line:
    try:
        return from_json(line.decode("utf-8"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UserError(f"{path} is damaged at byte {place}: {shown(str(error))}",
                        "Remove that line in a text editor; the rest can still be read.") from error
