"""Do two pictures show the same, though their bytes differ?

A picture is shrunk to a stamp of 32 x 32 greys. A perceptual hash of 64 bits, from its low frequencies, finds what may
be alike among thousands; the stamps themselves then tell a copy (saved again, scaled) from a variant, such as another
expression in the same pose, which a data set may well hold on purpose.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import mul, sub
from statistics import median

SIDE = 32            # cells of a stamp
NEAREST_BITS = 6     # of 64 may differ; beyond that, other pictures come in
COPY_GREYS = 14      # of 255 by which the cells of a copy may differ at most
COPY_SHAPE = 0.03    # by which the sides' ratio may differ

_FREQUENCIES = 8
_BANDS = NEAREST_BITS + 1  # two hashes that differ in fewer bits than there are bands have one band in common
_BAND_BITS = -(-_FREQUENCIES**2 // _BANDS)


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a picture looks like from afar: `stamp` holds SIDE x SIDE greys by rows, `shape` is width over height."""

    stamp: bytes
    shape: float

    @property
    def bits(self) -> int:
        """The perceptual hash."""
        return _bits(self.stamp)


def is_like(one: Likeness, other: Likeness) -> bool:
    """Whether both are copies or variants of each other."""
    return _has_shape(one, other) and (one.bits ^ other.bits).bit_count() <= NEAREST_BITS


def is_copy(one: Likeness, other: Likeness) -> bool:
    """Whether one is the other, saved again or scaled."""
    return is_like(one, other) and max(map(abs, map(sub, one.stamp, other.stamp))) <= COPY_GREYS


def groups(likenesses: Sequence[Likeness],
           same: Callable[[Likeness, Likeness], bool] = is_copy) -> tuple[tuple[int, ...], ...]:
    """The places of those that are the same, the first of a group being the one that the others resemble.

    Those that stand alone are left out. Ten thousand take about a second.
    """
    members: dict[int, list[int]] = {}
    firsts: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for place, likeness in enumerate(likenesses):
        near = {first for band in _bands(likeness.bits) for first in firsts[band]}
        first = next((each for each in sorted(near) if same(likenesses[each], likeness)), None)
        if first is not None:
            members[first].append(place)
            continue
        members[place] = [place]
        for band in _bands(likeness.bits):
            firsts[band].append(place)
    return tuple(tuple(group) for group in members.values() if len(group) > 1)


def _has_shape(one: Likeness, other: Likeness) -> bool:
    return abs(one.shape - other.shape) <= COPY_SHAPE * max(one.shape, other.shape)


def _bands(bits: int) -> Iterator[tuple[int, int]]:
    """The bits in pieces, each with its number."""
    return ((band, bits >> band * _BAND_BITS & (1 << _BAND_BITS) - 1) for band in range(_BANDS))


@lru_cache(maxsize=50_000)
def _bits(stamp: bytes) -> int:
    """Which of the lowest frequencies are stronger than most; that of the brightness itself takes no part."""
    rows = [stamp[start:start + SIDE] for start in range(0, SIDE * SIDE, SIDE)]
    across = [[_dot(wave, row) for row in rows] for wave in _waves()]
    strengths = [_dot(wave, column) for column in across for wave in _waves()][1:]
    middle = median(strengths)
    return sum(1 << place for place, strength in enumerate(strengths) if strength > middle)


@lru_cache(maxsize=1)
def _waves() -> tuple[tuple[float, ...], ...]:
    """The lowest cosines of the discrete cosine transform, type II."""
    return tuple(tuple(math.cos(math.pi * frequency * (2 * place + 1) / (2 * SIDE)) for place in range(SIDE))
                 for frequency in range(_FREQUENCIES))


def _dot(one: Iterable[float], other: Iterable[float]) -> float:
    return sum(map(mul, one, other))
