"""The overlay shows what training keeps, by training's own arithmetic."""

import pytest

from studio.core.recipe import load_recipe
from ui.viewstate.crop import crop_of, crop_text


def test_a_tall_picture_loses_what_its_bucket_has_no_room_for() -> None:
    crop = crop_of(1000, 1500, load_recipe("official"))
    assert (crop.bucket.width * crop.bucket.height) == pytest.approx(1024**2, rel=0.1)
    width, height = 1000 * crop.factor * (crop.kept.right - crop.kept.left), 1500 * crop.factor * (
        crop.kept.bottom - crop.kept.top)
    assert (width, height) == (pytest.approx(crop.bucket.width), pytest.approx(crop.bucket.height))
    assert crop.kept.left == pytest.approx(1 - crop.kept.right) and crop.kept.top == pytest.approx(1 - crop.kept.bottom)


def test_a_bust_of_495_pixels_is_enlarged_and_says_by_how_much() -> None:
    crop = crop_of(495, 495, load_recipe("official"))
    assert crop.is_enlarged and crop.factor == pytest.approx(1024 / 495)
    assert "207 %" in crop_text(crop) and "nothing cut off" in crop_text(crop)


def test_a_side_that_is_cut_is_named() -> None:
    assert "left and right" in crop_text(crop_of(1100, 1024, load_recipe("official")))
    assert "above and below" in crop_text(crop_of(1024, 1100, load_recipe("official")))
