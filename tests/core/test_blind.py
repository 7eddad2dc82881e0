import dataclasses

import pytest

from studio.core.blind import noise_of, sitting, steadiness, turns
from studio.core.marks import Entry, fold
from studio.core.rubric import POINTS
from studio.core.stats import Hits

KEYS = tuple(f"{number:032x}" for number in range(40))


def test_every_cell_comes_and_some_come_twice():
    session = turns(KEYS, seed=7)
    assert sorted(turn.key for turn in session if turn.repeat == 0) == sorted(KEYS)
    assert sum(turn.repeat for turn in session) == 4
    assert [turn.number for turn in session] == list(range(1, 45))


def test_repeats_come_long_after_the_first_look():
    session = turns(KEYS, seed=7, repeats=0.2)
    for again in (turn for turn in session if turn.repeat):
        first = next(turn for turn in session if turn.key == again.key and not turn.repeat)
        assert again.number - first.number >= 10


def test_the_order_is_that_of_the_seed_and_of_no_epoch():
    first, second = ([turn.key for turn in turns(KEYS, seed, repeats=0)] for seed in (1, 2))
    assert first == [turn.key for turn in turns(reversed(KEYS), 1, repeats=0)]
    assert first != second
    assert first != sorted(first)


def test_a_label_tells_nothing_of_the_cell():
    assert [turn.label for turn in turns(KEYS, 7)][:2] == ["001", "002"]


def test_scores_come_back_to_the_right_cells():
    truth = {key: int(key, 16) % 6 for key in KEYS}
    marks = [turn.mark("face", POINTS, truth[turn.key], "me") for turn in turns(KEYS, 7)]
    state = fold(Entry(number, (mark,)) for number, mark in enumerate(marks, 1))
    assert {mark.key: mark.value for mark in state.counting()} == truth


def test_a_steady_judge_has_no_noise():
    marks = [turn.mark("face", POINTS, 3, "me") for turn in turns(KEYS, 7)]
    found = steadiness(marks)
    assert (found.same, found.noise) == (Hits(4, 4), 0.0)


def test_noise_is_a_share_of_the_scale():
    marks = [turn.mark("face", POINTS, 3 + turn.repeat, "me") for turn in turns(KEYS, 7)]
    found = steadiness(marks)
    assert found.same == Hits(0, 4)
    assert found.noise == pytest.approx(0.2 / 2**0.5)


def test_without_repeats_nobody_knows():
    assert steadiness([turn.mark("face", POINTS, 3, "me") for turn in turns(KEYS, 7, repeats=0)]) is None
    assert all(turn.repeat == 0 for turn in turns(KEYS[:3], 7, repeats=1.0))


def said(session, value=3):
    turn, trait = session.next
    return turn.mark(trait, POINTS, value, "me", session.version)


def test_a_session_goes_on_where_it_was_and_another_begins_when_it_is_over():
    marks = []
    while (session := sitting(KEYS, ["face", "hair"], marks, "me")).number == 1:
        assert session.done == len(marks) // 2
        marks.append(said(session))
    assert len(marks) == 2 * 44 and session.number == 2 and session.done == 0
    assert [turn.key for turn in session.turns] != [turn.key for turn in turns(KEYS, 1)]
    assert sitting(KEYS, ["face"], marks, "you").number == 1


def test_an_answer_that_is_taken_back_is_asked_for_again():
    first = sitting(KEYS, ["face"], [], "me")
    mark = said(first)
    assert sitting(KEYS, ["face"], [mark], "me").next[0].number == 2
    assert sitting(KEYS, ["face"], [dataclasses.replace(mark, value=None)], "me").next == first.next


def test_few_repeats_that_agree_do_not_make_a_judge_of_no_noise():
    few = [turn.mark("face", POINTS, 3, "me") for turn in turns(KEYS, 7)]
    many = [turn.mark("face", POINTS, 3, "me") for turn in turns([f"{at}" for at in range(120)], 7)]
    assert (noise_of([], 0.1), noise_of(few, 0.1), noise_of(many, 0.1)) == (0.1, 0.1, 0.0)
