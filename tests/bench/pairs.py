"""Two things timed in turn, A B A B: each ratio is of neighbours, so a busy minute of the machine blurs it least."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

Turn = Callable[[], object]
Clock = Callable[[], float]  # seconds


@dataclass(frozen=True, slots=True)
class Pairs:
    """Seconds of each turn, in the order they were taken."""

    first: tuple[float, ...]
    second: tuple[float, ...]

    @property
    def ratios(self) -> tuple[float, ...]:
        """The first over the second, pair by pair."""
        return tuple(one / other for one, other in zip(self.first, self.second, strict=True))

    @property
    def note(self) -> str:
        return f"{shown_s(median(self.first))} against {shown_s(median(self.second))}"


def timed_pairs(first: Turn, second: Turn, rounds: int, warm_ups: int = 1, clock: Clock = time.perf_counter) -> Pairs:
    """`rounds` turns of each; `warm_ups` more come before and are not counted."""
    seconds = [(_seconds(first, clock), _seconds(second, clock)) for _ in range(warm_ups + rounds)][warm_ups:]
    return Pairs(*zip(*seconds, strict=True))


def shown_s(seconds: float) -> str:
    return f"{1000 * seconds:.3g} ms" if seconds < 1 else f"{seconds:.2f} s"


def _seconds(turn: Turn, clock: Clock) -> float:
    start = clock()
    turn()
    return clock() - start
