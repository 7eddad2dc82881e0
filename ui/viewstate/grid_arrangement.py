"""What did a person choose for a grid: which axes are rows and which columns, what is hidden, folded and sorted?

Lines are named by what all their cells share, as pairs of axis and value, so that a choice outlives a rearrangement.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from studio.core.axes import Value, is_text
from studio.core.evaluation_rules import Claim
from studio.core.grid_watch import SUBJECTS
from studio.core.sweep import Sheet

Pair = tuple[str, Value]
Share = frozenset[Pair]
Order = Literal["sheet", "name", "best", "worst"]
Side = Literal["rows", "columns"]

ROWS, COLUMNS = "rows", "columns"
ORDERS: tuple[Order, ...] = ("sheet", "name", "best", "worst")
RANKING: tuple[Order, ...] = ("best", "worst")
TARGET, STEP0 = "target", "step0"
PINS = (TARGET, STEP0)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """`rows` and `columns` are names of axes, the outermost first; between them they hold every axis of the sheet.

    A line is hidden, or folded into one with its like, if it holds all pairs of any of the shares named there.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    hidden: frozenset[Share] = frozenset()
    folded: frozenset[Share] = frozenset()
    row_order: Order = "sheet"
    column_order: Order = "sheet"
    pins: tuple[str, ...] = PINS
    ranked_anyway: bool = False
    subjects: frozenset[Claim] = frozenset()

    def side_of(self, axis: str) -> Side:
        return ROWS if axis in self.rows else COLUMNS

    def axes(self, side: Side) -> tuple[str, ...]:
        return self.rows if side == ROWS else self.columns

    def order(self, side: Side) -> Order:
        return self.row_order if side == ROWS else self.column_order

    def placed(self, axis: str, side: Side, place: int = 10**6) -> Arrangement:
        """That axis on a side, at this place from the outside."""
        rest = [each for each in self.axes(side) if each != axis]
        there = (*rest[:place], axis, *rest[place:])
        other = tuple(each for each in self.axes(COLUMNS if side == ROWS else ROWS) if each != axis)
        rows, columns = (there, other) if side == ROWS else (other, there)
        return dataclasses.replace(self, rows=rows, columns=columns)

    def shifted(self, axis: str, by: int) -> Arrangement:
        """The axis further out on its side, or further in."""
        side = self.side_of(axis)
        place = self.axes(side).index(axis) + by
        return self.placed(axis, side, place) if place >= 0 else self

    def turned(self) -> Arrangement:
        """Rows as columns and columns as rows."""
        return dataclasses.replace(self, rows=self.columns, columns=self.rows, row_order=self.column_order,
                                   column_order=self.row_order)

    def sorted_by(self, side: Side, order: Order) -> Arrangement:
        return dataclasses.replace(self, **{"row_order" if side == ROWS else "column_order": order})

    def hiding(self, pairs: Iterable[Pair]) -> Arrangement:
        return dataclasses.replace(self, hidden=self.hidden | {frozenset(pairs)})

    def showing_all(self) -> Arrangement:
        return dataclasses.replace(self, hidden=frozenset())

    def folding(self, pairs: Iterable[Pair]) -> Arrangement:
        """The lines of these pairs as one, or each by itself again."""
        return dataclasses.replace(self, folded=self.folded ^ {frozenset(pairs)})

    def with_pin(self, pin: str, is_shown: bool) -> Arrangement:
        return dataclasses.replace(self, pins=tuple(each for each in PINS
                                                    if (is_shown if each == pin else each in self.pins)))

    def ranking_anyway(self, does: bool) -> Arrangement:
        return dataclasses.replace(self, ranked_anyway=does)

    def comparing(self, subject: Claim, does: bool) -> Arrangement:
        """Whether cells are compared for that."""
        return dataclasses.replace(self, subjects=self.subjects | {subject} if does else self.subjects - {subject})

    @property
    def is_ranked(self) -> bool:
        """Whether marks decide over an order."""
        return self.row_order in RANKING or self.column_order in RANKING

    def unranked(self) -> Arrangement:
        """The same without any order that ranks."""
        plain = {name: "sheet" for name in ("row_order", "column_order") if getattr(self, name) in RANKING}
        return dataclasses.replace(self, **plain)


def first_arrangement(sheet: Sheet) -> Arrangement:
    """Compositions and prompts as rows, all else as columns; the sheet's own sides where that leaves one empty."""
    names = [axis.name for axis in sheet.axes]
    many = {axis.name for axis in sheet.axes if len(axis.values) > 1}
    rows = tuple(each for each in names if is_text(each))
    if not many & set(rows) or many <= set(rows):
        rows = tuple(axis.name for axis in sheet.rows)
    return Arrangement(rows, tuple(each for each in names if each not in rows))


def to_json(arrangement: Arrangement) -> str:
    """One line, for the memory of the window."""
    facts = dataclasses.asdict(arrangement)
    facts |= {name: sorted((sorted(map(list, share), key=str) for share in facts[name]), key=str)
              for name in ("hidden", "folded")}
    return json.dumps(facts | {"subjects": sorted(arrangement.subjects)}, ensure_ascii=False)


def from_json(text: str, sheet: Sheet) -> Arrangement:
    """What was remembered, as far as it fits the sheet; else how a sheet is shown first."""
    try:
        return _read(json.loads(text), sheet)
    except (ValueError, TypeError, KeyError):
        return first_arrangement(sheet)


def _read(facts: dict, sheet: Sheet) -> Arrangement:
    rows, columns = tuple(facts["rows"]), tuple(facts["columns"])
    if sorted((*rows, *columns)) != sorted(axis.name for axis in sheet.axes):
        raise ValueError("another sheet")
    if not {facts["row_order"], facts["column_order"]} <= set(ORDERS):
        raise ValueError("no order")
    shares = {name: frozenset(frozenset((str(axis), value) for axis, value in share) for share in facts[name])
              for name in ("hidden", "folded")}
    return Arrangement(rows, columns, shares["hidden"], shares["folded"], facts["row_order"], facts["column_order"],
                       tuple(each for each in PINS if each in facts["pins"]), bool(facts["ranked_anyway"]),
                       frozenset(each for each in SUBJECTS if each in facts["subjects"]))
