"""Pictures come from threads, thumbnails from the disk the second time, and nothing is shown that cannot be read."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QThread
from PySide6.QtGui import QImage

from tests.ui.conftest import draw, wait_until
from ui.images.cache import NAME, ThumbnailCache
from ui.images.decode import thumbnail
from ui.images.loader import SIDES, Loader, Wanted


@pytest.fixture
def loader(application, tmp_path: Path) -> Iterator[Loader]:
    made = Loader(ThumbnailCache(tmp_path / "cache"), threads=2)
    yield made
    made.close()


def wanted(path: Path, number: int, side: int = SIDES[0]) -> Wanted:
    return Wanted(f"{number:016x}", draw(path / f"{number}.png", number, (600, 900)), side)


def test_a_thumbnail_comes_later_and_fits_its_square(loader: Loader, tmp_path: Path) -> None:
    asked = wanted(tmp_path, 1)
    assert loader.pixmap(asked.id, asked.side) is None
    loader.ask([asked])
    wait_until(lambda: not loader.is_busy)
    found = loader.pixmap(asked.id, asked.side)
    assert max(found.width(), found.height()) == SIDES[0]


def test_the_second_time_the_file_is_not_needed(loader: Loader, tmp_path: Path) -> None:
    asked = wanted(tmp_path, 1)
    loader.ask([asked])
    wait_until(lambda: not loader.is_busy)
    asked.path.unlink()
    again = Loader(ThumbnailCache(tmp_path / "cache"))
    again.ask([asked])
    wait_until(lambda: not again.is_busy)
    assert not again.pixmap(asked.id, asked.side).isNull()
    again.close()


def test_a_stamp_is_made_of_the_thumbnail_that_who_comes_nearer_wants_next(tmp_path: Path) -> None:
    cache, asked = ThumbnailCache(tmp_path / "cache"), wanted(tmp_path, 1, 64)
    stamp = thumbnail(cache, asked.id, asked.path, 64)
    assert (stamp.width(), stamp.height()) == (43, 64)
    asked.path.unlink()
    assert max(thumbnail(cache, asked.id, asked.path, 256).size().toTuple()) == 256, "the file was read once"
    assert thumbnail(cache, asked.id, asked.path, 64).size() == stamp.size() and cache.has(asked.id, 64)
    assert thumbnail(cache, "f" * 16, asked.path, 64).isNull() and not cache.has("f" * 16, 64)
    tiny = Wanted("e" * 16, draw(tmp_path / "tiny.png", 2, (32, 48)), 64)
    assert thumbnail(cache, tiny.id, tiny.path, 64).size().toTuple() == (32, 48), "nothing is enlarged"
    cache.close()


def test_thumbnails_are_made_for_later_without_being_kept_in_memory(loader: Loader, tmp_path: Path) -> None:
    asked = [wanted(tmp_path, number) for number in range(4)]
    loader.prepare(asked)
    wait_until(lambda: not loader.is_busy)
    assert loader.pixmap(asked[0].id, SIDES[0]) is None
    cache = ThumbnailCache(tmp_path / "cache")
    assert all(cache.has(each.id, SIDES[0]) for each in asked)
    cache.close()


def test_what_is_for_later_is_named_by_the_threads_and_not_by_the_window(loader: Loader, tmp_path: Path) -> None:
    namers = set()

    def named() -> Iterator[Wanted]:
        for number in range(3):
            namers.add(threading.current_thread().name)
            yield wanted(tmp_path, number)

    loader.prepare(named())
    wait_until(lambda: not loader.is_busy)
    assert namers and threading.main_thread().name not in namers


def test_what_cannot_be_read_is_a_null_picture_and_no_error(loader: Loader, tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    loader.ask([Wanted("0" * 16, broken, SIDES[0])])
    wait_until(lambda: not loader.is_busy)
    assert loader.pixmap("0" * 16, SIDES[0]).isNull()


def test_decoding_never_happens_in_the_window_thread(loader: Loader, tmp_path: Path, monkeypatch) -> None:
    import ui.images.loader as module

    threads, real = [], module.thumbnail

    def watched(*wanted: object) -> QImage:
        threads.append(QThread.currentThread())
        return real(*wanted)

    monkeypatch.setattr(module, "thumbnail", watched)
    loader.ask([wanted(tmp_path, number) for number in range(3)])
    wait_until(lambda: not loader.is_busy)
    assert len(threads) == 3 and QThread.currentThread() not in threads


def test_a_damaged_cache_gives_way_to_a_new_one(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"not a database" * 100)
    cache = ThumbnailCache(tmp_path)
    cache.write("a", 256, b"jpeg")
    assert cache.read("a", 256) == b"jpeg"
    cache.close()


def test_a_cache_that_was_closed_finds_nothing(tmp_path: Path) -> None:
    cache = ThumbnailCache(tmp_path)
    cache.write("a", 256, b"jpeg")
    cache.close()
    assert cache.read("a", 256) is None and not cache.has("a", 256)


def test_a_picture_in_its_own_size_has_every_pixel(loader: Loader, tmp_path: Path) -> None:
    asked = wanted(tmp_path, 3)
    loader.ask_whole(asked.id, asked.path)
    wait_until(lambda: not loader.is_busy)
    found = loader.any_pixmap(asked.id)
    assert (found.width(), found.height()) == (600, 900)
