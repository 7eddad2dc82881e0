"""Where a Beta(0.6, 0.6) distribution puts its quantiles on the table of noise levels.

ComfyUI asks scipy for the quantile q(p) and rounds 999 q(p) to the index of a table entry. Only that index is needed,
so no quantile is computed: it is the number of borders (j + 1/2) / 999 whose distribution function is at most p, and
the function has a series that reaches float64's last digits in 60 terms.
"""

from bisect import bisect_right
from functools import cache

SHAPE = 0.6
_TERMS = 60  # at x = 1/2 the terms fall by half each


def beta_index(p: float, entries: int) -> int:
    """round((entries - 1) q(p)), halves to the even side as numpy rounds them, for p in (0, 1]."""
    return bisect_right(_borders(entries), p)


@cache
def _borders(entries: int) -> tuple[float, ...]:
    return tuple(_distribution((j + 0.5) / (entries - 1)) for j in range(entries - 1))


def _distribution(x: float) -> float:
    """P(X <= x) for X ~ Beta(a, a). It is symmetric, so the series meets only x <= 1/2, where it gives exactly 1/2."""
    lower = _series(min(x, 1 - x)) / _series(0.5) / 2
    return 1 - lower if x > 0.5 else lower


def _series(x: float) -> float:
    """x^a times the sum over n of (1 - a)_n / (n! (a + n)) x^n (DLMF 8.17.7): no term is negative, so none cancels."""
    total, term = 0.0, 1.0
    for n in range(_TERMS):
        total += term / (SHAPE + n)
        term *= (n + 1 - SHAPE) / (n + 1) * x
    return x**SHAPE * total
