import pytest

from studio.core.errors import UserError
from studio.core.ledger import Ledger, Trait
from studio.core.rubric import (
    OBTAINED,
    PASSED,
    POINTS,
    SCALES,
    Item,
    Rubric,
    check_value,
    from_toml,
    rubric_of,
    to_toml,
)


@pytest.mark.parametrize(
    ("scale", "digit", "word"),
    [(OBTAINED, 1, "obtained"), (OBTAINED, 2, "partial"), (OBTAINED, 3, "not obtained"), (PASSED, 1, "pass"),
     (PASSED, 2, "fail"), (POINTS, 0, "0"), (POINTS, 5, "5")],
)  # fmt: skip
def test_a_key_means_a_value(scale, digit, word):
    assert SCALES[scale].word(SCALES[scale].value_of_key(digit)) == word


@pytest.mark.parametrize(("scale", "digit"), [(OBTAINED, 0), (OBTAINED, 4), (PASSED, 3), (POINTS, 6), (POINTS, 9)])
def test_other_keys_mean_nothing(scale, digit):
    assert SCALES[scale].value_of_key(digit) is None


@pytest.mark.parametrize(("scale", "value"), [(POINTS, 6), (POINTS, -1), (POINTS, 2.5), (POINTS, True), (OBTAINED, 3),
                                              ("stars", 1)])  # fmt: skip
def test_a_value_off_the_scale_is_refused(scale, value):
    with pytest.raises(UserError):
        check_value(scale, value, "row 3, face")


def test_a_ledger_asks_for_what_the_trigger_brings_and_for_giveaways():
    ledger = Ledger("Kei", (Trait("blunt bangs", "absorb"), Trait("blue ribbon", "vary", giveaway=True),
                            Trait("smile", "vary"), Trait("hime cut", "forbid", giveaway=True)))  # fmt: skip
    assert [item.trait for item in rubric_of(ledger).items] == ["blunt bangs", "blue ribbon"]


def test_a_rubric_comes_back_from_its_file():
    rubric = Rubric("R-A", (Item("face"), Item("ribbon", PASSED), Item("low angle", OBTAINED)))
    assert from_toml(to_toml(rubric)) == rubric
    assert from_toml(to_toml(Rubric("empty", ()))) == Rubric("empty", ())


@pytest.mark.parametrize("text", ['name = "x"\nitems = 1', 'name = "x"\n[[item]]\ntrait = "face"\nscale = "stars"',
                                  'name = "x"\n[[item]]\ntrait = " "', '[[item]]\nscale = "points"', "item = 3"])
def test_what_is_no_rubric_is_refused(text):
    with pytest.raises(UserError):
        from_toml(text, "mine.toml")


def test_an_unknown_trait_is_refused_by_its_nearest():
    with pytest.raises(UserError, match="Did you mean 'face'"):
        Rubric("R-A", (Item("face"),)).item("fase")
