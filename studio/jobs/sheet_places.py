"""Where does everything of a labelled sheet stand? Cells in their grid, and texts only where no cell is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from PIL import Image, ImageFont

from studio.jobs.sheet_text import font_for, height, lines_of

Colour = tuple[int, int, int]

RULE, ACCENT, PINNED = (72, 72, 72), (232, 160, 64), (64, 168, 96)
TEXT, QUIET = (230, 230, 230), (160, 160, 160)

_MARGIN, _GAP, _GROUP_GAP = 24, 4, 16
_ROW_HEAD = 148
_TITLE, _BODY, _SMALL = 22, 15, 13
_CELL_LONG_MIN, _CELL_LONG_MAX = 224, 512
_PROMPT_LINES, _NOTE_LINES, _LABEL_LINES, _FOOT_LINES = 3, 2, 6, 4
_NARROWEST = 640  # else a title would have no room
_FRAME = 2        # px round a pinned cell, within the gap


@dataclass(frozen=True, slots=True)
class RowHead:
    """What stands left of a row, with small notes under it; the `chosen` row is marked."""

    label: str
    notes: tuple[str, ...] = ()
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class ColumnHead:
    """What stands above a column; neighbours with the same group share one head. `pinned` cells wear a frame."""

    group: str
    label: str
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class SheetPicture:
    """All that is drawn. `cells[row][column]` is a picture's file, or None while it is missing.

    `cell` is the size of a cell in pixels; without it the largest picture decides.
    """

    title: str
    subtitle: str
    footer: str
    rows: tuple[RowHead, ...]
    columns: tuple[ColumnHead, ...]
    cells: tuple[tuple[Path | None, ...], ...]
    cell: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Box:
    """Pixels from the upper left corner of the sheet."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.left + self.width

    @property
    def bottom(self) -> int:
        return self.top + self.height


@dataclass(frozen=True, slots=True)
class Text:
    """One line of type, fitted into its box in this font."""

    box: Box
    text: str
    font: ImageFont.FreeTypeFont
    colour: Colour


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell and its picture; None while that is missing."""

    box: Box
    path: Path | None


@dataclass(frozen=True, slots=True)
class Filled:
    """A plain rectangle: a rule, a mark, a frame under its cell."""

    box: Box
    colour: Colour


@dataclass(frozen=True, slots=True)
class Placed:
    """The whole sheet. `bands` are (top, bottom) of what can be drawn one after the other, from top to bottom."""

    size: tuple[int, int]
    fills: tuple[Filled, ...]
    cells: tuple[Shown, ...]
    texts: tuple[Text, ...]
    bands: tuple[tuple[int, int], ...]


def placed(sheet: SheetPicture) -> Placed:
    """Finds the place of everything."""
    plan = _plan(sheet)
    width, bottom = plan.size
    edges = [0, *plan.tops, plan.tops[-1] + plan.cell[1] + _FRAME, bottom]
    return Placed(
        plan.size,
        (*_rules(sheet, plan), *_frames(sheet, plan)),
        tuple(_shown(sheet, plan)),
        (*_titles(sheet, plan), *_column_texts(sheet, plan), *_row_texts(sheet, plan), *_foot(sheet, plan)),
        tuple(zip(edges, edges[1:], strict=False)),
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    """The grid, in pixels."""

    cell: tuple[int, int]
    lefts: tuple[int, ...]
    tops: tuple[int, ...]
    size: tuple[int, int]

    @property
    def inner(self) -> int:
        """The width between the margins."""
        return self.size[0] - 2 * _MARGIN


def _plan(sheet: SheetPicture) -> _Plan:
    cell = sheet.cell or _cell_size(sheet)
    lefts = _lefts(sheet.columns, cell[0])
    width = max(lefts[-1] + cell[0] + _MARGIN, _NARROWEST)
    inner = width - 2 * _MARGIN
    head_top = _MARGIN + height(_TITLE) + _height_of(sheet.subtitle, inner, _NOTE_LINES) + 12
    first = head_top + height(_BODY) * _head_lines(sheet, cell[0], lefts) + height(_SMALL) + 8
    tops = tuple(first + row * (cell[1] + _GAP) for row in range(len(sheet.rows)))
    bottom = tops[-1] + cell[1] + 12 + _height_of(sheet.footer, inner, _FOOT_LINES) + _MARGIN - 8
    return _Plan(cell, lefts, tops, (width, bottom))


def _cell_size(sheet: SheetPicture) -> tuple[int, int]:
    """The size of the largest cell, small pictures enlarged and large ones reduced to a comfortable long side."""
    sizes = [_size_of(path) for row in sheet.cells for path in row if path] or [(_CELL_LONG_MIN, _CELL_LONG_MIN)]
    width, height = max(sizes)
    scale = min(max(_CELL_LONG_MIN / max(width, height), 1), _CELL_LONG_MAX / max(width, height))
    return round(width * scale), round(height * scale)


def _size_of(path: Path) -> tuple[int, int]:
    with Image.open(path) as picture:
        return picture.size


def _lefts(columns: Sequence[ColumnHead], width: int) -> tuple[int, ...]:
    left, found = _MARGIN + _ROW_HEAD, list[int]()
    for _, group in groupby(columns, key=lambda head: head.group):
        for _ in group:
            found.append(left)
            left += width + _GAP
        left += _GROUP_GAP - _GAP
    return tuple(found)


def _groups(columns: Sequence[ColumnHead], lefts: Sequence[int], width: int) -> Iterator[tuple[str, int, int]]:
    """Each group's text with its left and right edge."""
    for text, members in groupby(zip(columns, lefts, strict=True), key=lambda pair: pair[0].group):
        edges = [left for _, left in members]
        yield text, edges[0], edges[-1] + width


