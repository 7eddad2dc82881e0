import random

import numpy as np
import pytest

from studio.core.agreement import agreements, weighted_kappa
from studio.core.marks import Mark
from studio.core.rubric import OBTAINED, POINTS


def reference_kappa(pairs, categories):
    """The definition, as matrices."""
    seen = np.zeros((categories, categories))
    for one, other in pairs:
        seen[one, other] += 1
    places = np.arange(categories)
    weights = (places[:, None] - places[None, :]) ** 2 / (categories - 1) ** 2
    chance = np.outer(seen.sum(1), seen.sum(0)) / seen.sum()
    return 1 - (weights * seen).sum() / (weights * chance).sum()


def test_kappa_is_that_of_its_definition():
    dice = random.Random(5)
    for _ in range(200):
        pairs = [(dice.randrange(6), dice.randrange(6)) for _ in range(dice.randrange(5, 60))]
        assert weighted_kappa(pairs, 6) == pytest.approx(reference_kappa(pairs, 6), abs=1e-6)


def test_kappa_of_a_table_worked_by_hand():
    """Two categories make it Cohen's own: 20 and 15 alike of 50, 0.7 seen against 0.5 by chance."""
    pairs = [(0, 0)] * 20 + [(0, 1)] * 5 + [(1, 0)] * 10 + [(1, 1)] * 15
    assert weighted_kappa(pairs, 2) == pytest.approx(0.4, abs=1e-12)


def test_all_alike_is_one_and_no_choice_is_nothing():
    assert weighted_kappa([(0, 0), (3, 3), (5, 5)], 6) == 1.0
    assert weighted_kappa([(3, 3), (3, 3)], 6) is None
    assert weighted_kappa([], 6) is None


def marked(judge, values, trait="face", scale=POINTS):
    return [Mark(key, trait, scale, value, judge) for key, value in values.items()]


def test_judges_who_saw_one_seed_share_their_error():
    mine, theirs = marked("me", {"a": 2, "b": 4}), marked("codex", {"a": 2, "b": 5})
    (warned,) = agreements(mine, theirs, {"a": 42, "b": 42})
    assert str(warned.warning) == "Both judges saw seed 42 only: they share the evidence, and may share the error"
    (fine,) = agreements(mine, theirs, {"a": 42, "b": 100})
    assert (fine.warning, fine.seeds, fine.cells) == (None, (42, 100), 2)


def test_only_what_both_judged_on_one_scale_is_compared():
    mine = marked("me", {"a": 2, "b": 4}) + marked("me", {"a": 1}, "pose", OBTAINED)
    theirs = marked("codex", {"b": 4, "c": 5}) + marked("codex", {"a": 1}, "pose", POINTS)
    assert [(each.trait, each.cells) for each in agreements(mine, theirs, {})] == [("face", 1)]
