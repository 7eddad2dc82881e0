"""Boxes that are guessed around drawn figures."""

import random

import pytest
from PIL import Image, ImageDraw

from studio.store.figure_boxes import WHOLE, guessed_box


def test_a_figure_on_a_plain_background_is_found() -> None:
    image = Image.new("RGB", (400, 600), "white")
    ImageDraw.Draw(image).ellipse((100, 150, 299, 549), fill="navy")
    box = guessed_box(image)
    assert (box.left, box.top, box.right, box.bottom) == pytest.approx((0.25, 0.25, 0.75, 0.915), abs=0.01)
    assert box.origin == "guess"


def test_without_a_plain_background_it_is_the_whole_picture() -> None:
    noise = random.Random(1).randbytes(200 * 200 * 3)
    assert guessed_box(Image.frombytes("RGB", (200, 200), noise)) == WHOLE


def test_a_speck_is_no_figure() -> None:
    image = Image.new("RGB", (400, 400), "white")
    image.putpixel((200, 200), (0, 0, 0))
    assert guessed_box(image) == WHOLE
