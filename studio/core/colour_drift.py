"""How far has the colour of a detail moved from that of the target, as an eye would say?

Colours are compared in CIE L*a*b* under daylight (D65), where equal distances look about equally far: below 2 nobody
sees them, from 10 on everybody does.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from studio.core.feature_boxes import pixels_of
from studio.core.record import Box

ALARM = 10.0   # where a person sees it without looking for it
UNSEEN = 2.0
_MOST = 4_096  # pixels of a box that are looked at, evenly spread

Lab = tuple[float, float, float]  # lightness 0 to 100, green to red, blue to yellow

# sRGB to XYZ (IEC 61966-2-1), each row divided by that of the white point.
_XYZ = ((0.4124564 / 0.95047, 0.3575761 / 0.95047, 0.1804375 / 0.95047),
        (0.2126729, 0.7151522, 0.0721750),
        (0.0193339 / 1.08883, 0.1191920 / 1.08883, 0.9503041 / 1.08883))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Drift:
    """The mean colour of a box at an epoch or a strength, and its distance from the target's."""

    place: float
    mean: Lab
    distance: float
    is_alarm: bool


@lru_cache(1 << 14)
def lab(red: int, green: int, blue: int) -> Lab:
    """The colour of an sRGB pixel of 0 to 255."""
    linear = _linear(red), _linear(green), _linear(blue)
    x, y, z = (_root(sum(part * value for part, value in zip(row, linear, strict=True))) for row in _XYZ)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def mean_lab(pixels: bytes) -> Lab:
    """The mean over RGB bytes, three to a pixel. Raises ValueError for none; of many every so-manieth is taken."""
    count = len(pixels) // 3
    if not count:
        raise ValueError("a box without a pixel has no colour")
    found = [lab(*pixels[3 * at:3 * at + 3]) for at in range(0, count, -(-count // _MOST))]
    return tuple(math.fsum(column) / len(found) for column in zip(*found, strict=True))


def distance(one: Lab, other: Lab) -> float:
    """The colour difference of 1976, the plain distance in L*a*b*."""
    return math.dist(one, other)


def drifts(target: bytes, boxes: Mapping[float, bytes], limit: float = ALARM) -> tuple[Drift, ...]:
    """What became of the target's colour, by epoch or strength in rising order; all are RGB bytes of the same box."""
    return drifts_of(mean_lab(target), {place: mean_lab(pixels) for place, pixels in boxes.items()}, limit)


def drifts_of(aim: Lab, means: Mapping[float, Lab], limit: float = ALARM) -> tuple[Drift, ...]:
    """The same of mean colours."""
    return tuple(Drift(place, mean, far := distance(aim, mean), far > limit) for place, mean in sorted(means.items()))


def cut(pixels: bytes, width: int, height: int, box: Box) -> bytes:
    """The RGB bytes of a box, whose sides are shares of the picture's; at least one pixel."""
    left, top, right, bottom = pixels_of(box, width, height)
    return b"".join(pixels[3 * (row * width + left):3 * (row * width + right)] for row in range(top, bottom))


def worst(found: Iterable[Drift]) -> Drift | None:
    """The one that moved farthest."""
    return max(found, key=lambda each: each.distance, default=None)


@cache
def _linear(value: int) -> float:
    share = value / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def _root(share: float) -> float:
    return math.cbrt(share) if share > (6 / 29) ** 3 else share * (29 / 6) ** 2 / 3 + 4 / 29
