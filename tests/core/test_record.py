from pathlib import Path

import pytest

from studio.core.dataset import ImageItem
from studio.core.errors import UserError
from studio.core.record import Box, Record, checked_box


def test_a_record_gives_the_parts_of_its_caption():
    record = Record(ImageItem("a", Path("a.png"), 8, 8, ("Mira",), "1girl, mira. She smiles."))
    assert (record.tags, record.sentences) == (("1girl", "mira"), "She smiles.")
    bare = Record(ImageItem("a", Path("a.png"), 8, 8, ("Mira",)))
    assert (bare.caption, bare.tags, bare.sentences) == ("", (), "")


def test_a_box_drawn_backwards_is_the_same_box():
    assert checked_box(Box(0.5, 0.75, 0.25, 0.25)) == Box(0.25, 0.25, 0.5, 0.75)
    assert Box(0.25, 0.25, 0.5, 0.75).area == 0.125


@pytest.mark.parametrize(
    "box", [Box(0.1, 0.1, 0.1, 0.5), Box(-0.1, 0, 1, 1), Box(0, 0, 1, 1.01), Box(0, 0, 1, float("nan"))]
)
def test_a_box_that_shows_nothing_of_the_image_is_refused(box):
    with pytest.raises(UserError, match="empty or lies outside"):
        checked_box(box)
