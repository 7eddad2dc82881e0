"""What was asked of an attempt and is still to be done."""

from __future__ import annotations

import math
from pathlib import Path

from studio.core.events import WishAnswered
from studio.core.fold import RunState
from studio.core.wishes import OF_AN_ATTEMPT, Asked
from studio.jobs.execute import Emit
from studio.store.wishes import Wishes


class Hearing:
    """The wishes to one attempt at a run, each answered once.

    One to end that is no newer than `stale`, which an earlier attempt did not live to see, means nothing to this one.
    """

    def __init__(self, folder: Path, known: RunState, emit: Emit, stale: int) -> None:
        self._wishes, self._emit = Wishes(folder), emit
        self._open = [each for each in self._wishes.new() if each.number not in known.answered]
        for each in self.take(*OF_AN_ATTEMPT, before=stale + 1):
            self.answer(each, known.step, granted=False)

    def is_open(self, *kinds: str) -> bool:
        """Whether one of these wishes was uttered and is not answered."""
        self._open += self._wishes.new()
        return any(each.wish.kind in kinds for each in self._open)

    def take(self, *kinds: str, before: float = math.inf) -> list[Asked]:
        """The open wishes of these kinds, oldest first, up to that number; whoever takes one answers it."""
        self._open += self._wishes.new()
        taken = [each for each in self._open if each.wish.kind in kinds and each.number < before]
        self._open = [each for each in self._open if each not in taken]
        return taken

    def answer(self, asked: Asked, step: int, value: int = 0, total: int = 0, granted: bool = True) -> None:
        self._emit(WishAnswered(asked.number, asked.wish.kind, value or asked.wish.value, step, total, granted))

