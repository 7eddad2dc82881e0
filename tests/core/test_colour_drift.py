import colorsys

import pytest

from studio.core.colour_drift import UNSEEN, cut, distance, drifts, lab, mean_lab, worst
from studio.core.record import Box


def patch(hue, wobble=0):
    """A box of 16 x 16 pixels of one hue, in degrees, with a little noise in it."""
    red, green, blue = (round(255 * part) for part in colorsys.hsv_to_rgb(hue / 360, 0.8, 0.8))
    return b"".join(bytes((min(255, red + at % (wobble + 1)), green, blue)) for at in range(256))


@pytest.mark.parametrize(
    ("rgb", "expected"),
    [((255, 255, 255), (100, 0, 0)), ((0, 0, 0), (0, 0, 0)), ((255, 0, 0), (53.24, 80.09, 67.20)),
     ((0, 255, 0), (87.73, -86.18, 83.18)), ((0, 0, 255), (32.30, 79.19, -107.86)), ((10, 10, 10), (2.74, 0, 0))],
)  # fmt: skip
def test_colours_have_their_published_places(rgb, expected):
    assert lab(*rgb) == pytest.approx(expected, abs=0.02)


def test_a_hue_that_turns_moves_farther_and_farther_while_the_blue_control_stays():
    strengths = (0.6, 0.8, 1.0, 1.2)
    turning = drifts(patch(240), {at: patch(hue) for at, hue in zip(strengths, (240, 270, 300, 340), strict=True)})
    far = [each.distance for each in turning]
    assert far == sorted(far)
    assert far[0] == 0
    assert [each.is_alarm for each in turning] == [False, True, True, True]
    control = drifts(patch(240), {at: patch(240, wobble=3) for at in strengths})
    assert all(each.distance < UNSEEN and not each.is_alarm for each in control)


def test_blue_yellow_orange_and_pink_all_raise_the_alarm():
    found = drifts(patch(230), {0.8: patch(55), 1.0: patch(30), 1.2: patch(330)})
    assert all(each.is_alarm for each in found)
    assert worst(found).place == 0.8


def test_the_limit_is_chosen():
    far = drifts(patch(240), {1.0: patch(244)})[0].distance
    assert drifts(patch(240), {1.0: patch(244)}, far - 0.1)[0].is_alarm
    assert not drifts(patch(240), {1.0: patch(244)}, far + 0.1)[0].is_alarm


def test_the_mean_is_that_of_the_colours_and_not_of_the_bytes():
    halves = bytes((0, 0, 0)) * 8 + bytes((255, 255, 255)) * 8
    assert mean_lab(halves) == pytest.approx((50, 0, 0), abs=0.01)
    assert distance(mean_lab(halves), lab(119, 119, 119)) < 1


def test_a_large_box_is_looked_at_here_and_there():
    assert mean_lab(bytes((10, 90, 200)) * 200_000) == pytest.approx(lab(10, 90, 200))


def test_a_box_is_cut_from_the_rows_of_a_picture():
    pixels = b"".join(bytes((x, y, 0)) for y in range(4) for x in range(8))
    assert cut(pixels, 8, 4, Box(0.25, 0.5, 0.5, 1.0)) == b"".join(bytes((x, y, 0)) for y in (2, 3) for x in (2, 3))
    assert len(cut(pixels, 8, 4, Box(1.0, 1.0, 1.0, 1.0))) == 3
    assert cut(pixels, 8, 4, Box(0, 0, 1, 1)) == pixels


def test_no_pixel_has_no_colour():
    with pytest.raises(ValueError):
        mean_lab(b"")
