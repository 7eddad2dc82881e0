"""How is a curve of a million points held so that drawing any part of it costs no more than its pixels?

Columns of numbers that grow in place; over the losses a pyramid of the least and the largest of ever more points, and
running sums from which the mean of any last steps is one subtraction. A resumed run takes back the steps it repeats.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.generic]

_FAN = 16        # points of one level in one of the next
_FIRST = 1024    # numbers there is room for at the beginning


@dataclass(frozen=True, slots=True)
class Steps:
    """Some steps of a run in their order, a column each."""

    step: Numbers
    exposures: Numbers
    loss: Numbers
    rate: Numbers
    seconds: Numbers
    epoch: Numbers

    def __len__(self) -> int:
        return len(self.step)


@dataclass(frozen=True, slots=True)
class Band:
    """What there is to draw: at each `x` the least and the largest value; they are one where `is_exact`."""

    x: Numbers
    low: Numbers
    high: Numbers
    is_exact: bool


def columns_of(rows: Sequence[Sequence[float | None]]) -> Steps:
    """Rows of (step, exposures, loss, rate, seconds, epoch) as columns; None becomes nan."""
    table = np.array(rows, dtype=np.float64).reshape(-1, len(Steps.__slots__))
    return Steps(*table.T)


class Column:
    """Numbers of one kind that grow at the end, in room that doubles."""

    def __init__(self, kind: type) -> None:
        self._room = np.empty(_FIRST, kind)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def values(self) -> Numbers:
        """A view, good until the next change."""
        return self._room[:self._count]

    def extend(self, values: Numbers) -> None:
        end = self._count + len(values)
        if end > len(self._room):
            self._grow(max(end, 2 * len(self._room)))
        self._room[self._count:end] = values
        self._count = end

    def cut(self, count: int) -> None:
        """Only the first `count` stay."""
        self._count = min(self._count, count)

    def _grow(self, size: int) -> None:
        """In place where nobody holds a view: the system moves pages, and copies none of a million numbers."""
        try:
            self._room.resize(size)
        except ValueError:
            self._room = np.concatenate((self._room, np.empty(size - len(self._room), self._room.dtype)))


class Pyramid:
    """The least and the largest of 16, of 256, ... points, kept up as points arrive."""

    def __init__(self) -> None:
        self._levels: list[tuple[Column, Column]] = []

    def renew(self, values: Numbers, first: int) -> None:
        """After the points from `first` on have changed."""
        low = high = values
        level = 0
        while len(low) > _FAN:
            if level == len(self._levels):
                self._levels.append((Column(np.float32), Column(np.float32)))
                first = 0
            first //= _FAN
            low, high = self._renewed(level, low, high, first)
            level += 1
        del self._levels[level:]

    def band(self, values: Numbers, edges: Numbers) -> tuple[Numbers, Numbers]:
        """The (least, largest) from each edge to the next; edges are places of points in rising order."""
        level, width = -1, 1
        narrow = max(1, int(np.median(np.diff(edges))) if len(edges) > 1 else 1)
        while level + 1 < len(self._levels) and width * _FAN <= narrow:
            level, width = level + 1, width * _FAN
        low, high = (values, values) if level < 0 else (each.values for each in self._levels[level])
        starts = np.minimum(edges // width, len(low) - 1)
        return _folded(np.fmin, low, starts)[:-1], _folded(np.fmax, high, starts)[:-1]

    def _renewed(self, level: int, low: Numbers, high: Numbers, first: int) -> tuple[Numbers, Numbers]:
        lows, highs = self._levels[level]
        starts = np.arange(first * _FAN, len(low), _FAN)
        for column, source, rule in ((lows, low, np.fmin), (highs, high, np.fmax)):
            column.cut(first)
            column.extend(_folded(rule, source, starts))
        return lows.values, highs.values


class Curve:
    """The steps of a run that count, in order; each step number stands there once."""

    def __init__(self) -> None:
        self._step, self._exposures = Column(np.float64), Column(np.float64)  # searching with floats converts no ints
        self._epoch = Column(np.int32)
        self._loss, self._rate, self._seconds = (Column(np.float32) for _ in range(3))
        self._sum, self._known = Column(np.float64), Column(np.int64)  # over the losses that are numbers
        self._pyramid = Pyramid()

    def __len__(self) -> int:
        return len(self._step)

    @property
    def steps(self) -> Numbers:
        return self._step.values

    @property
    def exposures(self) -> Numbers:
        return self._exposures.values

    @property
    def epochs(self) -> Numbers:
        return self._epoch.values

    @property
    def losses(self) -> Numbers:
        return self._loss.values

    @property
    def rates(self) -> Numbers:
        return self._rate.values

    @property
    def seconds(self) -> Numbers:
        return self._seconds.values

    def take(self, steps: Steps) -> None:
        """Adds steps; one whose number was there before takes its place and that of all behind it."""
        for part in _rising(steps):
            self._append(part)

    def cut(self, step: float) -> None:
        """Takes back all steps from this number on."""
        keep = int(np.searchsorted(self.steps, step))
        if keep < len(self):
            self._cut(keep)
            self._pyramid.renew(self.losses, keep)

    def along(self, axis: str) -> Numbers:
        """The places of the points on an axis: "step" or "exposures"."""
        return self.exposures if axis == "exposures" else self.steps

    def means(self, places: Numbers, last: int) -> Numbers:
        """At each place the mean loss of the `last` steps up to it; nan where none of them has a number."""
        before = np.maximum(places - last, -1)
        counts = self._known.values[places] - np.where(before < 0, 0, self._known.values[before])
        sums = self._sum.values[places] - np.where(before < 0, 0.0, self._sum.values[before])
        return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)

    def places(self, axis: str, left: float, right: float, columns: int) -> Numbers:
        """Places of points between two values of an axis, one beyond at each side, at most `columns` of them."""
        x = self.along(axis)
        if not len(x):
            return np.empty(0, np.int64)
        first = max(0, int(np.searchsorted(x, left)) - 1)
        last = min(len(x) - 1, int(np.searchsorted(x, right, "right")))
        if last - first < columns:
            return np.arange(first, last + 1)
        return np.unique(np.append(np.clip(np.searchsorted(x, np.linspace(left, right, columns)), first, last), last))

    def band(self, axis: str, left: float, right: float, columns: int) -> Band:
        """The losses between two values of an axis: all of them where `columns` suffice, else their extremes."""
        places = self.places(axis, left, right, columns)
        x = self.along(axis)
        if len(places) < 2 or places[-1] - places[0] < columns:
            losses = self.losses[places]
            return Band(x[places], losses, losses, True)
        low, high = self._pyramid.band(self.losses, places)
        return Band(x[places[:-1]], low, high, False)

    def nearest(self, axis: str, value: float) -> int | None:
        """The place of the point next to a value of an axis; None without points."""
        x = self.along(axis)
        if not len(x):
            return None
        place = int(np.searchsorted(x, value))
        beside = [each for each in (place - 1, place) if 0 <= each < len(x)]
        return min(beside, key=lambda each: abs(float(x[each]) - value))

    def _append(self, steps: Steps) -> None:
        keep = int(np.searchsorted(self.steps, steps.step[0]))
        self._cut(keep)
        is_number = np.isfinite(steps.loss)
        sums = np.cumsum(np.where(is_number, steps.loss, 0.0)) + (self._sum.values[-1] if keep else 0.0)
        known = np.cumsum(is_number) + (self._known.values[-1] if keep else 0)
        news = (steps.step, steps.exposures, steps.epoch, steps.loss, steps.rate, steps.seconds, sums, known)
        for column, values in zip(self._columns, news):
            column.extend(values)
        self._pyramid.renew(self.losses, keep)

    def _cut(self, keep: int) -> None:
        for column in self._columns:
            column.cut(keep)

    @property
    def _columns(self) -> tuple[Column, ...]:
        return (self._step, self._exposures, self._epoch, self._loss, self._rate, self._seconds, self._sum, self._known)


def _folded(rule: np.ufunc, values: Numbers, starts: Numbers) -> Numbers:
    return rule.reduceat(values, starts) if len(starts) else values[:0]


def _rising(steps: Steps) -> Iterable[Steps]:
    """The steps in parts within which their numbers rise."""
    breaks = np.flatnonzero(np.diff(steps.step) <= 0) + 1
    for first, end in zip((0, *breaks), (*breaks, len(steps))):
        if end > first:
            yield Steps(*(getattr(steps, name)[first:end] for name in Steps.__slots__))
