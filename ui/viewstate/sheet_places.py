"""Where in the growing sheet does each cell stand, when its first two columns and its head stay in sight?"""

from __future__ import annotations

from dataclasses import dataclass

TARGET, START = -2, -1   # the pinned columns; epochs count from 0
HEAD, BAND = 28, 24      # heights of the line of epochs, and of what stands over each row
GAP, RIFT = 2, 10        # between cells, and behind the pinned columns


@dataclass(frozen=True, slots=True)
class Cell:
    """A row and a column, TARGET and START included."""

    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Box:
    """Pixels from the upper left corner of the view."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Places:
    """A sheet of so many rows and columns of epochs in a view; `left` and `top` are how far it is scrolled."""

    rows: int
    columns: int
    cell_width: int
    cell_height: int
    width: int
    height: int
    left: int = 0
    top: int = 0

    @property
    def pinned(self) -> int:
        """Where the scrolled columns begin."""
        return 2 * self.column_step + RIFT

    @property
    def column_step(self) -> int:
        return self.cell_width + GAP

    @property
    def row_step(self) -> int:
        return BAND + self.cell_height + GAP

    @property
    def widest(self) -> int:
        """How far it can be scrolled to the right."""
        return max(0, self.columns * self.column_step - (self.width - self.pinned))

    @property
    def highest(self) -> int:
        """How far it can be scrolled down."""
        return max(0, self.rows * self.row_step - (self.height - HEAD))

    def box(self, cell: Cell) -> Box:
        return Box(self.x(cell.column), self.y(cell.row) + BAND, self.cell_width, self.cell_height)

    def x(self, column: int) -> int:
        step = self.column_step
        return (column - TARGET) * step if column < 0 else self.pinned + column * step - self.left

    def y(self, row: int) -> int:
        """Where the band over a row begins."""
        return HEAD + row * self.row_step - self.top

    def at(self, x: int, y: int) -> Cell | None:
        """The cell at a point; None between cells, on the head and on bands."""
        if y < HEAD:
            return None
        row, below = divmod(y - HEAD + self.top, self.row_step)
        column = self._column_at(x)
        inside = column is not None and BAND <= below < BAND + self.cell_height and row < self.rows
        return Cell(int(row), column) if inside else None

    def rows_in_sight(self) -> range:
        first = self.top // self.row_step
        return range(first, min(self.rows, (self.top + max(0, self.height - HEAD)) // self.row_step + 1))

    def columns_in_sight(self) -> range:
        step = self.column_step
        return range(self.left // step, min(self.columns, (self.left + max(0, self.width - self.pinned)) // step + 1))

    def _column_at(self, x: int) -> int | None:
        step = self.column_step
        if x < self.pinned:
            column, inside = divmod(x, step)
            return column + TARGET if 0 <= column < 2 and inside < self.cell_width else None
        column, inside = divmod(x - self.pinned + self.left, step)
        return column if column < self.columns and inside < self.cell_width else None
