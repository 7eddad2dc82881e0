"""A sentence that can still be said in another language: its pattern, and what stands in the gaps."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import reduce


@dataclass(frozen=True, slots=True)
class Said:
    """`pattern` is the English text with {names}; `fills` are (name, text), and a text may be said itself."""

    pattern: str
    fills: tuple[tuple[str, str | Said], ...] = ()

    def __str__(self) -> str:
        return self.pattern.format(**dict(self.fills))


def said(pattern: str, **fills: object) -> Said:
    """The pattern with these fills; whole numbers are written with thousands apart."""
    return Said(pattern, tuple((name, _written(fill)) for name, fill in fills.items()))


def said_of(one: str, many: str, count: int, **fills: object) -> Said:
    """`one` for a count of 1, else `many`; both may say `{n}`."""
    return said(one if count == 1 else many, n=count, **fills)


def joined(words: Collection[object], most: int = 4) -> Said:
    """Some words, the rest as a number: "smile, frown and 3 more"."""
    first = [_written(word) for word in words][:most]
    if len(words) > most:
        return said("{words} and {n} more", words=reduce(_beside, first), n=len(words) - most)
    if len(first) < 2:
        return said("{word}", word=first[0]) if first else said("")
    return said("{words} and {last}", words=reduce(_beside, first[:-1]), last=first[-1])


def _beside(words: str | Said, next: str | Said) -> Said:
    return said("{words}, {next}", words=words, next=next)


def _written(fill: object) -> str | Said:
    return fill if isinstance(fill, Said) else f"{fill:,}" if isinstance(fill, int) else str(fill)
