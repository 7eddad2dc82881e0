import random

from studio.core.colour_drift import lab
from studio.core.swatch import srgb


def test_a_colour_comes_back():
    dice = random.Random(3)
    for _ in range(300):
        pixel = tuple(dice.randrange(256) for _ in range(3))
        assert max(abs(one - other) for one, other in zip(srgb(lab(*pixel)), pixel, strict=True)) <= 1


def test_what_no_screen_can_show_is_cut_off():
    assert srgb((50.0, 200.0, -200.0)) == (174, 0, 255)
