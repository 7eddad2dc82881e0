import pytest

from studio.core.feature_boxes import Feature, box_mark, boxes_in, features, pixels_of
from studio.core.marks import Entry, fold, from_json, to_json
from studio.core.record import Box

BANGS, MOUTH = Box(0.3, 0.1, 0.6, 0.25), Box(0.4, 0.3, 0.5, 0.35)


def kept(*marks):
    state = fold(from_json(to_json(Entry(number, (mark,)))) for number, mark in enumerate(marks, 1))
    return boxes_in(state.counting())


def test_a_box_holds_for_all_cells_of_its_prompt_and_is_a_guess_for_others() -> None:
    boxes = kept(box_mark("smile", "bangs", BANGS, "me"))
    assert features("smile", boxes, {}) == (Feature("bangs", BANGS, BANGS),)
    (guessed,) = features("running", boxes, {})
    assert (guessed.box.left, guessed.box.origin) == (0.3, "guess")


def test_the_box_of_the_target_is_mapped_until_another_is_drawn() -> None:
    assert features("smile", {}, {"mouth": MOUTH}) == (Feature("mouth", MOUTH, MOUTH),)
    boxes = kept(box_mark("smile", "mouth", BANGS, "me"))
    assert features("smile", boxes, {"mouth": MOUTH}) == (Feature("mouth", BANGS, MOUTH),)


def test_the_newest_box_counts_whoever_drew_it_and_a_hidden_one_is_gone() -> None:
    boxes = kept(box_mark("smile", "bangs", MOUTH, "me", 1.0), box_mark("smile", "bangs", BANGS, "you", 2.0))
    assert features("smile", boxes, {})[0].box == BANGS
    hidden = kept(box_mark("smile", "bangs", None, "me", 3.0))
    assert features("smile", hidden, {"bangs": BANGS}) == ()


def test_five_cells_of_one_size_are_cut_at_the_same_pixels() -> None:
    assert {pixels_of(BANGS, 832, 1216) for _ in range(5)} == {(249, 121, 499, 304)}
    assert pixels_of(Box(0.999, 0.999, 1.0, 1.0), 10, 10) == (9, 9, 10, 10)


@pytest.mark.parametrize("text", ["", "1 2", "a b c d", "0.5 0.5 0.5 0.9", "-1 0 1 1", "nan 0 1 1", "0 0 1 1 guess"])
def test_what_is_no_box_is_passed_over(text: str) -> None:
    mark = box_mark("smile", "bangs", BANGS, "me")
    assert boxes_in([type(mark)(mark.key, mark.trait, mark.scale, text, "me")]) == {}