def _head_lines(sheet: SheetPicture, width: int, lefts: Sequence[int]) -> int:
    return max(len(lines_of(text, _BODY, right - left, _PROMPT_LINES)) for text, left, right
               in _groups(sheet.columns, lefts, width))


def _shown(sheet: SheetPicture, plan: _Plan) -> Iterator[Shown]:
    for top, row in zip(plan.tops, sheet.cells, strict=True):
        for left, path in zip(plan.lefts, row, strict=True):
            yield Shown(Box(left, top, *plan.cell), path)


def _rules(sheet: SheetPicture, plan: _Plan) -> Iterator[Filled]:
    """A line over each group of columns, and a mark beside the chosen row."""
    for _, left, right in _groups(sheet.columns, plan.lefts, plan.cell[0]):
        yield Filled(Box(left, _head_foot(plan) - 2, right - left, 1), RULE)
    for top, head in zip(plan.tops, sheet.rows, strict=True):
        if head.chosen:
            yield Filled(Box(_MARGIN - 12, top, 4, plan.cell[1]), ACCENT)


def _frames(sheet: SheetPicture, plan: _Plan) -> Iterator[Filled]:
    width, height = (side + 2 * _FRAME for side in plan.cell)
    for left, head in zip(plan.lefts, sheet.columns, strict=True):
        if head.pinned:
            yield from (Filled(Box(left - _FRAME, top - _FRAME, width, height), PINNED) for top in plan.tops)


def _titles(sheet: SheetPicture, plan: _Plan) -> Iterator[Text]:
    yield from _block(sheet.title, Box(_MARGIN, _MARGIN - 6, plan.inner, 0), _TITLE, 1, TEXT)
    at = Box(_MARGIN, _MARGIN - 2 + height(_TITLE), plan.inner, 0)
    yield from _block(sheet.subtitle, at, _SMALL, _NOTE_LINES, QUIET)


def _head_foot(plan: _Plan) -> int:
    """Where the small labels of the columns begin."""
    return plan.tops[0] - height(_SMALL) - 4


def _column_texts(sheet: SheetPicture, plan: _Plan) -> Iterator[Text]:
    foot = _head_foot(plan)
    for text, left, right in _groups(sheet.columns, plan.lefts, plan.cell[0]):
        lines = len(lines_of(text, _BODY, right - left, _PROMPT_LINES))
        at = Box(left, foot - 4 - height(_BODY) * lines, right - left, 0)
        yield from _block(text, at, _BODY, _PROMPT_LINES, TEXT)
    for head, left in zip(sheet.columns, plan.lefts, strict=True):
        yield from _block(head.label, Box(left, foot, plan.cell[0], 0), _SMALL, 1, QUIET)


def _row_texts(sheet: SheetPicture, plan: _Plan) -> Iterator[Text]:
    """As much of a head as fits beside its row: the label goes before the notes."""
    width, room = _ROW_HEAD - 16, plan.cell[1]
    for top, head in zip(plan.tops, sheet.rows, strict=True):
        label = [*_block(head.label, Box(_MARGIN, top - 2, width, 0), _BODY, _label_lines(room), TEXT)]
        yield from label
        below = top + height(_BODY) * len(label)
        for note in head.notes:
            lines = min(_NOTE_LINES, (top + room - below) // height(_SMALL))
            texts = [*_block(note, Box(_MARGIN, below, width, 0), _SMALL, lines, QUIET)]
            below += height(_SMALL) * len(texts)
            yield from texts


def _label_lines(room: int) -> int:
    return max(1, min(_LABEL_LINES, room // height(_BODY)))


def _foot(sheet: SheetPicture, plan: _Plan) -> Iterator[Text]:
    top = plan.tops[-1] + plan.cell[1] + 12
    yield from _block(sheet.footer, Box(_MARGIN, top, plan.inner, 0), _SMALL, _FOOT_LINES, QUIET)


def _block(text: str, at: Box, size: int, lines: int, colour: Colour) -> Iterator[Text]:
    """A text from the upper left corner of `at` on, as wide as that; all its lines in one font."""
    for index, line in enumerate(lines_of(text, size, at.width, lines)):
        yield Text(Box(at.left, at.top + index * height(size), at.width, height(size)), line, font_for(text, size),
                   colour)


def _height_of(text: str, width: float, lines: int) -> int:
    """Of a small text."""
    return height(_SMALL) * len(lines_of(text, _SMALL, width, lines))
