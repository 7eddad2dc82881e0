"""How many cells of each row, column and group of a grid were marked as obtained? k of n, and one exact interval.

Only what is shown counts. Pictures of the base count where the base alone is meant, and nowhere else: what it draws is
no success of the LoRA.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from studio.core.axes import BASE, EPOCH
from studio.core.rubric import OBTAINED, SCALES
from studio.core.stats import Hits
from ui.viewstate.grid_arrangement import COLUMNS, ROWS, Side
from ui.viewstate.grid_table import Band, Table


@dataclass(frozen=True, slots=True)
class Tallies:
    """By the number of a line; `all` counts every picture once."""

    rows: tuple[Hits, ...] = ()
    columns: tuple[Hits, ...] = ()
    all: Hits = Hits()

    def of(self, side: Side, index: int) -> Hits:
        lines = self.rows if side == ROWS else self.columns
        return lines[index] if 0 <= index < len(lines) else Hits()

    def of_band(self, side: Side, band: Band) -> Hits:
        return sum((self.of(side, each) for each in range(band.start, band.start + band.count)), Hits())


def tallied(table: Table, values: Mapping[str, int]) -> Tallies:
    """The tallies of marks, as value by key."""
    counts = {side: [[0, 0] for _ in table.lines(side)] for side in (ROWS, COLUMNS)}
    of_base = {side: [(EPOCH, BASE) in line.pairs for line in table.lines(side)] for side in (ROWS, COLUMNS)}
    every: dict[bool, list[Hits]] = {False: [], True: []}
    for key in table.everywhere.keys() & values.keys():
        hits = hits_of(values[key])
        is_base = False
        for place in table.everywhere[key]:
            is_base = any(each.key == key and each.cell.value(EPOCH) == BASE for each in table.spots(*place))
            for side, line in zip((ROWS, COLUMNS), place, strict=True):
                if not is_base or of_base[side][line]:
                    counts[side][line][0] += hits.hits
                    counts[side][line][1] += hits.tries
        every[is_base].append(hits)
    rows, columns = (tuple(Hits(*each) for each in counts[side]) for side in (ROWS, COLUMNS))
    return Tallies(rows, columns, _sum(every[False]))


def hits_of(value: int | None) -> Hits:
    """One try, and whether it hit; none without a mark."""
    return Hits() if value is None else Hits(int(value >= SCALES[OBTAINED].hit), 1)


def _sum(found: Iterable[Hits]) -> Hits:
    return sum(found, Hits())
