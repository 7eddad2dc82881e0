"""How much longer it takes, from how long it took so far."""

from __future__ import annotations

from collections.abc import Callable


class Pace:
    """Counts from the moment it is made; what was `done` before that moment tells nothing about the speed."""

    def __init__(self, total: int, clock: Callable[[], float], done: int = 0) -> None:
        self._total, self._clock, self._first = total, clock, done
        self._began = clock()

    def seconds_left(self, done: int) -> float | None:
        """None as long as nothing was done."""
        if done <= self._first:
            return None
        return (self._clock() - self._began) / (done - self._first) * (self._total - done)
