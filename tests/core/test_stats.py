import pytest
from scipy.stats import beta, fisher_exact

from studio.core.stats import clean_needed, clopper_pearson, fisher_two_sided, hit_text


@pytest.mark.parametrize("n", [1, 2, 3, 8, 24, 97, 1000])
@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.999])
def test_intervals_are_those_of_the_beta_distribution(n, confidence):
    tail = (1 - confidence) / 2
    for k in {0, 1, n // 3, n // 2, n - 1, n}:
        lo, hi = clopper_pearson(k, n, confidence)
        assert lo == pytest.approx(beta.ppf(tail, k, n - k + 1) if k else 0, abs=1e-10)
        assert hi == pytest.approx(beta.ppf(1 - tail, k + 1, n - k) if k < n else 1, abs=1e-10)


@pytest.mark.parametrize(
    ("k", "n", "lo", "hi"),
    [(1, 1, 2.5, 100), (0, 3, 0, 71), (1, 4, 0.6, 81), (3, 3, 29, 100), (8, 8, 63, 100)],
)
def test_small_samples_say_little(k, n, lo, hi):
    found = clopper_pearson(k, n)
    assert (100 * found[0], 100 * found[1]) == (pytest.approx(lo, abs=0.5), pytest.approx(hi, abs=0.5))


def test_an_interval_and_that_of_its_opposite_mirror_each_other():
    lo, hi = clopper_pearson(7, 24)
    assert clopper_pearson(17, 24) == (pytest.approx(1 - hi), pytest.approx(1 - lo))


def test_no_trial_says_nothing():
    assert clopper_pearson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("k", "n"), [(-1, 3), (4, 3)])
def test_more_hits_than_trials_are_a_bug(k, n):
    with pytest.raises(ValueError):
        clopper_pearson(k, n)


@pytest.mark.parametrize(("rate", "trials"), [(0.5, 5), (0.7, 9), (0.8, 14), (0.9, 29), (0.95, 59)])
def test_so_many_clean_trials_show_a_rate(rate, trials):
    assert clean_needed(rate) == trials


def test_no_number_of_trials_shows_certainty():
    with pytest.raises(ValueError):
        clean_needed(1.0)


@pytest.mark.parametrize(
    ("table", "p"),
    [((1, 3, 0, 3), 1.0), ((3, 0, 0, 3), 0.10), ((4, 0, 0, 4), 0.029), ((0, 5, 0, 5), 1.0), ((0, 0, 0, 0), 1.0)],
)
def test_four_seeds_an_epoch_are_the_smallest_design_that_can_convict(table, p):
    assert fisher_two_sided(*table) == pytest.approx(p, abs=5e-4)


@pytest.mark.parametrize("table", [(8, 2, 1, 5), (3, 17, 11, 9), (120, 30, 90, 60), (1, 9, 11, 3), (24, 0, 7, 17)])
def test_fishers_p_is_scipys(table):
    a, b, c, d = table
    assert fisher_two_sided(*table) == pytest.approx(fisher_exact([[a, b], [c, d]]).pvalue, rel=1e-9)


@pytest.mark.parametrize(
    ("k", "n", "text"),
    [(7, 24, "7/24 29 % [13, 51]"), (0, 24, "0/24 0 % [0, 14]"), (24, 24, "24/24 100 % [86, 100]"), (0, 0, "0/0")],
)
def test_a_rate_is_shown_with_its_interval(k, n, text):
    assert hit_text(k, n) == text
