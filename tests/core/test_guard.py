import pytest

from studio.core.guard import span, suspicion
from studio.core.stats import Hits, clopper_pearson


def test_one_bad_of_one_says_next_to_nothing():
    found = suspicion(Hits(1, 1))
    assert found.state == "insufficient"
    assert "2.5-100 %" in str(found.text)


def test_one_bad_of_four_is_not_shown_and_no_one_off_yet():
    found = suspicion(Hits(1, 1) + Hits(0, 3))
    assert found.state == "not shown"
    assert str(found.text) == "not shown (1 of 4): 0.6-81 %"


def test_a_one_off_is_one_whose_upper_bound_is_below_a_half():
    states = {tries: suspicion(Hits(1, tries)).state for tries in range(4, 12)}
    for tries, state in states.items():
        assert (state == "one-off") == (clopper_pearson(1, tries)[1] < 0.5)
    assert (states[8], states[9], states[10]) == ("not shown", "one-off", "one-off")


def test_four_of_four_against_none_of_four_is_suspect_and_never_more():
    found = suspicion(Hits(4, 4), Hits(0, 4))
    assert found.state == "suspect"
    assert found.p == pytest.approx(0.029, abs=0.001)
    assert str(found.text).startswith("suspect: 4 of 4 bad")
    assert suspicion(Hits(40, 40), Hits(0, 40)).state == "suspect"


@pytest.mark.parametrize(("bad", "reference"), [((3, 3), (0, 3)), ((1, 4), (0, 3)), ((4, 4), (0, 3)), ((0, 4), (4, 4))])
def test_fewer_seeds_suspect_nobody(bad, reference):
    assert suspicion(Hits(*bad), Hits(*reference)).state in ("insufficient", "not shown", "clean")


@pytest.mark.parametrize(
    ("hits", "text"),
    [((1, 1), "2.5-100 %"), ((0, 3), "0-71 %"), ((1, 4), "0.6-81 %"), ((3, 3), "29-100 %"), ((8, 8), "63-100 %"),
     ((0, 0), "0-100 %")],
)  # fmt: skip
def test_what_small_samples_can_say(hits, text):
    assert span(Hits(*hits)) == text


def test_none_bad_leaves_room_too():
    assert str(suspicion(Hits(0, 3)).text) == "none of 3 bad, which leaves 0-71 %"
