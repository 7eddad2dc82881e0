"""What of a grid can be seen at this moment, and what stands at a point of the view?"""

from __future__ import annotations

from ui.viewstate.grid_arrangement import COLUMNS, ROWS, Side
from ui.viewstate.grid_strip import RIFT, Strip, most_pinned
from ui.viewstate.grid_table import Band, Line, Place, Table
from ui.viewstate.grid_zoom import Zoom

LEVEL, LEAF, TALLY = 20, 20, 18    # heights over the columns: of a group, of a name, of its count
LEVEL_WIDTH = 22                   # of a group of rows
NARROW, UPRIGHT = 34, 72           # a column below which its name stands upright, and the height of that

_WIDTHS = (84, 196)                # of the names of rows
_MARGIN = 24                       # pixels that stay in sight around the cell that keys go to

Box = tuple[int, int, int, int]    # left, top, width, height
Head = tuple[Side, "Band | Line | int"]


class Sight:
    """A table at a zoom in a view of `width` x `height` pixels, scrolled by `left` and `top`."""

    def __init__(self, table: Table, zoom: Zoom, width: int, height: int, left: int = 0, top: int = 0) -> None:
        self.table, self.zoom, self.width, self.height = table, zoom, width, height
        self.across = self._strip(COLUMNS, width, left)
        self.down = self._strip(ROWS, height, top)

    def box(self, place: Place) -> Box:
        """Where a cell stands."""
        row, column = place
        return self.across.at(column), self.down.at(row), self.across.size_of(column), self.down.size_of(row)

    def at(self, x: int, y: int) -> Place | None:
        """The cell at a point."""
        column, row = self.across.found(x), self.down.found(y)
        return None if row is None or column is None or row < 0 and column < 0 else (row, column)

    def head_at(self, x: int, y: int) -> Head | None:
        """The line or the group whose head is there; a pinned line by its number."""
        if y < self.down.head and x >= self.across.head:
            return self._head(COLUMNS, self.across.found(x), y // LEVEL)
        if x < self.across.head and y >= self.down.head:
            return self._head(ROWS, self.down.found(y), x // LEVEL_WIDTH)
        return None

    def places(self) -> list[Place]:
        """Every cell in sight, pinned ones first."""
        rows, columns = self.down.in_sight, self.across.in_sight
        pins = range(-len(self.table.pins), 0)
        pinned = ([(row, pin) for pin in pins for row in rows] if self.table.pinned_side == COLUMNS
                  else [(pin, column) for pin in pins for column in columns])
        return [*pinned, *((row, column) for row in rows for column in columns)]

    def stepped(self, place: Place | None, down: int, right: int) -> Place:
        """The place so many lines further, not beyond the edges; the first cell from nowhere."""
        if place is None:
            return 0, 0
        rows, columns = len(self.table.rows), len(self.table.columns)
        return (max(-self.down.pinned, min(rows - 1, place[0] + down)),
                max(-self.across.pinned, min(columns - 1, place[1] + right)))

    def fitting(self) -> Zoom:
        """The zoom at which all is in sight; found twice, as narrow columns take higher heads."""
        zoom, table = self.zoom, self.table
        for _ in range(2):
            rooms = self.width - self.across.head, self.height - _top(table, zoom.size.width)
            zoom = zoom.fitting(rooms, (len(table.columns), len(table.rows)), (self.across.pinned, self.down.pinned),
                                (len(self.across.breaks), len(self.down.breaks)))
        return zoom

    def scrolled_to(self, place: Place) -> tuple[int, int]:
        """How far to scroll for a cell to be in sight, with a little of what is around it."""
        return _brought(self.across, place[1]), _brought(self.down, place[0])

    def shares_at(self, x: int, y: int) -> tuple[float, float]:
        """What stands at a point, in lines; see `Strip.share_at`."""
        return self.across.share_at(x), self.down.share_at(y)

    def scrolled_for(self, shares: tuple[float, float], x: int, y: int) -> tuple[int, int]:
        """How far to scroll for that to stand at a point."""
        return self.across.offset_for(shares[0], x), self.down.offset_for(shares[1], y)

    def middle(self, current: Place | None) -> tuple[int, int]:
        """Of the current cell if its middle is in sight, else of what scrolls."""
        if current and min(current) >= 0:
            left, top, width, height = self.box(current)
            x, y = left + width // 2, top + height // 2
            if self.across.start <= x < self.width and self.down.start <= y < self.height:
                return x, y
        return (self.across.start + self.width) // 2, (self.down.start + self.height) // 2

    def large(self) -> Zoom:
        """The zoom at which one cell takes what room there is beside narrow pins."""
        room, tall = self.width - self.across.head, self.height - _top(self.table, NARROW)
        free = [side - pins * (most_pinned(side) + 2) - (RIFT if pins else 0)
                for side, pins in ((room, self.across.pinned), (tall, self.down.pinned))]
        return self.zoom.to(0.98 * min(free[0] / self.zoom.width, free[1] / self.zoom.height))

    @property
    def is_large(self) -> bool:
        """Whether a single cell fills what there is."""
        size = self.zoom.size
        return (size.height >= 0.75 * (self.height - self.down.start)
                or size.width >= 0.75 * (self.width - self.across.start))

    def _strip(self, side: Side, room: int, offset: int) -> Strip:
        size, table = self.zoom.size, self.table
        head = _top(table, size.width) if side == ROWS else _left(table, room)
        pinned = len(table.pins) if table.pinned_side == side else 0
        return Strip(len(table.lines(side)), size.height if side == ROWS else size.width, size.gap, head, room, pinned,
                     _breaks(table, side), size.rift, offset)

    def _head(self, side: Side, line: int | None, level: int) -> Head | None:
        if line is None:
            return None
        bands = (each for each in self.table.bands(side)
                 if each.level == level and each.start <= line < each.start + each.count)
        return side, next(bands, None) or (line if line < 0 else self.table.lines(side)[line])


def _top(table: Table, column: int) -> int:
    """The height of the heads over columns of that width."""
    return table.levels(COLUMNS) * LEVEL + (UPRIGHT if column < NARROW else LEAF) + TALLY


def _left(table: Table, room: int) -> int:
    """The width of the heads beside rows."""
    least, most = _WIDTHS
    return table.levels(ROWS) * LEVEL_WIDTH + min(most, max(least, room // 4))


def _breaks(table: Table, side: Side) -> tuple[int, ...]:
    bands = table.bands(side)
    deepest = max((each.level for each in bands), default=0)
    return tuple(each.start for each in bands if each.level == deepest and each.start)


def _brought(strip: Strip, line: int) -> int:
    if line < 0:
        return strip.offset
    low, room = strip.at(line), strip.room - strip.start
    margin = max(0, min(_MARGIN, (room - strip.size) // 2))
    over, under = low + strip.size + margin - strip.room, low - strip.start - margin
    return strip.offset + (under if under < 0 or strip.size > room else max(0, over))
