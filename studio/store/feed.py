"""What is new in the journal of a run, also while it grows and however long it is?

A journal may hold a million steps, which nobody wants as a million events: they come as rows of numbers, a block at a
time, and everything else as the events they are, all in their order. A line that is still being written waits.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path

from studio.core.errors import UserError, shown
from studio.core.events import Event, Facts, StepDone, from_json, to_json
from studio.store.lines import sound_end

BLOCK = 2**19  # bytes that are read at a time: some thousand steps

NUMBERS = ("step", "exposures", "loss", "lr", "seconds", "epoch", "time", "attempt")

_HEAD = to_json(StepDone(0, 0, 0.0, 0.0, 0.0, 0)).split(",")[0].encode() + b","
_ROW = itemgetter(*NUMBERS)


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

        A journal that was cut, as healing one does, is read from its beginning. Raises UserError for a damaged line.
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
        with self._path.open("rb") as file:
            file.seek(self._offset)
            content = file.read(BLOCK)
        end = sound_end(content)
        if not end and len(content) == BLOCK:
            raise UserError(f"{self._path} is damaged at byte {self._offset}: a line without an end",
                            "Remove that line in a text editor; the rest can still be read.")
        heard = tuple(self._heard(content[:end]))
        self.is_first = not self._offset
        self._offset += end
        return heard

    def _heard(self, content: bytes) -> Iterator[Heard]:
        steps: list[bytes] = []
        for line in content.splitlines():
            if line.startswith(_HEAD):
                steps.append(line)
                continue
            if steps:
                yield self._rows(steps)
                steps = []
            yield self._event(line)
        if steps:
            yield self._rows(steps)

    def _rows(self, lines: list[bytes]) -> StepRows:
        """All lines as one JSON list: reading them one by one takes three times as long."""
        text = b"[" + b",".join(lines) + b"]"
        try:
            facts = json.loads(text)
            losses = [each.get("losses") for each in facts] if b'"losses"' in text else []
            return StepRows([_ROW(each) for each in facts], [each.get("bucket", "") for each in facts], losses)
        except (ValueError, KeyError, TypeError) as error:
            raise self._damaged(str(error)) from error

    def _event(self, line: bytes) -> Event:
        try:
            return from_json(line.decode("utf-8"))
        except (ValueError, AttributeError, TypeError, RecursionError) as error:
            raise self._damaged(str(error)) from error

    def _damaged(self, why: str) -> UserError:
        return UserError(f"{self._path} is damaged behind byte {self._offset}: {shown(why)}",
                         "Remove that line in a text editor; the rest can still be read.")
