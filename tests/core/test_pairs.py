import pytest

from studio.core.caption import split_caption
from studio.core.errors import UserError
from studio.core.pairs import Figure, Told, boxes, pair_caption, side_by_side, swapped
from studio.core.record import Box

WHOLE = Box(0, 0, 1, 1)
TALL, SHORT = Figure(500, 1000, Box(0.1, 0.05, 0.9, 0.95)), Figure(400, 600, WHOLE)  # 900 and 600 px high


def high(place):
    return place[3] - place[1]


def wide(place):
    return place[2] - place[0]


def test_figures_of_900_and_600_px_become_equally_high_and_neither_is_enlarged():
    layout = side_by_side(TALL, SHORT)
    assert abs(high(layout.left.place) - high(layout.right.place)) <= 1
    assert high(layout.left.place) == 600
    assert layout.left.cut == (50, 50, 450, 950) and layout.right.cut == (0, 0, 400, 600)


def test_nobody_is_squeezed():
    layout = side_by_side(TALL, SHORT)
    for standing in (layout.left, layout.right):
        shape = wide(standing.cut) / high(standing.cut)
        assert wide(standing.place) / high(standing.place) == pytest.approx(shape, abs=0.002)


def test_they_do_not_overlap_and_stand_on_one_line_within_the_picture():
    layout = side_by_side(TALL, SHORT)
    left, right = layout.left.place, layout.right.place
    assert 0 <= left[0] < left[2] < right[0] < right[2] <= layout.width
    assert left[3] == right[3] <= layout.height and min(left[1], right[1]) >= 0


def test_they_do_not_touch_even_without_a_gap():
    layout = side_by_side(SHORT, SHORT, gap=0, margin=0)
    assert layout.left.place[2] < layout.right.place[0] and layout.left.place[0] == 0


def test_heights_beside_each_other_are_as_wished():
    layout = side_by_side(TALL, Figure(400, 600, WHOLE, height=0.9))
    assert high(layout.right.place) / high(layout.left.place) == pytest.approx(0.9, abs=0.002)
    assert layout.left.place[3] == layout.right.place[3]


def test_the_swapped_picture_is_mirrored_in_places_and_not_in_pixels():
    layout = side_by_side(TALL, SHORT)
    other = swapped(layout)
    assert (other.right.cut, other.left.cut) == (layout.left.cut, layout.right.cut)
    assert other.right.place[0] == layout.width - layout.left.place[2]
    assert (wide(other.right.place), high(other.right.place)) == (wide(layout.left.place), high(layout.left.place))
    assert other.left.place[2] < other.right.place[0] and swapped(other) == layout


def test_the_boxes_are_where_the_figures_are():
    layout = side_by_side(TALL, SHORT)
    left, right = boxes(layout)
    assert left.left * layout.width == pytest.approx(layout.left.place[0]) and left.right < right.left


def test_a_box_around_nothing_is_refused():
    with pytest.raises(UserError, match="too small"):
        side_by_side(Figure(500, 1000, Box(0.5, 0.5, 0.501, 0.501)), SHORT)


A = Told("mirasol", "masterpiece, safe, 1girl, mirasol, standing, smile, school uniform. She waves.")
B = Told("kanakana", "masterpiece, safe, 1girl, kanakana, standing, frown, hoodie")


def test_the_caption_calls_both_and_says_who_stands_where_as_the_viewer_sees_it():
    tags, sentences = split_caption(pair_caption(A, B))
    assert tags == ("masterpiece", "safe", "2girls", "mirasol", "kanakana", "standing")
    assert sentences == (
        "Two girls are side by side, mirasol on the viewer's left and kanakana on the viewer's right. On the viewer's left"
        " one sees smile and school uniform, on the viewer's right frown and hoodie.")


def test_the_caption_of_the_swapped_picture_changes_sides():
    _, sentences = split_caption(pair_caption(B, A))
    assert "kanakana on the viewer's left and mirasol on the viewer's right" in sentences


@pytest.mark.parametrize("left, right, tags, two", [
    ("1girl", "1boy", ("1girl", "1boy"), "A girl and a boy"), ("1boy", "1boy", ("2boys",), "Two boys"),
    ("", "1girl", ("multiple others",), "Two figures"),
])
def test_both_are_counted(left, right, tags, two):
    found, sentences = split_caption(pair_caption(Told("a1", left), Told("b1", right)))
    assert set(tags) <= set(found) and sentences.startswith(two)
    assert found[-2:] == ("a1", "b1")
