"""ComfyUI's prompt weights: `(tag:1.3)`, bare `(tag)` for x1.1, nesting, and `\\(` `\\)` for real parentheses.

The grammar is ComfyUI's, its corner cases included, because a prompt must mean the same picture here and there: a
number replaces whatever weight surrounds it, bare parentheses multiply it, `[ ]` mean nothing, and an unbalanced
parenthesis is text. The one difference: `nan` and `inf` are words here, not weights.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

_BARE_FACTOR = 1.1
_ESCAPES = ((r"\)", "\0\1"), (r"\(", "\0\2"))


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of prompt text under one weight."""

    text: str
    weight: float


def parse_weights(prompt: str) -> tuple[Segment, ...]:
    """The prompt's segments in reading order, markup removed; empty ones are left out."""
    return tuple(Segment(_unescaped(piece), weight) for piece, weight in _weighted(_escaped(prompt)) if piece)


def _weighted(text: str) -> Iterator[tuple[str, float]]:
    pending = [(piece, 1.0) for piece in reversed(_pieces(text))]
    while pending:
        piece, weight = pending.pop()
        if _is_group(piece):
            inner, weight = _opened(piece[1:-1], weight)
            pending.extend((part, weight) for part in reversed(_pieces(inner)))
        else:
            yield piece, weight


def _pieces(text: str) -> list[str]:
    """Splits `text` at its outermost parentheses, which stay with the piece they enclose."""
    pieces, start, depth = [], 0, 0
    for place, character in enumerate(text):
        if character == "(":
            if depth == 0:
                pieces.append(text[start:place])
                start = place
            depth += 1
        elif character == ")":
            depth -= 1
            if depth == 0:
                pieces.append(text[start : place + 1])
                start = place + 1
    return [piece for piece in (*pieces, text[start:]) if piece]


def _is_group(piece: str) -> bool:
    return len(piece) >= 2 and piece[0] == "(" and piece[-1] == ")"


def _opened(inside: str, weight: float) -> tuple[str, float]:
    text, colon, number = inside.rpartition(":")
    if colon and text and _is_number(number):
        return text, float(number)
    return inside, weight * _BARE_FACTOR


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _escaped(text: str) -> str:
    for written, stand_in in _ESCAPES:
        text = text.replace(written, stand_in)
    return text


def _unescaped(text: str) -> str:
    for written, stand_in in _ESCAPES:
        text = text.replace(stand_in, written[1:])
    return text
