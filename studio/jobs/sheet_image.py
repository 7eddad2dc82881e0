"""One picture of a whole sheet: heads, cells and captions on a neutral ground, so that only the cells have colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

ELLIPSIS = "…"

_GROUND, _EMPTY, _RULE = (38, 38, 38), (48, 48, 48), (72, 72, 72)
_TEXT, _QUIET = (230, 230, 230), (160, 160, 160)
_ACCENT = (232, 160, 64)

_MARGIN, _GAP, _GROUP_GAP, _LINE = 24, 4, 16, 1.35
_ROW_HEAD = 148
_TITLE, _BODY, _SMALL = 22, 15, 13
_CELL_LONG_MIN, _CELL_LONG_MAX = 224, 512
_PROMPT_LINES, _NOTE_LINES = 3, 2

_FONTS = ("Inter-Regular.ttf", "NotoSans-Regular.ttf", "OpenSans-Regular.ttf", "segoeui.ttf", "SFNS.ttf",
          "HelveticaNeue.ttc", "LiberationSans-Regular.ttf", "Arial.ttf", "DejaVuSans.ttf")  # fmt: skip
_FONTS_WITH_KANJI = ("NotoSansCJK-Regular.ttc", "NotoSansJP-Regular.ttf", "Hiragino Sans GB.ttc", "YuGothM.ttc",
                     "msgothic.ttc", "ipagp.ttf")  # fmt: skip


@dataclass(frozen=True, slots=True)
class RowHead:
    """What stands left of a row, with small notes under it; the `chosen` row is marked."""

    label: str
    notes: tuple[str, ...] = ()
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class ColumnHead:
    """What stands above a column; neighbours with the same group share one head."""

    group: str
    label: str


@dataclass(frozen=True, slots=True)
class SheetPicture:
    """All that is drawn. `cells[row][column]` is a picture's file, or None while it is missing."""

    title: str
    subtitle: str
    footer: str
    rows: tuple[RowHead, ...]
    columns: tuple[ColumnHead, ...]
    cells: tuple[tuple[Path | None, ...], ...]


def draw_sheet(sheet: SheetPicture) -> Image.Image:
    """The labelled contact sheet as one RGB picture."""
    plan = _plan(sheet)
    canvas = Image.new("RGB", plan.size, _GROUND)
    pen = ImageDraw.Draw(canvas)
    _draw_title(pen, sheet, plan)
    _draw_column_heads(pen, sheet, plan)
    for row, head in enumerate(sheet.rows):
        _draw_row_head(pen, head, plan, row)
        for column, path in enumerate(sheet.cells[row]):
            _draw_cell(canvas, path, plan, row, column)
    _draw_footer(pen, sheet, plan)
    return canvas


