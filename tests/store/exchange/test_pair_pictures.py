import pytest
from PIL import Image, ImageDraw

from studio.core.pairs import Figure, side_by_side, swapped
from studio.core.record import Box
from studio.store.exchange.pair_pictures import background_of, border_colour, figure_mask, paired

RED, BLUE, WHITE, SKY = (200, 30, 40), (30, 60, 200), (255, 255, 255), (190, 220, 250)


def figure(path, size, colour, background, mark="left"):
    """A figure with a hole of the background's colour, and a mark on one side."""
    image = Image.new("RGB", size, background)
    pen = ImageDraw.Draw(image)
    width, height = size
    pen.rectangle((width * 0.2, height * 0.1, width * 0.8, height * 0.95), colour)
    pen.rectangle((width * 0.4, height * 0.4, width * 0.6, height * 0.6), background)
    at = 0.25 if mark == "left" else 0.7
    pen.rectangle((width * at, height * 0.15, width * (at + 0.05), height * 0.2), (0, 0, 0))
    image.save(path)
    return path


@pytest.fixture
def two(tmp_path):
    return figure(tmp_path / "a.png", (500, 1000), RED, WHITE), figure(tmp_path / "b.png", (400, 600), BLUE, SKY)


LAYOUT = side_by_side(Figure(500, 1000, Box(0.1, 0.05, 0.9, 0.95)), Figure(400, 600, Box(0.0, 0.0, 1.0, 1.0)))


def inside(place, x, y):
    return round(place[0] + x * (place[2] - place[0])), round(place[1] + y * (place[3] - place[1]))


def test_both_stand_before_the_background_of_the_left_one(two):
    assert background_of(*two, LAYOUT) == WHITE and background_of(*two[::-1], swapped(LAYOUT)) == SKY
    image = paired(*two, LAYOUT, WHITE)
    left, right = LAYOUT.left.place, LAYOUT.right.place
    assert image.size == (LAYOUT.width, LAYOUT.height)
    assert image.getpixel(inside(left, 0.5, 0.3)) == RED and image.getpixel(inside(right, 0.5, 0.3)) == BLUE
    for x in (0, left[2] + 2, LAYOUT.width - 1):
        assert image.getpixel((x, 0)) == WHITE
    assert image.getpixel(inside(right, 0.05, 0.5)) == WHITE


def test_what_is_inside_a_figure_stays_though_it_has_the_backgrounds_colour(two):
    assert paired(*two, LAYOUT, WHITE).getpixel(inside(LAYOUT.right.place, 0.5, 0.5)) == SKY


def test_the_background_may_be_chosen(two):
    image = paired(*two, LAYOUT, (10, 20, 30))
    assert image.getpixel((0, 0)) == (10, 20, 30) == image.getpixel(inside(LAYOUT.left.place, 0.02, 0.5))


def test_the_swapped_picture_mirrors_nobody(two):
    other = swapped(LAYOUT)
    image, turned = paired(*two, LAYOUT, WHITE), paired(*two[::-1], other, WHITE)
    for one, same in ((LAYOUT.left.place, other.right.place), (LAYOUT.right.place, other.left.place)):
        assert image.crop(one).getpixel((40, 100)) == turned.crop(same).getpixel((40, 100))
    mark = inside(other.right.place, 0.1875 + 0.01, 0.14)
    assert max(turned.getpixel(mark)) < 90


def test_a_background_that_is_not_plain_keeps_its_rectangle(tmp_path, two):
    noisy = tmp_path / "c.png"
    Image.effect_noise((400, 600), 120).convert("RGB").save(noisy)
    image = paired(two[0], noisy, LAYOUT, WHITE)
    place = LAYOUT.right.place
    assert border_colour(Image.open(noisy).convert("RGB")) is None
    assert image.getpixel((place[0] - 2, 300)) == WHITE
    assert len(image.crop(place).crop((0, 0, 40, 40)).getcolors()) > 100


def test_a_figure_that_touches_the_border_is_not_lost(tmp_path):
    image = Image.new("RGB", (200, 300), WHITE)
    ImageDraw.Draw(image).rectangle((60, 40, 140, 300), RED)
    mask = figure_mask(image, WHITE)
    assert mask.getpixel((100, 150)) == 255 == mask.getpixel((100, 299)) and mask.getpixel((5, 150)) == 0


def bust(hair_to: float) -> Image.Image:
    """Shoulders that fill the lower border from edge to edge, and hair that may reach the upper one."""
    image = Image.new("RGB", (300, 300), SKY)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 110, 300, 300), RED)
    pen.rectangle((60, 300 * hair_to, 240, 200), BLUE)
    return image


@pytest.mark.parametrize("hair_to", [0.1, 0.0])
def test_a_bust_that_fills_its_box_stands_before_what_is_behind_her_and_not_before_her_clothes(hair_to):
    assert border_colour(bust(hair_to)) == SKY
    mask = figure_mask(bust(hair_to), SKY)
    assert mask.getpixel((10, 250)) == 255 == mask.getpixel((150, 60)) and mask.getpixel((10, 20)) == 0


def test_a_figure_from_corner_to_corner_has_no_background():
    image = bust(0.0)
    ImageDraw.Draw(image).rectangle((0, 0, 60, 120), RED)
    assert border_colour(image) is None
