"""What was concluded when, on which cells, and what of it was taken back?

Nothing is ever struck out: a retraction stands beside the first verdict, with its reason and what holds instead.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

from studio.core.typed import typed


_LATEST = 250_000_000_000.0  # seconds, in the year 9892; calendars end soon after


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict that somebody wrote down. `pick` is what was chosen or blamed, such as "ep180" or "ep120-150".

    `cells` are (number of the sheet, cell key) of the pictures it rests on.
    """

    id: int
    pick: str
    text: str
    by: str = ""
    cells: tuple[tuple[str, str], ...] = ()
    time: float = 0.0


@dataclass(frozen=True, slots=True)
class Retraction:
    """The judgement `of` is taken back, and why; `instead` is what holds now, and may be empty."""

    id: int
    of: int
    why: str
    instead: str = ""
    by: str = ""
    cells: tuple[tuple[str, str], ...] = ()
    time: float = 0.0


Line = Judgement | Retraction


@dataclass(frozen=True, slots=True)
class Held:
    """A judgement and what became of it."""

    judgement: Judgement
    retraction: Retraction | None = None

    @property
    def text(self) -> str:
        """"ep180 (retracted 2026-03-02: one seed) -> ep120-150"."""
        back = self.retraction
        if back is None:
            return self.judgement.pick
        why = f": {back.why}" if back.why else ""
        instead = f" -> {back.instead}" if back.instead else ""
        return f"{self.judgement.pick} (retracted {_day(back.time)}{why}){instead}"


def held(lines: Iterable[Line]) -> tuple[Held, ...]:
    """Every judgement, oldest first; of several retractions the last counts."""
    found: dict[int, Held] = {}
    for line in lines:
        if isinstance(line, Judgement):
            found[line.id] = Held(line)
        elif line.of in found:
            found[line.of] = replace(found[line.of], retraction=line)
    return tuple(found.values())


def resting_on(lines: Iterable[Line], sheet: str, key: str) -> tuple[Held, ...]:
    """The judgements that a cell is evidence for, be it of the verdict or of its retraction."""
    return tuple(each for each in held(lines) if (sheet, key) in _cells(each))


def report(lines: Iterable[Line]) -> Iterator[str]:
    """A line of text for each judgement: day, verdict with its retraction, sentence."""
    for each in held(lines):
        yield f"{_day(each.judgement.time)}  {each.text}  {each.judgement.text}".rstrip()


def to_json(line: Line) -> str:
    """One line of JSON without its line end."""
    return json.dumps(asdict(line), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def from_json(text: str) -> Line:
    """The judgement or retraction of that line. Raises ValueError, TypeError or KeyError for anything else."""
    facts = json.loads(text)
    cells = tuple((str(sheet), str(key)) for sheet, key in facts["cells"])
    line = typed(Retraction if "of" in facts else Judgement, facts | {"cells": cells})
    if not 0 <= line.time < _LATEST:
        raise ValueError("no time that a calendar has")
    return line


def _cells(each: Held) -> tuple[tuple[str, str], ...]:
    return each.judgement.cells + (each.retraction.cells if each.retraction else ())


def _day(time: float) -> str:
    return datetime.fromtimestamp(time, UTC).date().isoformat()
