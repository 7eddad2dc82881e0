"""What is known of a run while it is watched: its folded state, its curves, its speed?

The state comes from `fold` as everywhere, but for the steps, of which there may be a million: they go into columns, by
the same two rules. Events of an attempt that a later one has overtaken do not count, and a step takes back every step
from its own number on.
"""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from studio.core.events import Event, Started, StepDone
from studio.core.fold import RunState, fold
from studio.store.feed import NUMBERS, Heard, StepRows
from ui.viewstate.series import Curve, Steps, columns_of

_RECENT = 200  # steps that the speed is taken from; enough to meet every bucket

_ATTEMPT, _TIME = NUMBERS.index("attempt"), NUMBERS.index("time")
_COLUMNS = tuple(NUMBERS.index(name) for name in ("step", "exposures", "loss", "lr", "seconds", "epoch"))


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast steps of one bucket are at present; the bucket is empty where a step has several."""

    bucket: str
    seconds: float
    steps: int


class LiveRun:
    """One run, from its journal as far as it has been read."""

    def __init__(self, id: str) -> None:
        self.id = id
        self.state = RunState()
        self.curve = Curve()
        self.by_trigger: dict[str, Curve] = {}  # in a run that teaches more than one character
        self._recent: deque[tuple[str, float]] = deque(maxlen=_RECENT)

    def take(self, heard: Iterable[Heard]) -> None:
        """Adds what was read next, in its order."""
        for each in _grouped(heard):
            if isinstance(each, StepRows):
                self._take_steps(each)
            else:
                self._fold(each)

    @property
    def step(self) -> int:
        return int(self.curve.steps[-1]) if len(self.curve) else 0

    @property
    def epoch(self) -> int:
        return int(self.curve.epochs[-1]) if len(self.curve) else 0

    @property
    def exposures(self) -> int:
        return int(self.curve.exposures[-1]) if len(self.curve) else 0

    @property
    def seconds_a_step(self) -> float | None:
        """The mean of the last steps, but for the slowest, which compile or wake a disk; None before the first."""
        seconds = sorted(each for _, each in self._recent)
        kept = seconds[:max(1, len(seconds) * 9 // 10)]
        return sum(kept) / len(kept) if kept else None

    @property
    def speeds(self) -> tuple[Speed, ...]:
        """Each bucket of the last steps, the slowest first."""
        by_bucket: dict[str, list[float]] = {}
        for bucket, seconds in self._recent:
            by_bucket.setdefault(bucket, []).append(seconds)
        speeds = (Speed(bucket, float(np.median(each)), len(each)) for bucket, each in by_bucket.items())
        return tuple(sorted(speeds, key=lambda each: -each.seconds))

    @property
    def seconds_left(self) -> float | None:
        """For the steps that are left, at the speed of the last ones; previews and saving come on top."""
        a_step = self.seconds_a_step
        return None if a_step is None else max(0, self.state.course.total - self.step) * a_step

    def _fold(self, events: list[Event]) -> None:
        if any(isinstance(each, Started) for each in events):
            self._recent.clear()
        self.state = fold(events, self.state)

    def _take_steps(self, found: StepRows) -> None:
        table = np.array(found.rows, dtype=np.float64)
        counts = np.maximum.accumulate(table[:, _ATTEMPT])
        kept = np.flatnonzero((table[:, _ATTEMPT] >= counts) & (table[:, _ATTEMPT] >= self.state.attempt))
        if not len(kept):
            return
        self.curve.take(columns_of(table[kept][:, _COLUMNS]))
        for place in kept[-_RECENT:].tolist():
            self._recent.append((found.buckets[place], found.rows[place][NUMBERS.index("seconds")] or 0.0))
        self._take_losses(found, table, kept)
        self._keep_last(table[kept[-1]])

    def _take_losses(self, found: StepRows, table: np.ndarray, kept: np.ndarray) -> None:
        """The losses of single characters; a resumed run takes theirs back too."""
        first = float(table[kept, 0].min())
        for curve in self.by_trigger.values():
            curve.cut(first)
        rows: dict[str, list[list[float | None]]] = {}
        for place in kept.tolist() if found.losses else ():
            for trigger, loss in (found.losses[place] or {}).items():
                row = [found.rows[place][each] for each in _COLUMNS]
                row[Steps.__slots__.index("loss")] = loss
                rows.setdefault(trigger, []).append(row)
        for trigger, each in rows.items():
            self.by_trigger.setdefault(trigger, Curve()).take(columns_of(each))

    def _keep_last(self, row: np.ndarray) -> None:
        """The state holds the last step alone: where the run is, and when it was heard of."""
        facts = dict(zip(NUMBERS, row.tolist()))
        whole = {name: int(facts[name]) for name in ("step", "exposures", "epoch", "attempt")}
        self.state = fold([StepDone(**(facts | whole))], dataclasses.replace(self.state, steps=()))


def _grouped(heard: Iterable[Heard]) -> Iterable[StepRows | list[Event]]:
    """Events that follow each other are folded together."""
    events: list[Event] = []
    for each in heard:
        if isinstance(each, StepDone):
            each = StepRows([tuple(getattr(each, name) for name in NUMBERS)], [each.bucket], [each.losses])
        if isinstance(each, StepRows):
            if events:
                yield events
                events = []
            yield each
        else:
            events.append(each)
    if events:
        yield events
