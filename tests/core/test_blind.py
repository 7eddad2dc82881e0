import pytest

from studio.core.blind import steadiness, turns
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
