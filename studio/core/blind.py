"""In which order are cells judged by someone who must not know which is which, and how steady is that judge?

The order follows from a seed and the cells' keys, so a session that is taken up again goes on where it was. Some cells
come twice, half a session apart.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from studio.core.marks import Mark
from studio.core.stats import Hits

REPEATS = 0.1  # the share of cells that come twice
_FEWEST = 4    # cells, below which a repeat would be recognised
_ENOUGH = 10   # repeats from which on a judge's noise is known

_VERSION = "blind "


@dataclass(frozen=True, slots=True)
class Turn:
    """One look. `number` counts from 1 and is all that may be shown; `repeat` is 0 for the look that counts."""

    number: int
    key: str
    repeat: int = 0

    @property
    def label(self) -> str:
        """What stands beside the picture, and what its file is called where one is shown."""
        return f"{self.number:03}"

    def mark(self, trait: str, scale: str, value: int | None, judge: str, version: str = "", time: float = 0.0) -> Mark:
        """The mark of the cell behind the label."""
        return Mark(self.key, trait, scale, value, judge, version, time, self.repeat)


@dataclass(frozen=True, slots=True)
class Steadiness:
    """How often a judge said the same again, and his noise in shares of the scale (0.1 of 0 to 5 is half a point)."""

    same: Hits
    noise: float


@dataclass(frozen=True, slots=True)
class Sitting:
    """A session of one judge as far as it got: `said` are the (key, repeat, trait) that have an answer."""

    number: int
    turns: tuple[Turn, ...]
    traits: tuple[str, ...]
    said: frozenset[tuple[str, int, str]]

    @property
    def version(self) -> str:
        """Of its marks: what was said in other sessions stands beside it."""
        return f"{_VERSION}{self.number}"

    @property
    def next(self) -> tuple[Turn, str] | None:
        """The first question that has no answer; None at the end."""
        return next(((turn, trait) for turn in self.turns for trait in self.traits
                     if (turn.key, turn.repeat, trait) not in self.said), None)

    @property
    def done(self) -> int:
        """How many turns have all their answers."""
        return sum(all((turn.key, turn.repeat, trait) in self.said for trait in self.traits) for turn in self.turns)


def sitting(keys: Iterable[str], traits: Sequence[str], marks: Iterable[Mark], judge: str) -> Sitting:
    """The session of these cells that the judge has not ended, where it stands; else the next one."""
    own = [mark for mark in marks if mark.judge == judge and _number(mark)]
    listed, last = tuple(dict.fromkeys(keys)), max(map(_number, own), default=1)
    begun = _sitting(last, listed, traits, own)
    return begun if begun.next else _sitting(last + 1, listed, traits, own)


def _sitting(number: int, keys: Sequence[str], traits: Sequence[str], own: Iterable[Mark]) -> Sitting:
    said = frozenset((mark.key, mark.repeat, mark.trait) for mark in own
                     if _number(mark) == number and mark.value is not None)
    return Sitting(number, turns(keys, number), tuple(traits), said)


def _number(mark: Mark) -> int:
    """Of the session that a mark was made in; 0 for none."""
    digits = mark.version.removeprefix(_VERSION)
    return int(digits) if mark.version != digits and digits.isdecimal() and len(digits) < 9 else 0


def turns(keys: Iterable[str], seed: int, repeats: float = REPEATS) -> tuple[Turn, ...]:
    """The cells in the order of a session; a share of them comes again in its second half."""
    places = {key: _place(seed, key) for key in keys}
    first = sorted((place, key) for key, place in places.items() if place < 0.5)
    count = round(repeats * len(places)) if len(places) >= _FEWEST else 0
    looks = [(place, key, 0) for key, place in places.items()]
    looks += [(place + 0.5, key, 1) for place, key in first[:count]]
    return tuple(Turn(number, key, repeat) for number, (_, key, repeat) in enumerate(sorted(looks), 1))


def steadiness(marks: Iterable[Mark]) -> Steadiness | None:
    """What the repeats of one judge tell; None without any.

    The noise of one look is the root of half the mean squared difference between two (Dahlberg 1940).
    """
    known = {mark.row: mark for mark in marks if mark.value is not None}
    again = [(known[row[:4] + (0,)], mark) for row, mark in known.items() if mark.repeat and row[:4] + (0,) in known]
    pairs = [(one, other) for one, other in again if one.scale == other.scale]
    if not pairs:
        return None
    squares = math.fsum((one.share - other.share) ** 2 for one, other in pairs)
    same = sum(one.value == other.value for one, other in pairs)
    return Steadiness(Hits(same, len(pairs)), math.sqrt(squares / len(pairs) / 2))


def noise_of(marks: Iterable[Mark], usual: float) -> float:
    """A judge's noise as the repeats show it; a few that happen to agree do not make it less than is `usual`."""
    found = steadiness(marks)
    if found is None:
        return usual
    return found.noise if found.same.tries >= _ENOUGH else max(found.noise, usual)


def _place(seed: int, key: str) -> float:
    """A number from 0 to 1 that nobody can guess from the key."""
    digest = hashlib.sha256(f"{seed} {key}".encode()).digest()
    return int.from_bytes(digest[:7], "big") / 2**56
