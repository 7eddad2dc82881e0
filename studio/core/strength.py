"""From which LoRA strength on does a trait show, at which does the picture fall apart, and what lies between?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from studio.core.said import Said, said
from studio.core.stats import Hits

_SEEN = 0.5  # the share of cells from which on a trait shows, or a strength is broken


@dataclass(frozen=True, slots=True)
class StrengthMark:
    """Whether a trait shows in one cell of a layout ("anonymous", "named"), and whether the picture is broken."""

    layout: str
    strength: float
    trait: str
    is_there: bool
    is_broken: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """How a layout answers to strength. An onset is None for a trait that never shows for good.

    `band` reaches from the latest onset to the last strength before the collapse; None if there is no such.
    """

    layout: str
    onsets: Mapping[str, float | None]
    collapse: float | None
    band: tuple[float, float] | None
    counts: Mapping[tuple[str, float], Hits]

    @property
    def text(self) -> Said:
        """"named: collapse at 1.2, safe from 0.6 to 1"."""
        pattern = "{layout}: no collapse seen" if self.collapse is None else "{layout}: collapse at {collapse}"
        pattern += ", no safe strength" if self.band is None else ", safe from {lo} to {hi}"
        lo, hi = self.band or (0.0, 0.0)
        return said(pattern, layout=self.layout, collapse=f"{self.collapse or 0:g}", lo=f"{lo:g}", hi=f"{hi:g}")


def responses(marks: Iterable[StrengthMark]) -> tuple[Response, ...]:
    """One for each layout, in the order in which they first come up."""
    by_layout: defaultdict[str, list[StrengthMark]] = defaultdict(list)
    for mark in marks:
        by_layout[mark.layout].append(mark)
    return tuple(_response(layout, found) for layout, found in by_layout.items())


def lasting(seen: Mapping[float, Hits]) -> float | None:
    """The lowest strength from which on most cells have it, at every strength that was tried."""
    found = None
    for strength in sorted(seen, reverse=True):
        if seen[strength].rate < _SEEN:
            break
        found = strength
    return found


def _response(layout: str, marks: list[StrengthMark]) -> Response:
    there: defaultdict[str, defaultdict[float, list[bool]]] = defaultdict(lambda: defaultdict(list))
    broken: defaultdict[float, list[bool]] = defaultdict(list)
    for mark in marks:
        there[mark.trait][mark.strength].append(mark.is_there)
        broken[mark.strength].append(mark.is_broken)
    collapse = lasting(_hits(broken))
    sound = [strength for strength in sorted(broken) if collapse is None or strength < collapse]
    onsets = {trait: lasting({each: hits for each, hits in _hits(of_trait).items() if each in sound})
              for trait, of_trait in there.items()}
    counts = {(trait, strength): hits
              for trait, of_trait in there.items() for strength, hits in _hits(of_trait).items()}
    return Response(layout, onsets, collapse, _band(onsets, sound), counts)


def _band(onsets: Mapping[str, float | None], sound: list[float]) -> tuple[float, float] | None:
    shown = [onset for onset in onsets.values() if onset is not None]
    return (max(shown), sound[-1]) if sound and len(shown) == len(onsets) else None


def _hits(cells: Mapping[float, list[bool]]) -> dict[float, Hits]:
    return {strength: Hits(sum(values), len(values)) for strength, values in cells.items()}
