"""Which cells stand in which row and column of a grid, under which heads, and how was each line marked?

A cell is found by its place without looking at any other, so that thousands of them cost what is in sight.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from studio.core.axes import Axis, Value, is_text
from studio.core.stats import Hits
from studio.core.sweep import Sheet
from ui.viewstate.grid_arrangement import COLUMNS, ROWS, Arrangement, Order, Pair, Side
from ui.viewstate.grid_names import names_of
from ui.viewstate.grid_sheets import Spot

Place = tuple[int, int]  # row and column, both from 0
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Line:
    """A row or a column. `pairs` are what its cells share; `count` is how many lines are folded into it."""

    pairs: tuple[Pair, ...]
    label: str
    count: int = 1

    @property
    def share(self) -> frozenset[Pair]:
        return frozenset(self.pairs)


@dataclass(frozen=True, slots=True)
class Band:
    """Lines that stand under one head of an outer axis, from `start` on; `level` 0 is the outermost."""

    pairs: tuple[Pair, ...]
    label: str
    level: int
    start: int
    count: int


class Table:
    """A sheet as it is arranged. `hits` say how the picture of a key was marked, for orders that rank."""

    def __init__(self, sheet: Sheet, spots: Sequence[Spot], arrangement: Arrangement,
                 hits: Callable[[str], Hits] = lambda key: Hits()) -> None:
        self.sheet, self.arrangement = sheet, arrangement
        self._axes = {axis.name: axis for axis in sheet.axes}
        self._names = {axis.name: names_of(axis) for axis in sheet.axes}
        self._hits = hits
        self._first: dict[tuple[Side, int], Spot | None] = {}
        kept = [each for each in spots if not _in_any(each.cell.values, arrangement.hidden)]
        self.hidden_count = len(spots) - len(kept)
        self._made = {side: self._lines(side, kept) for side in (ROWS, COLUMNS)}
        self.rows, self.columns = (self._made[side][0] for side in (ROWS, COLUMNS))
        self._spots = self._placed(kept)

    def spots(self, row: int, column: int) -> tuple[Spot, ...]:
        """The cells of a place, several where lines are folded."""
        return self._spots.get((row, column), ())

    def spot(self, row: int, column: int) -> Spot | None:
        """The first of them, which is shown."""
        found = self._spots.get((row, column))
        return found[0] if found else None

    @cached_property
    def places(self) -> Mapping[str, Place]:
        """Where the picture of a key first stands, row by row."""
        found: dict[str, Place] = {}
        for place in sorted(self._spots):
            for each in self._spots[place]:
                found.setdefault(each.key, place)
        return found

    @cached_property
    def everywhere(self) -> Mapping[str, tuple[Place, ...]]:
        """All places of each picture; some cells come to the same one."""
        found: dict[str, list[Place]] = {}
        for place, spots in self._spots.items():
            for each in spots:
                found.setdefault(each.key, []).append(place)
        return {key: tuple(places) for key, places in found.items()}

    @property
    def keys(self) -> Iterable[str]:
        """Every picture that is shown, row by row."""
        return self.places.keys()

    def bands(self, side: Side) -> tuple[Band, ...]:
        """The heads of the outer axes, the outermost first."""
        return self._made[side][1]

    def levels(self, side: Side) -> int:
        """How many lines of such heads there are."""
        return len({each.level for each in self.bands(side)})

    def lines(self, side: Side) -> tuple[Line, ...]:
        return self.rows if side == ROWS else self.columns

    def line_spot(self, side: Side, index: int) -> Spot | None:
        """The first cell of a line, which speaks for it: its prompt, its seed."""
        if (side, index) not in self._first:
            others = range(len(self.lines(COLUMNS if side == ROWS else ROWS)))
            places = ((index, each) if side == ROWS else (each, index) for each in others)
            self._first[side, index] = next((spot for place in places if (spot := self.spot(*place))), None)
        return self._first[side, index]

    @cached_property
    def pinned_side(self) -> Side:
        """Target and step 0 are columns, unless prompts vary from column to column and not from row to row."""
        many = [name for name, axis in self._axes.items() if is_text(name) and len(axis.values) > 1]
        return ROWS if many and all(self.arrangement.side_of(each) == COLUMNS for each in many) else COLUMNS

    @property
    def pins(self) -> tuple[str, ...]:
        """The lines that always stay in sight, before all others."""
        return self.arrangement.pins

    def label_of(self, pairs: Iterable[Pair]) -> str:
        """What tells such cells from others, in words."""
        told = (self._label(pair) for pair in pairs if len(self._axes[pair[0]].values) > 1)
        return " · ".join(told)

    def _label(self, pair: Pair) -> str:
        name, value = pair
        return self._names[name][value]

    def _lines(self, side: Side, spots: Sequence[Spot]) -> tuple[tuple[Line, ...], tuple[Band, ...]]:
        names, folded = self.arrangement.axes(side), self.arrangement.folded
        values = (dict(each.cell.values) for each in spots)
        found = dict.fromkeys(tuple((name, of[name]) for name in names) for of in values)
        ordered = sorted(found, key=self._rank(side, spots))
        lines = tuple(Line(pairs, self._leaf(pairs), count) for pairs, count in _merged(ordered, folded).items())
        return lines, tuple(self._bands(names, lines))

    def _leaf(self, pairs: tuple[Pair, ...]) -> str:
        """How a line is called under the heads of its outer axes."""
        many = [pair for pair in pairs if len(self._axes[pair[0]].values) > 1]
        return self._label((many or list(pairs))[-1]) if pairs else ""

    def _bands(self, names: Sequence[str], lines: Sequence[Line]) -> Iterable[Band]:
        many = [name for name in names if len(self._axes[name].values) > 1]
        for level, name in enumerate(many[:-1]):
            place = names.index(name) + 1
            start = 0
            for pairs, group in groupby(lines, key=lambda line: line.pairs[:place]):
                count = len(list(group))
                if len(pairs) == place:
                    yield Band(pairs, self._label(pairs[-1]), level, start, count)
                start += count

    def _placed(self, spots: Sequence[Spot]) -> dict[Place, tuple[Spot, ...]]:
        found: dict[Place, tuple[Spot, ...]] = {}
        at = {side: _Index(self.lines(side), self.arrangement.axes(side)) for side in (ROWS, COLUMNS)}
        for each in spots:
            values = dict(each.cell.values)
            row, column = (index[tuple(values[name] for name in self.arrangement.axes(side))]
                           for side, index in at.items())
            found[row, column] = (*found.get((row, column), ()), each)
        return found

    def _rank(self, side: Side, spots: Sequence[Spot]) -> Callable[[tuple[Pair, ...]], tuple]:
        """Group by group: an outer head goes before what stands under it."""
        order = self.arrangement.order(side)
        keys = {axis.name: _keys(axis, order) for axis in self._axes.values()}
        if order in ("sheet", "name"):
            return lambda pairs: tuple(keys[name][value] for name, value in pairs)
        rates = self._rates(self.arrangement.axes(side), spots, 1 if order == "best" else -1)
        return lambda pairs: tuple((rates[pairs[:depth]], keys[name][value])
                                   for depth, (name, value) in enumerate(pairs, 1))

    def _rates(self, names: Sequence[str], spots: Sequence[Spot], sign: int) -> dict[tuple[Pair, ...], float]:
        """A number for each beginning of a line by which the better ones stand first; unmarked ones come last."""
        counts: dict[tuple[Pair, ...], Hits] = {}
        for each in spots:
            values, hits = dict(each.cell.values), self._hits(each.key)
            pairs = tuple((name, values[name]) for name in names)
            for depth in range(1, len(pairs) + 1):
                counts[pairs[:depth]] = counts.get(pairs[:depth], Hits()) + hits
        return {pairs: -sign * hits.rate if hits.tries else 2.0 for pairs, hits in counts.items()}


class _Index:
    """The number of a line by the values of all its axes; values that a fold swallowed are found by what is left."""

    def __init__(self, lines: Sequence[Line], names: Sequence[str]) -> None:
        self._whole = {tuple(value for _, value in line.pairs): at for at, line in enumerate(lines)}
        self._depths = sorted({len(line.pairs) for line in lines}, reverse=True) or [len(names)]

    def __getitem__(self, values: tuple[Value, ...]) -> int:
        return next(self._whole[values[:depth]] for depth in self._depths if values[:depth] in self._whole)


def _merged(ordered: Sequence[tuple[Pair, ...]], folded: Iterable[frozenset[Pair]]) -> dict[tuple[Pair, ...], int]:
    """The lines, those of a folded head as one that is called by it, and how many each is."""
    found: dict[tuple[Pair, ...], int] = {}
    for pairs in ordered:
        depths = (depth for depth in range(1, len(pairs)) if frozenset(pairs[:depth]) in folded)
        line = pairs[:next(depths, len(pairs))]
        found[line] = found.get(line, 0) + 1
    return found


def _in_any(pairs: Iterable[Pair], shares: Iterable[frozenset[Pair]]) -> bool:
    there = frozenset(pairs)
    return any(share <= there for share in shares)


def _keys(axis: Axis, order: Order) -> dict[Value, object]:
    if order == "name":
        return {value: _natural(str(value)) for value in axis.values}
    return {value: place for place, value in enumerate(axis.values)}


def _natural(text: str) -> tuple[tuple[float, str], ...]:
    """2 before 10, whatever stands around them."""
    parts = re.split(r"(\d+(?:\.\d+)?)", text.casefold())
    return tuple((float(part), "") if _NUMBER.fullmatch(part) else (float("inf"), part) for part in parts if part)
