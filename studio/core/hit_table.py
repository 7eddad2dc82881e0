"""How often does each trait come out, by epoch and format or whatever a sheet varies, and how sure is that?

What is shown and what is exported are the same texts.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from studio.core.axes import EPOCH, Value
from studio.core.marks import Mark
from studio.core.stats import Hits, clopper_pearson
from studio.core.sweep import Cell

INTERVAL = "95 % Clopper-Pearson"


@dataclass(frozen=True, slots=True)
class HitRow:
    """One group of cells and one trait. `group` holds the values of the axes by which the table is divided."""

    group: tuple[Value, ...]
    trait: str
    hits: Hits
    keys: tuple[str, ...] = ()

    @property
    def interval(self) -> str:
        """"[2.8, 60.0]", in percent."""
        lo, hi = clopper_pearson(self.hits.hits, self.hits.tries)
        return f"[{_percent(lo)}, {_percent(hi)}]"

    @property
    def texts(self) -> tuple[str, ...]:
        """The row as it is shown: its group, the trait, k/n, the rate, the interval."""
        rate = f"{100 * self.hits.rate:.0f} %" if self.hits.tries else ""
        return (*map(str, self.group), self.trait, f"{self.hits.hits}/{self.hits.tries}", rate, self.interval)


@dataclass(frozen=True, slots=True)
class HitTable:
    """Rows in the order of the sheet; `axes` are the names by which they are divided."""

    axes: tuple[str, ...]
    rows: tuple[HitRow, ...]

    @property
    def heads(self) -> tuple[str, ...]:
        return (*self.axes, "trait", "hits", "rate", INTERVAL)

    @property
    def texts(self) -> tuple[tuple[str, ...], ...]:
        """Heads and rows as they are shown."""
        return (self.heads, *(row.texts for row in self.rows))

    @property
    def csv(self) -> str:
        """The same texts as a file."""
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(self.texts)
        return out.getvalue()


def hit_table(cells: Iterable[Cell], marks: Iterable[Mark], axes: Sequence[str] = (EPOCH,)) -> HitTable:
    """The counting marks of one judge, divided by the values of these axes; a cell without a mark does not count."""
    of_cell: defaultdict[str, list[Mark]] = defaultdict(list)
    for mark in marks:
        if mark.is_of_trait:
            of_cell[mark.key].append(mark)
    groups: defaultdict[tuple[tuple[Value, ...], str], dict[str, bool]] = defaultdict(dict)
    for cell in cells:
        for mark in of_cell[cell.key]:
            groups[tuple(cell.value(axis) for axis in axes), mark.trait][cell.key] = mark.is_hit
    return HitTable(tuple(axes), tuple(HitRow(group, trait, Hits(sum(there.values()), len(there)), tuple(there))
                                       for (group, trait), there in groups.items()))


def _percent(rate: float) -> str:
    """One decimal, but for the ends."""
    return str(round(100 * rate)) if rate in (0.0, 1.0) else f"{100 * rate:.1f}"
