import math

from PIL import Image

from studio.jobs.comparison import Difference, difference, side_by_side

GREY, NEAR = Image.new("RGB", (4, 2), (100, 100, 100)), Image.new("RGB", (4, 2), (100, 110, 100))


def test_equal_pictures_differ_by_nothing():
    assert difference(GREY, GREY.copy()) == Difference(0, 0.0, math.inf)
    assert str(difference(GREY, GREY)) == "none: every byte is equal"


def test_the_difference_is_counted_over_all_channels():
    found = difference(GREY, NEAR)
    assert (found.largest, round(found.mean, 9)) == (10, round(10 / 3, 9))
    assert math.isclose(found.psnr_db, 10 * math.log10(255**2 / (100 / 3)))
    assert str(found) == "largest 10 of 255 levels, mean 3.33, PSNR 32.9 dB"


def test_side_by_side_shows_both_and_the_amplified_difference():
    row = side_by_side(GREY, NEAR)
    assert row.size == (28, 2)
    seen = [row.getpixel((x, 0)) for x in (0, 6, 12, 24)]
    assert seen == [(100, 100, 100), (255, 255, 255), (100, 110, 100), (0, 80, 0)]
