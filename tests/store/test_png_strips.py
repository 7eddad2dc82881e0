"""A picture written strip by strip: every pixel, whole or not at all."""

import random
from pathlib import Path

import pytest
from PIL import Image

from studio.store.png_strips import write_strips


def noisy(size: tuple[int, int]) -> Image.Image:
    return Image.frombytes("RGB", size, random.Random(size[0]).randbytes(3 * size[0] * size[1]))


@pytest.mark.parametrize("heights", [(7,), (1, 1, 1), (3, 40, 2, 9)])
def test_the_strips_are_read_back_as_one_picture(tmp_path: Path, heights: tuple[int, ...]) -> None:
    whole = noisy((33, sum(heights)))
    tops = [sum(heights[:place]) for place in range(len(heights))]
    strips = (whole.crop((0, top, 33, top + height)) for top, height in zip(tops, heights, strict=True))
    assert list(write_strips(tmp_path / "a.png", whole.size, strips))[-1] == whole.height
    with Image.open(tmp_path / "a.png") as found:
        assert found.mode == "RGB" and found.tobytes() == whole.tobytes()
    with Image.open(tmp_path / "a.png") as found:
        found.verify()


def test_whoever_stops_asking_leaves_no_file(tmp_path: Path) -> None:
    writing = write_strips(tmp_path / "a.png", (8, 8), (noisy((8, 4)) for _ in range(2)))
    next(writing)
    writing.close()
    assert list(tmp_path.iterdir()) == []


def test_strips_that_do_not_make_up_the_picture_are_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="4 rows of 8"):
        list(write_strips(tmp_path / "a.png", (8, 8), [noisy((8, 4))]))
    assert list(tmp_path.iterdir()) == []