def shared_words(prompts: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """What all prompts say, and what each says beyond that: ('1girl', ('sitting', 'running'))."""
    parts = [[part.strip() for part in prompt.split(",") if part.strip()] for prompt in prompts]
    if len(set(prompts)) < 2:
        return "", tuple(prompts)
    shared = [part for part in parts[0] if all(part in other for other in parts)]
    own = (", ".join(part for part in words if part not in shared) for words in parts)
    return ", ".join(shared), tuple(words or prompt for words, prompt in zip(own, prompts, strict=True))


def fitted(text: str, font: ImageFont.FreeTypeFont, width: float, lines: int) -> tuple[str, ...]:
    """`text` broken into at most `lines` lines of `width` pixels; whatever is left out leaves an ellipsis."""
    found: list[str] = []
    words = text.split()
    while words and len(found) < lines:
        count = _words_that_fit(words, font, width)
        missing = count < len(words) and len(found) == lines - 1
        found.append(_shortened(" ".join(words[: count + missing]), font, width, missing))
        words = words[count:]
    return tuple(found)


@cache
def font(size: int, kanji: bool = False) -> ImageFont.FreeTypeFont:
    """A system font, else the one Pillow brings."""
    for name in (_FONTS_WITH_KANJI + _FONTS) if kanji else _FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where everything stands, in pixels."""

    cell: tuple[int, int]
    lefts: tuple[int, ...]
    tops: tuple[int, ...]
    head_top: int
    size: tuple[int, int]


def _plan(sheet: SheetPicture) -> _Plan:
    cell = _cell_size(sheet)
    lefts = _lefts(sheet.columns, cell[0])
    width = max(lefts[-1] + cell[0] + _MARGIN, 640)
    head_top = _MARGIN + _height(_TITLE) + _block(sheet.subtitle, width - 2 * _MARGIN) + 12
    first = head_top + _height(_BODY) * _head_lines(sheet, cell[0], lefts) + _height(_SMALL) + 8
    tops = tuple(first + row * (cell[1] + _GAP) for row in range(len(sheet.rows)))
    bottom = tops[-1] + cell[1] + 12 + _block(sheet.footer, width - 2 * _MARGIN) + _MARGIN - 8
    return _Plan(cell, lefts, tops, head_top, (width, bottom))


def _cell_size(sheet: SheetPicture) -> tuple[int, int]:
    """The size of the largest cell, small pictures enlarged and large ones reduced to a comfortable long side."""
    sizes = [Image.open(path).size for row in sheet.cells for path in row if path] or [(_CELL_LONG_MIN, _CELL_LONG_MIN)]
    width, height = max(sizes)
    scale = min(max(_CELL_LONG_MIN / max(width, height), 1), _CELL_LONG_MAX / max(width, height))
    return round(width * scale), round(height * scale)


def _lefts(columns: Sequence[ColumnHead], width: int) -> tuple[int, ...]:
    left, found = _MARGIN + _ROW_HEAD, list[int]()
    for _, group in groupby(columns, key=lambda head: head.group):
        for _ in group:
            found.append(left)
            left += width + _GAP
        left += _GROUP_GAP - _GAP
    return tuple(found)


def _groups(columns: Sequence[ColumnHead], lefts: Sequence[int], width: int) -> list[tuple[str, int, int]]:
    """Each group's text with its left and right edge."""
    found = []
    for text, members in groupby(zip(columns, lefts, strict=True), key=lambda pair: pair[0].group):
        edges = [left for _, left in members]
        found.append((text, edges[0], edges[-1] + width))
    return found


def _head_lines(sheet: SheetPicture, width: int, lefts: Sequence[int]) -> int:
    return max(len(_lines(text, _BODY, right - left, _PROMPT_LINES)) for text, left, right
               in _groups(sheet.columns, lefts, width))


def _draw_title(pen: ImageDraw.ImageDraw, sheet: SheetPicture, plan: _Plan) -> None:
    width = plan.size[0] - 2 * _MARGIN
    subtitle = _lines(sheet.subtitle, _SMALL, width, _NOTE_LINES)
    _write(pen, (_MARGIN, _MARGIN - 6), _lines(sheet.title, _TITLE, width, 1), _TITLE, _TEXT)
    _write(pen, (_MARGIN, _MARGIN - 2 + _height(_TITLE)), subtitle, _SMALL, _QUIET)


def _draw_column_heads(pen: ImageDraw.ImageDraw, sheet: SheetPicture, plan: _Plan) -> None:
    foot = plan.tops[0] - _height(_SMALL) - 4
    for text, left, right in _groups(sheet.columns, plan.lefts, plan.cell[0]):
        lines = _lines(text, _BODY, right - left, _PROMPT_LINES)
        _write(pen, (left, foot - 4 - _height(_BODY) * len(lines)), lines, _BODY, _TEXT)
        pen.line((left, foot - 2, right - 1, foot - 2), _RULE)
    for head, left in zip(sheet.columns, plan.lefts, strict=True):
        _write(pen, (left, foot), _lines(head.label, _SMALL, plan.cell[0], 1), _SMALL, _QUIET)


def _draw_row_head(pen: ImageDraw.ImageDraw, head: RowHead, plan: _Plan, row: int) -> None:
    top, width = plan.tops[row], _ROW_HEAD - 16
    if head.chosen:
        pen.rectangle((_MARGIN - 12, top, _MARGIN - 9, top + plan.cell[1] - 1), _ACCENT)
    label = _lines(head.label, _BODY, width, _NOTE_LINES)
    notes = [line for note in head.notes for line in _lines(note, _SMALL, width, _NOTE_LINES)]
    _write(pen, (_MARGIN, top - 2), label, _BODY, _TEXT)
    _write(pen, (_MARGIN, top + _height(_BODY) * len(label)), notes, _SMALL, _QUIET)


def _draw_cell(canvas: Image.Image, path: Path | None, plan: _Plan, row: int, column: int) -> None:
    left, top, (width, height) = plan.lefts[column], plan.tops[row], plan.cell
    if path is None:
        canvas.paste(_EMPTY, (left, top, left + width, top + height))
        return
    with Image.open(path) as picture:
        scale = min(width / picture.width, height / picture.height)
        size = (round(picture.width * scale), round(picture.height * scale))
        shown = picture.convert("RGB")
        shown = shown if size == picture.size else shown.resize(size, Image.Resampling.LANCZOS)
        canvas.paste(shown, (left + (width - size[0]) // 2, top + (height - size[1]) // 2))


def _draw_footer(pen: ImageDraw.ImageDraw, sheet: SheetPicture, plan: _Plan) -> None:
    top = plan.tops[-1] + plan.cell[1] + 12
    _write(pen, (_MARGIN, top), _lines(sheet.footer, _SMALL, plan.size[0] - 2 * _MARGIN, _NOTE_LINES), _SMALL, _QUIET)


def _lines(text: str, size: int, width: float, lines: int) -> tuple[str, ...]:
    return fitted(text, _font_for(text, size), width, lines)


def _block(text: str, width: float) -> int:
    return _height(_SMALL) * len(_lines(text, _SMALL, width, _NOTE_LINES))


def _height(size: int) -> int:
    return round(size * _LINE)


def _write(pen: ImageDraw.ImageDraw, place: tuple[int, int], lines: Sequence[str], size: int,
           colour: tuple[int, int, int]) -> None:
    for index, line in enumerate(lines):
        pen.text((place[0], place[1] + index * _height(size)), line, colour, _font_for(line, size))


def _font_for(text: str, size: int) -> ImageFont.FreeTypeFont:
    return font(size, kanji=any(letter >= "\u2e80" for letter in text))


def _words_that_fit(words: Sequence[str], font: ImageFont.FreeTypeFont, width: float) -> int:
    """How many words fill one line: at least one, even where that one is too wide."""
    count = 1
    while count < len(words) and font.getlength(" ".join(words[: count + 1])) <= width:
        count += 1
    return count


def _shortened(line: str, font: ImageFont.FreeTypeFont, width: float, missing: bool) -> str:
    """The line itself if it fits and nothing is `missing` after it, else as much as fits with an ellipsis."""
    if not missing and font.getlength(line) <= width:
        return line
    while line and font.getlength(line + ELLIPSIS) > width:
        line = line[:-1]
    return line.rstrip(" ,") + ELLIPSIS
