"""What does a typed prompt say? Which words, under which weights, and where they stand in the text.

`(tag:1.3)`, bare `(tag)` for x1.1, nesting, and `\\(` `\\)` for real parentheses. The grammar is ComfyUI's, its corner
cases included, because a prompt must mean the same picture here and there: a number replaces whatever weight surrounds
it, bare parentheses multiply it, `[ ]` mean nothing, and an unbalanced parenthesis is text. The one difference: `nan`
and `inf` are words here, not weights.
"""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

CONTEXT_FLOOR = 512  # tokens to which a context is filled up; a longer prompt is neither cut nor filled up

_BARE_FACTOR = 1.1
_ESCAPES = ((r"\)", "\0\1"), (r"\(", "\0\2"))  # as long as what they stand for, so that places stay

Ids = Callable[[str], Sequence[int]]  # the token ids of a text, without start and end


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of prompt text under one weight.

    It stands at [start, end) of what was typed, escapes included; where it stands takes no part in comparisons.
    """

    text: str
    weight: float
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Counted:
    """A segment and how many tokens it is to each of the two readers."""

    segment: Segment
    qwen: int
    t5: int


@dataclass(frozen=True, slots=True)
class PromptView:
    """A prompt as the model will read it. `t5` counts the closing token, which makes a row of the context too.

    `unknown` are the pieces that T5 has no token for; `notes` are sentences on what may not be meant.
    """

    segments: tuple[Counted, ...]
    qwen: int
    t5: int
    unknown: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def excess(self) -> int:
        """Tokens beyond the context that the model was trained with."""
        return max(0, self.t5 - CONTEXT_FLOOR)


def parse_weights(prompt: str) -> tuple[Segment, ...]:
    """The prompt's segments in reading order, markup removed; empty ones are left out."""
    return tuple(
        Segment(_unescaped(piece), weight, start, start + len(piece))
        for piece, weight, start in _weighted(_escaped(prompt))
    )


def view(prompt: str, qwen: Ids, t5: Ids, unknown: Callable[[str], Sequence[str]]) -> PromptView:
    """What the two readers see; `unknown` names the pieces of a text that T5 does not know."""
    counted = tuple(Counted(each, len(qwen(each.text)), len(t5(each.text))) for each in parse_weights(prompt))
    strange = tuple(dict.fromkeys(piece for each in counted for piece in unknown(each.segment.text)))
    rows = 1 + sum(each.t5 for each in counted)
    return PromptView(counted, sum(each.qwen for each in counted), rows, strange, tuple(_notes(prompt, rows, strange)))


def _notes(prompt: str, rows: int, unknown: Sequence[str]) -> Iterator[str]:
    if open_ := _unbalanced(_escaped(prompt)):
        yield f"{open_} Write \\( and \\) for parentheses that are meant as text."
    if unknown:
        shown = ", ".join(unknown[:5]) + (", ..." if len(unknown) > 5 else "")
        yield f"T5 has no token for {shown}: the model reads only that something stands there. Use Latin script."
    if rows > CONTEXT_FLOOR:
        beyond = f"the last {rows - CONTEXT_FLOOR} lie beyond the {CONTEXT_FLOOR}"
        yield f"{rows} T5 tokens: {beyond} that the model was trained with."


def _unbalanced(text: str) -> str:
    """A sentence on the first parenthesis without a partner, its place counted from 1; empty where all have one."""
    waiting: list[int] = []
    for found in re.finditer(r"[()]", text):
        if found[0] == "(":
            waiting.append(found.start())
        elif waiting:
            waiting.pop()
        else:
            return f"The parenthesis at character {found.start() + 1} closes nothing that is open."
    return f"The parenthesis at character {waiting[0] + 1} is never closed." if waiting else ""


def _weighted(text: str) -> Iterator[tuple[str, float, int]]:
    """(piece, weight, where it starts in `text`)"""
    pending = [(piece, 1.0, start) for piece, start in reversed(_pieces(text, 0))]
    while pending:
        piece, weight, start = pending.pop()
        if _is_group(piece):
            inner, weight = _opened(piece[1:-1], weight)
            pending.extend((part, weight, place) for part, place in reversed(_pieces(inner, start + 1)))
        else:
            yield piece, weight, start


def _pieces(text: str, at: int) -> list[tuple[str, int]]:
    """Splits `text`, which starts at `at`, at its outermost parentheses; they stay with the piece they enclose."""
    pieces, start, depth = [], 0, 0
    for place, character in enumerate(text):
        if character == "(":
            if depth == 0:
                pieces.append((text[start:place], at + start))
                start = place
            depth += 1
        elif character == ")":
            depth -= 1
            if depth == 0:
                pieces.append((text[start : place + 1], at + start))
                start = place + 1
    return [(piece, place) for piece, place in (*pieces, (text[start:], at + start)) if piece]


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
