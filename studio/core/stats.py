"""What a count of hits can say and what it cannot: exact intervals and exact tests, from first principles."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Hits:
    """How many of how many tries hit. Written as rates always are: "7/24 29 % [13, 51]"."""

    hits: int = 0
    tries: int = 0

    @property
    def rate(self) -> float:
        """0 without a try."""
        return self.hits / self.tries if self.tries else 0.0

    @property
    def pair(self) -> list[int]:
        return [self.hits, self.tries]

    def __add__(self, other: Hits) -> Hits:
        return Hits(self.hits + other.hits, self.tries + other.tries)

    def __str__(self) -> str:
        return hit_text(self.hits, self.tries)


@cache
def clopper_pearson(k: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """The exact interval of the rate behind `k` hits in `n` trials (Clopper and Pearson, Biometrika 26, 1934).

    Its ends are the rates at which a result as extreme as this one has the chance (1 - confidence) / 2. Without a trial
    it is (0, 1).
    """
    if not 0 <= k <= n:
        raise ValueError(f"{k} hits in {n} trials")
    tail = (1 - confidence) / 2
    lo = 0.0 if k == 0 else _solved(lambda rate: _at_least(k, n, rate) < tail)
    hi = 1.0 if k == n else _solved(lambda rate: _at_least(n - k, n, 1 - rate) > tail)
    return lo, hi


def clean_needed(rate: float, confidence: float = 0.95) -> int:
    """How many trials without a miss show, one-sided, that the rate is at least `rate`: 5 for a half."""
    if not 0 <= rate < 1:
        raise ValueError(f"no number of trials shows a rate of {rate}")
    trials = 1
    while rate**trials > 1 - confidence:
        trials += 1
    return trials


def fisher_two_sided(a: int, b: int, c: int, d: int) -> float:
    """Fisher's exact p that rows (a hits, b misses) and (c, d) share one rate: all tables no likelier than this one.

    Counted in whole numbers, so that equal chances compare equal.
    """
    first, second, hits = a + b, c + d, a + c
    possible = range(max(0, hits - second), min(first, hits) + 1)
    ways = [math.comb(first, x) * math.comb(second, hits - x) for x in possible]
    seen = math.comb(first, a) * math.comb(second, c)
    return sum(each for each in ways if each <= seen) / math.comb(first + second, hits)


def hit_text(k: int, n: int) -> str:
    """A rate as it is always shown: "7/24 29 % [13, 51]", in percent, with its 95 % interval."""
    if n == 0:
        return "0/0"
    lo, hi = clopper_pearson(k, n)
    return f"{k}/{n} {_percent(k / n)} % [{_percent(lo)}, {_percent(hi)}]"


def _at_least(k: int, n: int, rate: float) -> float:
    """The chance of `k` or more hits in `n` trials."""
    if rate in (0.0, 1.0):
        return float(rate == 1.0 or k == 0)
    hit, miss = math.log(rate), math.log1p(-rate)
    return math.fsum(math.exp(_log_ways(n, i) + i * hit + (n - i) * miss) for i in range(k, n + 1))


def _log_ways(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _solved(too_low: Callable[[float], bool]) -> float:
    """The rate at which `too_low` turns from true to false, by halving until floats end."""
    lo, hi = 0.0, 1.0
    while lo < (middle := (lo + hi) / 2) < hi:
        lo, hi = (middle, hi) if too_low(middle) else (lo, middle)
    return hi


def _percent(rate: float) -> int:
    return math.floor(100 * rate + 0.5)
