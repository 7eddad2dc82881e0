"""Where on a page does each of many equal cells stand, in groups that each begin on a new line?

Plain arithmetic: nothing is laid out beforehand, so ten thousand cells cost as much as ten.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class Section:
    """Cells `start` to `start + count` under one title; without a title there is no header."""

    title: str
    start: int
    count: int


@dataclass(frozen=True, slots=True)
class Rect:
    """Pixels from the upper left corner of the page."""

    x: int
    y: int
    width: int
    height: int


class Grid:
    """Cells of at least `side` pixels that share the width without a rest, `gap` apart; squares, or of one `height`."""

    def __init__(self, sections: Sequence[Section], width: int, side: int, gap: int, header: int,
                 height: int = 0) -> None:
        self.columns = max(1, (width + gap) // (side + gap))
        self.cell = max(1, (width - gap * (self.columns - 1)) // self.columns)
        self._tall = height or self.cell
        self.step, self.line = self.cell + gap, self._tall + gap  # from cell to cell, across and down
        self._sections, self._width = tuple(sections), width
        self._headers = [header if each.title else 0 for each in sections]
        lines = [-(-each.count // self.columns) for each in sections]
        heights = [above + count * self.line for above, count in zip(self._headers, lines)]
        self._tops = [0, *accumulate(heights)]
        self._starts = [each.start for each in sections]

    @property
    def height(self) -> int:
        return self._tops[-1]

    def begins_group(self, index: int) -> bool:
        """Whether a cell stands right below a header."""
        return any(each.title and each.start <= index < each.start + self.columns for each in self._sections)

    def rect(self, index: int) -> Rect:
        """Of one cell."""
        at = bisect_right(self._starts, index) - 1
        line, column = divmod(index - self._starts[at], self.columns)
        y = self._tops[at] + self._headers[at] + line * self.line
        return Rect(column * self.step, y, self.cell, self._tall)

    def at(self, x: int, y: int) -> int:
        """The cell at a place; -1 where there is none, as in gaps, headers and behind the last one."""
        if not 0 <= x < self.columns * self.step or not 0 <= y < self.height:
            return -1
        place = bisect_right(self._tops, y) - 1
        below = y - self._tops[place] - self._headers[place]
        column, line = x // self.step, below // self.line
        local = line * self.columns + column
        is_in_gap = x - column * self.step >= self.cell or below - line * self.line >= self._tall
        section = self._sections[place]
        return section.start + local if below >= 0 and not is_in_gap and local < section.count else -1

    def between(self, top: int, bottom: int) -> range:
        """The cells of all lines that are in sight between two heights."""
        if not self._count:
            return range(0)
        return range(self._first_from(top), self._end_before(bottom))

    def headers(self, top: int, bottom: int) -> Iterator[tuple[Section, Rect]]:
        """The headers in sight."""
        for place, section in enumerate(self._sections):
            y, height = self._tops[place], self._headers[place]
            if height and y < bottom and y + height > top:
                yield section, Rect(0, y, self._width, height)

    def beside(self, index: int, lines: int) -> int:
        """The cell so many lines below, or above, in the same column or as near as there is one."""
        here, count = self.rect(index), self._count
        for _ in range(abs(lines)):
            step = self._line_start(index) - 1 if lines < 0 else self._line_end(index)
            if not 0 <= step < count:
                return index
            first = self._line_start(step)
            index = min(first + here.x // self.step, self._line_end(step) - 1)
        return index

    @property
    def _count(self) -> int:
        return sum(each.count for each in self._sections)

    def _line_start(self, index: int) -> int:
        at = bisect_right(self._starts, index) - 1
        return index - (index - self._starts[at]) % self.columns

    def _line_end(self, index: int) -> int:
        section = self._sections[bisect_right(self._starts, index) - 1]
        return min(self._line_start(index) + self.columns, section.start + section.count)

    def _first_from(self, top: int) -> int:
        if top >= self.height or not self._sections:
            return self._count
        place = max(0, bisect_right(self._tops, max(0, top)) - 1)
        below = max(0, max(0, top) - self._tops[place] - self._headers[place])
        section = self._sections[place]
        return section.start + min(section.count, below // self.line * self.columns)

    def _end_before(self, bottom: int) -> int:
        if bottom >= self.height:
            return self._count
        place = max(0, bisect_right(self._tops, max(0, bottom)) - 1)
        below = bottom - self._tops[place] - self._headers[place]
        section = self._sections[place]
        return section.start + max(0, min(section.count, -(-below // self.line) * self.columns))
