"""What is new in the journal of a run, also while it grows and however long it is?

A journal may hold a million steps, which nobody wants as a million events: they come as rows of numbers, a block at a
time, and everything else as the events they are, all in their order. A line that is still being written waits. Whoever
does want events has the rows turned into them, which is how a journal is read in any case.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from studio.core.errors import UserError, shown
from studio.core.events import Event, Facts, StepDone, from_facts, from_json, name_of
from studio.store.lines import sound_end

BLOCK = 2**19  # bytes that are read at a time: some thousand steps

NUMBERS = ("step", "exposures", "loss", "lr", "seconds", "epoch", "time", "attempt")

_STEP = name_of(StepDone(0, 0, 0.0, 0.0, 0.0, 0))
_ROW = itemgetter(*NUMBERS)
_WHOLE, _REAL = frozenset((int,)), frozenset((float, int, type(None)))
_TYPES = (*(_WHOLE if name in ("step", "exposures", "epoch", "attempt") else _REAL for name in NUMBERS),
          frozenset((str,)), frozenset((dict, type(None))))  # the last two of the bucket and the losses
_NAMES = frozenset(("event", "bucket", "losses", *NUMBERS))


@dataclass(frozen=True, slots=True)
class StepRows:
    """Steps as rows of `NUMBERS`, None where a number is none; with the bucket of each, and its losses by trigger.

    Where no step has losses by trigger there is no list of them.
    """

    rows: list[tuple[float | None, ...]]
    buckets: list[str]
    losses: list[Facts | None]


Heard = Event | StepRows


class Feed:
    """Reads a journal on from where the last call ended."""

    def __init__(self, path: Path) -> None:
        self._path, self._offset = path, 0
        self.is_first = True  # whether the block at hand begins at the beginning

    def read(self) -> Iterator[tuple[Heard, ...]]:
        """What is new, a block at a time; nothing for a missing file.

        A journal that was cut, as healing one does, is read from its beginning. Raises UserError naming file and place
        when a line before the end is damaged.
        """
        try:
            size = self._path.stat().st_size
        except OSError:
            return
        if size < self._offset:
            self._offset = 0
        while self._offset < size and (heard := self._block()):
            yield heard

    def _block(self) -> tuple[Heard, ...]:
        """Half a line at the end stays for the next block."""
        content, end = self._sound()
        heard = self._heard(content[:end])
        self.is_first = not self._offset
        self._offset += end
        return heard

    def _sound(self) -> tuple[bytes, int]:
        """A block, and where its last sound line ends; it is as large as its first line needs."""
        size = BLOCK
        with self._path.open("rb") as file:
            while True:
                file.seek(self._offset)
                content = file.read(size)
                end = sound_end(content)
                if end or len(content) < size:
                    return content, end
                size *= 2

    def _heard(self, content: bytes) -> tuple[Heard, ...]:
        """All lines as one JSON list: reading them one by one takes three times as long."""
        lines = content.splitlines(keepends=True)  # bytes split at line ends only; text would split at U+2028 too
        try:
            return tuple(_parted(json.loads(b"[" + b",".join(lines) + b"]")))
        except (ValueError, AttributeError, TypeError, KeyError, RecursionError, UserError):
            return self._one_by_one(lines)

    def _one_by_one(self, lines: Iterable[bytes]) -> tuple[Heard, ...]:
        """Slow, and whichever line is damaged says so."""
        heard, place = [], self._offset
        for line in lines:
            heard.append(self._event(line, place))
            place += len(line)
        return tuple(heard)

    def _event(self, line: bytes, place: int) -> Event:
        try:
            return from_json(line.decode("utf-8"))
        except (ValueError, AttributeError, TypeError, RecursionError) as error:
            raise UserError(f"{self._path} is damaged at byte {place}: {shown(str(error))}",
                            "Remove that line in a text editor; the rest can still be read.") from error


def steps_of(found: StepRows) -> Iterator[StepDone]:
    """The events that rows were."""
    losses: Sequence[Facts | None] = found.losses or [None] * len(found.rows)
    for row, bucket, by_trigger in zip(found.rows, found.buckets, losses, strict=True):
        step, exposures, loss, lr, seconds, epoch, time, attempt = row if None not in row else map(_told, row)
        told = (bucket,) if not by_trigger else (bucket, by_trigger)
        yield StepDone(step, epoch, loss, lr, seconds, exposures, *told, time=time, attempt=attempt)


def events_in(heard: Iterable[Heard]) -> Iterator[Event]:
    """Every event on its own."""
    for each in heard:
        if isinstance(each, StepRows):
            yield from steps_of(each)
        else:
            yield each


def _parted(facts: list[Facts]) -> Iterator[Heard]:
    """Steps in rows, and what stands between them. Raises for what a step or an event never holds."""
    rows = iter(_rows([each for each in facts if each["event"] == _STEP]))
    for is_step, group in groupby(facts, key=lambda each: each["event"] == _STEP):
        if is_step:
            taken = [next(rows) for _ in group]
            losses = [each[2] for each in taken]
            yield StepRows([each[0] for each in taken], [each[1] for each in taken], losses if any(losses) else [])
        else:
            yield from map(from_facts, group)


def _rows(steps: list[Facts]) -> Iterable[tuple[tuple[float | None, ...], str, Facts | None]]:
    """(row, bucket, losses) of each. Looking at the types of columns takes a tenth of the time of looking at rows."""
    rows = list(map(_ROW, steps))
    buckets, losses = ([each.get(name, other) for each in steps] for name, other in (("bucket", ""), ("losses", None)))
    columns = (*zip(*rows, strict=True), buckets, losses) if rows else ()
    names = frozenset(name for names in frozenset(map(tuple, steps)) for name in names)
    if not names <= _NAMES or any(not frozenset(map(type, column)) <= known for column, known in zip(columns, _TYPES)):
        raise ValueError("no step")
    return zip(rows, buckets, losses)


def _told(number: float | None) -> float:
    """What was written as null because JSON has no nan."""
    return math.nan if number is None else number
