"""A thousand random cases of each exact statistic, against a second opinion."""

import random

import numpy as np
import pytest
from scipy.stats import beta, fisher_exact

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
