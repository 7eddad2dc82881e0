import pytest

from studio.core.interaction import FACE, STACK, SYMMETRIC, Roll, interactions, rolls_for
from studio.core.stats import Hits, clopper_pearson


def rolled(interaction, kept, of, *causes):
    return [Roll(interaction, at < kept, () if at < kept else causes) for at in range(of)]


def test_two_keepers_of_nine_take_ten_rolls():
    (found,) = interactions(rolled("piggyback", 2, 9)).each
    lo, hi = clopper_pearson(found.hits.hits, found.hits.tries)
    assert (round(100 * found.hits.rate), round(100 * lo), round(100 * hi)) == (22, 3, 60)
    assert found.rolls == 10
    assert str(found.text) == "piggyback: 2/9 22 % [3, 60], 10 rolls for one keeper"
    assert found.likely_rolls == (3, 81)


@pytest.mark.parametrize(("rate", "rolls"), [(0.0, None), (0.1, 22), (0.5, 4), (0.9, 1), (1.0, 1), (2 / 9, 10)])
def test_rolls_that_give_a_keeper_in_nine_of_ten_cases(rate, rolls):
    assert rolls_for(rate) == rolls
    if rolls and rolls > 1:
        assert 1 - (1 - rate) ** rolls >= 0.9 > 1 - (1 - rate) ** (rolls - 1)


def test_without_a_keeper_only_a_least_number_is_known():
    (found,) = interactions(rolled("piggyback", 0, 9)).each
    assert (found.rolls, found.likely_rolls) == (None, (6, None))
    assert str(found.text) == "piggyback: 0/9 0 % [0, 34], no keeper yet; 6 rolls or more"


def test_classes_have_their_subtotals():
    found = interactions(rolled("hug", 3, 3) + rolled("piggyback", 1, 3) + rolled("back hug", 1, 3)
                         + rolled("cheek to cheek", 0, 2))  # fmt: skip
    assert {each.name: each.hits for each in found.classes} == {
        SYMMETRIC: Hits(3, 3), STACK: Hits(2, 6), FACE: Hits(0, 2)}  # fmt: skip
    assert found.total.hits == Hits(5, 11)


def test_a_prompt_that_reads_two_ways_is_reworded_and_fused_faces_are_rendered_larger():
    lap, cheeks, hug = interactions(rolled("lap-sit", 0, 2, "prompt reading", "interleave")
                                    + rolled("cheek to cheek", 0, 1, "face fusion") + rolled("hug", 1, 1)).each
    assert str(lap.advice) == "lap-sit: reword the prompt first"
    assert str(cheeks.advice) == "cheek to cheek: render it larger first"
    assert hug.advice is None
    assert lap.causes == {"prompt reading": 2, "interleave": 2}


def test_an_interaction_of_ones_own_is_a_class_of_its_own():
    assert [each.name for each in interactions(rolled("high five", 1, 2)).classes] == ["high five"]


def test_nothing_rolled_is_nothing_counted():
    assert interactions(()).total.hits == Hits(0, 0)
