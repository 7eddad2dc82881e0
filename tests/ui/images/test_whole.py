"""Pictures in their own size come from threads, the first wish first, and never take more memory than was granted."""

from pathlib import Path

import pytest
import shiboken6
from PIL import Image
from PySide6.QtWidgets import QWidget

from tests.ui.conftest import wait_until
from ui.images.whole import WholePictures

ONE = 4 * 64 * 64  # bytes


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{number:02}.png" for number in range(20)]
    for number, path in enumerate(paths):
        Image.new("RGB", (64, 64), (10 * number, 0, 0)).save(path)
    return paths


@pytest.fixture
def pictures(application):
    made = WholePictures(most_bytes=10 * ONE, threads=1)
    yield made
    made.close()


def test_what_is_wanted_comes_with_its_own_pixels(pictures: WholePictures, files: list[Path]) -> None:
    pictures.want(files[3:5])
    wait_until(lambda: not pictures.is_busy)
    assert pictures.pixmap(files[4]).toImage().pixelColor(9, 9).red() == 40 and pictures.pixmap(files[0]) is None


def test_memory_is_kept_within_its_bounds_and_what_was_wanted_first_stays(pictures, files: list[Path]) -> None:
    pictures.want(files[:1])
    wait_until(lambda: not pictures.is_busy)
    assert pictures.room == 10
    pictures.want(files)
    wait_until(lambda: not pictures.is_busy)
    assert pictures.bytes == 10 * ONE and all(pictures.pixmap(path) for path in files[:10])
    pictures.want(files[::-1])
    wait_until(lambda: not pictures.is_busy)
    assert pictures.bytes <= 10 * ONE and all(pictures.pixmap(path) for path in files[10:])
    pictures.shrink(3 * ONE)
    assert pictures.bytes == 3 * ONE


def test_a_file_that_cannot_be_read_is_an_empty_picture(pictures: WholePictures, tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"no picture")
    pictures.want([tmp_path / "broken.png", tmp_path / "gone.png"])
    wait_until(lambda: not pictures.is_busy)
    assert pictures.pixmap(tmp_path / "broken.png").isNull() and pictures.pixmap(tmp_path / "gone.png").isNull()


def test_with_its_window_gone_no_thread_is_left_that_could_tell_of_a_picture(application, files: list[Path]) -> None:
    window = QWidget()
    pictures = WholePictures(threads=2, parent=window)
    pictures.want(files)
    shiboken6.delete(window)
    assert not any(thread.is_alive() for thread in pictures._threads)
