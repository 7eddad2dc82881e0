import random

import pytest
from scipy.stats import binomtest

from studio.core.axes import Axis
from studio.core.marks import Mark, keeper
from studio.core.paired import (
    Comparison,
    Seen,
    Tally,
    compare,
    holm,
    seeds_missing,
    seeds_to_settle,
    seen_in,
    sign_test,
)
from studio.core.rubric import AS_ASKED, OBTAINED, POINTS
from studio.core.spec import RenderSpec
from studio.core.stats import Hits
from studio.core.sweep import Sheet


def shown(arm, values, prompt="front", trait="face", first_seed=0):
    """One value for each seed."""
    return [Seen(arm, prompt, first_seed + at, trait, value, value >= 0.5) for at, value in enumerate(values)]


def test_the_sign_test_is_scipys():
    dice = random.Random(3)
    for _ in range(1000):
        wins, losses = dice.randrange(60), dice.randrange(60)
        expected = binomtest(wins, wins + losses).pvalue if wins + losses else 1.0
        assert sign_test(wins, losses) == pytest.approx(expected, rel=1e-9)


def test_six_decided_pairs_are_the_fewest_that_can_be_clear():
    assert sign_test(5, 0) > 0.05 >= sign_test(6, 0)


@pytest.mark.parametrize(
    ("chances", "adjusted"),
    [((0.01, 0.04, 0.03), (0.03, 0.06, 0.06)), ((0.04,), (0.04,)), ((), ()), ((0.6, 0.7), (1.0, 1.0)),
     ((0.001, 0.001), (0.002, 0.002))],
)  # fmt: skip
def test_holm_corrects_the_smallest_most_and_keeps_the_order(chances, adjusted):
    assert holm(chances) == pytest.approx(adjusted)


def test_only_cells_of_one_prompt_and_one_seed_are_pairs():
    seen = shown(100, (1, 1, 1)) + shown(180, (0, 1), first_seed=1) + shown(180, (0,), "back")
    (found,) = compare(seen, 100)
    assert (found.better, found.worse, found.pairs) == (0, 1, 2)
    assert (found.hits, found.reference_hits) == (Hits(1, 2), Hits(2, 2))


def test_the_same_cell_on_another_scale_is_no_pair():
    seen = [Seen(100, "front", 1, "face", 1.0, scale=POINTS), Seen(180, "front", 1, "face", 0.5, scale=OBTAINED)]
    assert compare(seen, 100) == ()


def test_all_comparisons_share_one_error_rate():
    one = shown(100, [1] * 8) + shown(180, [0] * 8)
    (alone,) = compare(one, 100)
    several = compare(one + shown(150, [0, 1] * 4 + [0] * 8), 100)
    assert alone.adjusted == alone.p == 2 / 2**8
    assert [each.adjusted for each in several] == [alone.p, 1.0]
    with_six = compare(one + shown(100, [1] * 8, trait="hair") + shown(180, [0] * 6 + [1] * 2, trait="hair"), 100)
    assert [each.adjusted for each in with_six] == [2 * alone.p, 2 / 2**6]


def test_a_comparison_that_cannot_speak_costs_the_others_nothing():
    few = compare(shown(100, [1] * 8) + shown(180, [0] * 8) + shown(150, [1] * 3 + [0] * 5), 100)
    assert [each.can_speak for each in few] == [True, False]
    assert [each.adjusted for each in few] == [2 / 2**8, 1.0]


def test_nothing_is_worse_on_one_prompt_however_many_seeds():
    (found,) = compare(shown(100, [1] * 30) + shown(180, [0] * 30), 100)
    assert (found.is_clear, found.is_broad, found.word) == (True, False, "not shown")


@pytest.mark.parametrize(("seeds", "word"), [(7, "not shown"), (8, "worse")])
def test_worse_takes_eight_seeds_on_two_prompts(seeds, word):
    seen = [each for prompt in ("front", "back") for arm, value in ((100, 1), (180, 0))
            for each in shown(arm, [value] * seeds, prompt)]  # fmt: skip
    (found,) = compare(seen, 100)
    assert found.word == word


def test_a_later_reference_is_not_convicted_by_the_back_door():
    seen = shown(100, [1] * 10) + shown(180, [0] * 10)
    (found,) = compare(seen, 180)
    assert (found.is_clear, found.word) == (True, "not shown")
    (named,) = compare([Seen("v2" if each.arm == 100 else "v1", *(each.prompt, each.seed, each.trait, each.value))
                        for each in seen], "v1")  # fmt: skip
    assert named.word == "better"


def test_a_prompt_that_carries_the_result_alone_is_named():
    def against(back: Tally) -> str:
        return Comparison(180, 100, "face", (Tally("front", 0, 8, 0), back)).carried_by

    assert against(Tally("back", 1, 1, 6)) == "front"
    assert against(Tally("back", 0, 0, 8)) == "front"
    assert against(Tally("back", 0, 3, 5)) == ""


def test_the_only_prompt_carries_nothing_alone():
    assert Comparison(180, 100, "face", (Tally("front", 0, 8, 0),)).carried_by == ""


@pytest.mark.parametrize(
    ("better", "worse", "same", "family", "more"),
    [(0, 3, 1, 1, 4), (0, 1, 0, 1, 5), (2, 2, 0, 1, None), (0, 0, 4, 1, None), (0, 4, 0, 4, 4)],
)
def test_how_many_more_seeds_would_settle_it(better, worse, same, family, more):
    found = Comparison(180, 100, "face", (Tally("front", better, worse, same),))
    assert seeds_to_settle(found, family) == more


def test_seeds_are_missing_until_there_are_eight_on_two_prompts():
    def missing(*pairs: int) -> int:
        return seeds_missing(Comparison(180, 100, "face", tuple(Tally(str(at), 0, 0, n) for at, n in enumerate(pairs))))

    assert (missing(4), missing(8), missing(4, 3), missing(9, 6, 1), missing(8, 8)) == (8, 8, 5, 2, 0)


def test_the_marks_of_a_sheet_become_pairs():
    spec = RenderSpec(prompt="{trigger}, {view}")
    sheet = Sheet("t", (Axis("epoch", ("base", 10, 20)),),
                  (Axis("view", ("front", "back")), Axis("seed", (1, 2))), spec,
                  epochs=((10, "a"), (20, "b")), characters=(("Kei", "kei"),))
    cells = sheet.expand()
    marks = [Mark(cell.key, AS_ASKED, OBTAINED, 2 if cell.value("epoch") == 10 else 1, "me") for cell in cells]
    seen = seen_in(cells, [*marks, keeper(cells[0].key, True, "me")])
    assert {each.arm for each in seen} == {10, 20}
    assert {(each.prompt, each.seed) for each in seen} == {("front", 1), ("front", 2), ("back", 1), ("back", 2)}
    (found,) = compare(seen, 10)
    assert [(each.prompt, each.worse) for each in found.tallies] == [("front", 2), ("back", 2)]
    assert (found.hits, found.reference_hits) == (Hits(0, 4), Hits(4, 4))


def test_two_judges_of_one_picture_are_not_two_pictures():
    marks = [Mark("a", AS_ASKED, OBTAINED, 2, judge) for judge in ("me", "codex")]
    with pytest.raises(ValueError):
        seen_in((), marks)
