"""How is text broken into lines that fit, and in which font? Latin words break at spaces, kanji anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from PIL import ImageFont

ELLIPSIS = "…"

_FONTS = ("Inter-Regular.ttf", "NotoSans-Regular.ttf", "OpenSans-Regular.ttf", "segoeui.ttf", "SFNS.ttf",
          "HelveticaNeue.ttc", "LiberationSans-Regular.ttf", "Arial.ttf", "DejaVuSans.ttf")  # fmt: skip
_FONTS_WITH_KANJI = ("NotoSansCJK-Regular.ttc", "NotoSansJP-Regular.ttf", "Hiragino Sans GB.ttc", "YuGothM.ttc",
                     "msgothic.ttc", "ipagp.ttf")  # fmt: skip
_LINE = 1.35  # times the size of the type

_KANJI = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_HAS_KANJI = re.compile(f"[{_KANJI}]")
_PIECE = re.compile(rf" ?(?:[{_KANJI}]|[^ {_KANJI}]+)")
_NOT_FIRST = "、。，．：；）」』】！？ー"  # these never begin a line


def height(size: int) -> int:
    """Pixels from one line to the next."""
    return round(size * _LINE)


def lines_of(text: str, size: int, width: float, lines: int) -> tuple[str, ...]:
    """`text` in the font it is drawn in, broken into at most so many lines of `width` pixels; see `fitted`."""
    return fitted(text, font_for(text, size), width, lines)


def fitted(text: str, font: ImageFont.FreeTypeFont, width: float, lines: int) -> tuple[str, ...]:
    """`text` broken into at most `lines` lines of `width` pixels; whatever is left out leaves an ellipsis."""
    found: list[str] = []
    pieces = _pieces(text)
    while pieces and len(found) < lines:
        count = _pieces_that_fit(pieces, font, width)
        missing = count < len(pieces) and len(found) == lines - 1
        found.append(_shortened(_joined(pieces[: count + missing]), font, width, missing))
        pieces = pieces[count:]
    return tuple(found)


def font_for(text: str, size: int) -> ImageFont.FreeTypeFont:
    """One that has the letters of the text, if this machine has one."""
    return font(size, kanji=_HAS_KANJI.search(text) is not None)


@cache
def font(size: int, kanji: bool = False) -> ImageFont.FreeTypeFont:
    """A system font, else the one Pillow brings."""
    found = _first((_FONTS_WITH_KANJI + _FONTS) if kanji else _FONTS, size)
    return found or ImageFont.load_default(size)


def can_write_kanji() -> bool:
    """Whether this machine has a font for Japanese."""
    return _first(_FONTS_WITH_KANJI, 12) is not None


def _first(names: Iterable[str], size: int) -> ImageFont.FreeTypeFont | None:
    for name in names:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return None


def _pieces(text: str) -> list[str]:
    """What a line may be broken between, each with the space before it."""
    pieces: list[str] = []
    for piece in _PIECE.findall(" ".join(text.split())):
        if pieces and piece[0] in _NOT_FIRST:
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces


def _joined(pieces: Sequence[str]) -> str:
    return "".join(pieces).strip()


def _pieces_that_fit(pieces: Sequence[str], font: ImageFont.FreeTypeFont, width: float) -> int:
    """How many fill one line: at least one, even where that one is too wide."""
    count = 1
    while count < len(pieces) and font.getlength(_joined(pieces[: count + 1])) <= width:
        count += 1
    return count


def _shortened(line: str, font: ImageFont.FreeTypeFont, width: float, missing: bool) -> str:
    """The line itself if it fits and nothing is `missing` after it, else as much as fits with an ellipsis."""
    if not missing and font.getlength(line) <= width:
        return line
    while line and font.getlength(line + ELLIPSIS) > width:
        line = line[:-1]
    return line.rstrip(" ,") + ELLIPSIS
