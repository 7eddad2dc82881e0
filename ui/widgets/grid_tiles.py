"""How are thousands of cells panned through without painting each of them in each frame?

What scrolls is painted once into tiles, which are only put in their places from then on. A cell that changes is painted
over in the tiles that hold it; another zoom makes other tiles. They are made while nothing else is to do, or in the
frame that needs them.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter, QPixmap

from ui.viewstate.grid_strip import Strip
from ui.viewstate.grid_table import Place

SIDE = 384     # pixels of a tile
MOST = 96      # tiles that are kept: a large screen and a ring around it

Draw = Callable[[QPainter, int, int, QRect], None]  # a row, a column, and where it stands
Name = tuple[bool, bool, int, int]                  # whether it is of pinned columns, of pinned rows, and its place


@dataclass(frozen=True, slots=True)
class Part:
    """The pinned lines of a strip, or those that scroll."""

    strip: Strip
    is_pinned: bool

    @property
    def low(self) -> int:
        """Where it begins in the view."""
        return self.strip.head if self.is_pinned else self.strip.start

    @property
    def high(self) -> int:
        strip = self.strip
        if self.is_pinned:
            return min(strip.room, strip.head + strip.pinned * strip.pin_step)
        return min(strip.room, strip.start + strip.extent - strip.offset)

    @property
    def offset(self) -> int:
        return 0 if self.is_pinned else self.strip.offset

    @property
    def extent(self) -> int:
        return self.strip.pinned * self.strip.pin_step if self.is_pinned else self.strip.extent

    def world(self, line: int) -> int:
        """Where a line begins, in the part's own measure."""
        return (self.strip.pinned + line) * self.strip.pin_step if self.is_pinned else self.strip.world(line)

    def between(self, low: int, high: int) -> range:
        if not self.is_pinned:
            return self.strip.between(low, high)
        step = self.strip.pin_step
        lines = range(max(0, low // step), min(self.strip.pinned, -(-high // step)))
        return range(lines.start - self.strip.pinned, lines.stop - self.strip.pinned)

    def tiles(self, ring: int = 0) -> range:
        """The numbers of the tiles in sight, and of some around them."""
        low, high = self.offset, self.offset + self.high - self.low
        if high <= low:
            return range(0)
        last = max(0, self.extent - 1) // SIDE
        return range(max(0, low // SIDE - ring), min(last, (high - 1) // SIDE + ring) + 1)


def parts_of(strip: Strip) -> tuple[Part, ...]:
    return (*((Part(strip, True),) if strip.pinned else ()), Part(strip, False))


class Tiles:
    """Tiles of one table at one zoom; `clear` them when either changes."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._kept: OrderedDict[Name, QPixmap] = OrderedDict()
        self._across: tuple[Part, ...] = ()
        self._down: tuple[Part, ...] = ()
        self._surround, self._scale = QColor(), 1.0

    def clear(self) -> None:
        self._kept.clear()

    def place(self, across: Strip, down: Strip, surround: QColor, scale: float) -> None:
        """Where everything stands now; `scale` is how many pixels of the screen are one of ours."""
        self._across, self._down = parts_of(across), parts_of(down)
        self._surround, self._scale = surround, scale

    def paint(self, painter: QPainter) -> None:
        """All that is in sight."""
        for x in self._across:
            for y in self._down:
                painter.setClipRect(x.low, y.low, x.high - x.low, y.high - y.low)
                for name in _names(x, y):
                    left, top = name[2] * SIDE - x.offset + x.low, name[3] * SIDE - y.offset + y.low
                    painter.drawPixmap(left, top, self._tile(name, x, y))
        painter.setClipping(False)

    def touch(self, places: Iterable[Place]) -> None:
        """Paints these cells over."""
        wanted: defaultdict[Name, list[Place]] = defaultdict(list)
        for row, column in places:
            x, y = self._part(self._across, column), self._part(self._down, row)
            for name in _covered(x, y, row, column) if x and y else ():
                if name in self._kept:
                    wanted[name].append((row, column))
        for name, cells in wanted.items():
            x, y = self._parts(name)
            painter = self._painter(name)
            for row, column in cells:
                place = _rect(x, y, row, column)
                painter.fillRect(place, self._surround)
                self._draw(painter, row, column, place)
            painter.end()

    def make_one(self) -> bool:
        """Makes a tile just out of sight; False where all are there."""
        missing = (name for x in self._across for y in self._down for name in _names(x, y, 1) if name not in self._kept)
        name = next(missing, None)
        if name is None or len(self._kept) >= MOST:
            return False
        self._tile(name, *self._parts(name))
        return True

    @property
    def bytes(self) -> int:
        return sum(each.width() * each.height() * 4 for each in self._kept.values())

    def _tile(self, name: Name, x: Part, y: Part) -> QPixmap:
        if name in self._kept:
            self._kept.move_to_end(name)
            return self._kept[name]
        pixels = round(SIDE * self._scale)
        made = self._kept[name] = QPixmap(pixels, pixels)
        made.setDevicePixelRatio(self._scale)
        made.fill(self._surround)
        painter = self._painter(name)
        columns = [(column, x.world(column), x.strip.size_of(column))
                   for column in x.between(name[2] * SIDE, (name[2] + 1) * SIDE)]
        for row in y.between(name[3] * SIDE, (name[3] + 1) * SIDE):
            top, tall = y.world(row), y.strip.size_of(row)
            for column, left, wide in columns:
                self._draw(painter, row, column, QRect(left, top, wide, tall))
        painter.end()
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
        return made

    def _painter(self, name: Name) -> QPainter:
        """One that paints in the measure of what scrolls."""
        painter = QPainter(self._kept[name])
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.translate(-name[2] * SIDE, -name[3] * SIDE)
        return painter

    def _parts(self, name: Name) -> tuple[Part, Part]:
        return (next(each for each in self._across if each.is_pinned == name[0]),
                next(each for each in self._down if each.is_pinned == name[1]))

    @staticmethod
    def _part(parts: tuple[Part, ...], line: int) -> Part | None:
        return next((each for each in parts if each.is_pinned == (line < 0)), None)


def _names(x: Part, y: Part, ring: int = 0) -> Iterator[Name]:
    return ((x.is_pinned, y.is_pinned, column, row) for row in y.tiles(ring) for column in x.tiles(ring))


def _covered(x: Part, y: Part, row: int, column: int) -> Iterator[Name]:
    place = _rect(x, y, row, column)
    for down in range(place.top() // SIDE, place.bottom() // SIDE + 1):
        for across in range(place.left() // SIDE, place.right() // SIDE + 1):
            yield x.is_pinned, y.is_pinned, across, down


def _rect(x: Part, y: Part, row: int, column: int) -> QRect:
    return QRect(x.world(column), y.world(row), x.strip.size_of(column), y.strip.size_of(row))
