"""Where do the lines of a chart's axis stand, and what does it show after zooming or panning?"""

from __future__ import annotations

import math
from dataclasses import dataclass

_NEAREST = 1e-9


@dataclass(frozen=True, slots=True)
class Range:
    """From `low` to `high`; never empty."""

    low: float
    high: float

    @property
    def width(self) -> float:
        return self.high - self.low

    def zoomed(self, factor: float, at: float, least: float) -> Range:
        """As much wider as `factor` says, where `at` keeps its place; not narrower than `least`."""
        factor = max(factor, least / self.width)
        return Range(at - (at - self.low) * factor, at + (self.high - at) * factor)

    def moved(self, by: float) -> Range:
        return Range(self.low + by, self.high + by)

    def within(self, whole: Range) -> Range:
        """Pushed back into `whole`; all of it where it is wider."""
        if self.width >= whole.width:
            return whole
        back = max(0.0, whole.low - self.low) - max(0.0, self.high - whole.high)
        return self.moved(back)

    def place(self, value: float) -> float:
        """Where a value lies: 0 at the low end, 1 at the high one."""
        return (value - self.low) / self.width


def spread(low: float, high: float, share: float = 0.0) -> Range:
    """A range round two values, wider by a share at both ends; a single value gets room around it."""
    if high - low < _NEAREST * max(1.0, abs(low)):
        room = abs(low) * 0.1 or 1.0
        return Range(low - room, low + room)
    return Range(low - share * (high - low), high + share * (high - low))


def ticks(shown: Range, most: int) -> tuple[float, ...]:
    """At most so many round numbers within a range: multiples of 1, 2 or 5 times a power of ten."""
    if most < 1:
        return ()
    step = _round_up(shown.width / most)
    first = math.ceil(shown.low / step - _NEAREST)
    return tuple(each * step for each in range(first, math.floor(shown.high / step + _NEAREST) + 1))


def log_ticks(shown: Range, most: int) -> tuple[float, ...]:
    """Round numbers, as exponents of ten, within a range of exponents: 1, 2 and 5 of each decade if there is room."""
    decades = range(math.floor(shown.low), math.ceil(shown.high) + 1)
    for parts in ((1, 2, 5), (1, 3), (1,)):
        found = tuple(exponent for decade in decades for part in parts
                      if shown.low <= (exponent := decade + math.log10(part)) <= shown.high)
        if len(found) <= most:
            return found
    return found[::math.ceil(len(found) / max(1, most))]


def number(value: float) -> str:
    """A number for an axis: thousands apart, small ones with three digits that count, tiny ones as powers."""
    if value == 0:
        return "0"
    if abs(value) < 1e-3:
        mantissa, exponent = f"{value:.1e}".split("e")
        return f"{mantissa.removesuffix('.0')}e{int(exponent)}"
    return f"{value:,.0f}" if abs(value) >= 1000 or value == round(value) else f"{value:.3g}"


def _round_up(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return next(part * power for part in (1, 2, 5, 10) if part * power >= value * (1 - _NEAREST))
