"""Which picture stands at a place of a grid: that of a cell, a target, step 0, or one that it is compared with?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ui.viewstate.grid_arrangement import COLUMNS, ROWS, TARGET
from ui.viewstate.grid_table import Place, Table

File = tuple[str, Path]  # by which name a picture is kept, and where it lies


@dataclass(frozen=True, slots=True)
class GridFiles:
    """`own` are the pictures by key, those of step 0 among them; `targets` are by prompt.

    With `others`, by the keys of the table's own cells, only what differs from these is shown.
    """

    table: Table
    own: Mapping[str, File] = field(default_factory=dict)
    targets: Mapping[str, File] = field(default_factory=dict)
    others: Mapping[str, File] | None = None

    def file(self, place: Place) -> File | None:
        """The picture that stands there, if it is drawn."""
        row, column = place
        if row >= 0 and column >= 0:
            spot = self.table.spot(row, column)
            return self.own.get(spot.key) if spot else None
        side, line = (ROWS, row) if column < 0 else (COLUMNS, column)
        spot = self.table.line_spot(side, line)
        if spot is None:
            return None
        return self.targets.get(spot.cell.spec.prompt) if self.is_target(place) else self.own.get(spot.step0)

    def other(self, place: Place) -> File | None:
        """What it is compared with."""
        if self.others is None or min(place) < 0:
            return None
        spot = self.table.spot(*place)
        return self.others.get(spot.key) if spot else None

    def both(self, place: Place) -> tuple[File, ...]:
        return tuple(file for file in (self.file(place), self.other(place)) if file)

    def is_target(self, place: Place) -> bool:
        return min(place) < 0 and self.table.pins[min(place)] == TARGET

    def is_place(self, place: Place) -> bool:
        """Whether there is such a row and such a column."""
        row, column = place
        return row < len(self.table.rows) and column < len(self.table.columns) and min(place) >= -len(self.table.pins)
