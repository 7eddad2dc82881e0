"""A thousand random cases of each exact statistic, against a second opinion."""

import math
import random

import numpy as np
import pytest
from scipy.stats import beta, binomtest, fisher_exact

from studio.core.paired import sign_test
from studio.core.stats import clopper_pearson, fisher_two_sided

CASES = 1000


def test_intervals_are_scipys():
    dice = random.Random(11)
    tries = [dice.randrange(2, 101) for _ in range(CASES)]
    hits = [dice.randrange(1, n) for n in tries]
    k, n = np.array(hits), np.array(tries)
    ends = zip(beta.ppf(0.025, k, n - k + 1), beta.ppf(0.975, k + 1, n - k), strict=True)
    for each, of, (lo, hi) in zip(hits, tries, ends, strict=True):
        assert clopper_pearson(each, of) == pytest.approx((lo, hi), abs=1e-9)


def test_fishers_p_is_scipys():
    dice = random.Random(12)
    for _ in range(CASES):
        a, b, c, d = (dice.randrange(1, 30) for _ in range(4))
        assert fisher_two_sided(a, b, c, d) == pytest.approx(fisher_exact([[a, b], [c, d]]).pvalue, rel=1e-6)


def test_the_sign_tests_p_is_scipys():
    dice = random.Random(13)
    for _ in range(CASES):
        wins, losses = dice.randrange(1, 80), dice.randrange(0, 80)
        assert sign_test(wins, losses) == pytest.approx(binomtest(wins, wins + losses).pvalue, rel=1e-9)


def least_coverage(n: int) -> float:
    """Of every rate: the chance that the interval holds it jumps only where an interval ends, so both sides are tried.
    """
    spans = [clopper_pearson(k, n) for k in range(n + 1)]
    beside = {end + step for span in spans for end in span for step in (-1e-9, 1e-9)}
    rates = [rate for rate in (*beside, *(at / 200 for at in range(1, 200))) if 0 < rate < 1]
    ways = [math.comb(n, k) for k in range(n + 1)]
    return min(math.fsum(ways[k] * rate**k * (1 - rate) ** (n - k) for k, (lo, hi) in enumerate(spans)
                         if lo <= rate <= hi) for rate in rates)  # fmt: skip


@pytest.mark.parametrize("n", [1, 3, 8, 24, 56])
def test_the_interval_holds_whatever_the_rate_is(n):
    """56 tries come nearest to the promised 95 %."""
    assert least_coverage(n) >= 0.95


@pytest.mark.long
def test_the_interval_holds_whatever_the_rate_is_for_every_number_up_to_a_hundred():
    assert min(map(least_coverage, range(1, 101))) >= 0.95
