"""Latents on disk: the key covers all that decides them, and nothing stale is ever read."""

import itertools
import os
from pathlib import Path

import pytest
import torch
from PIL import Image

from studio.core.buckets import Bucket
from studio.core.errors import UserError
from studio.engine.anima.checkpoint import Anima
from studio.engine.anima.vae import pixels_of
from studio.engine.latent_cache import LatentCache, fitted, latent_key

SQUARE = Bucket(32, 32)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    return painted(tmp_path / "p.png", "navy")


def painted(path: Path, colour: str) -> Path:
    image = Image.new("RGB", (48, 40), "white")
    image.paste(colour, (0, 0, 20, 25))
    image.save(path)
    return path


def files_in(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*")}


def test_each_part_of_the_key_changes_it() -> None:
    parts = (("a", "b"), (SQUARE, Bucket(32, 48)), (False, True), ("vae 1", "vae 2"))
    keys = [latent_key(*combination) for combination in itertools.product(*parts)]
    assert len(set(keys)) == 16


def test_a_latent_is_encoded_once_and_then_read(tiny_anima: Anima, picture: Path, tmp_path: Path) -> None:
    first = LatentCache(tiny_anima, tmp_path / "cache").get(picture, SQUARE, False)
    assert first.shape == (16, 1, 4, 4) and first.dtype == torch.float32
    (file,) = (tmp_path / "cache").iterdir()
    written = file.stat().st_mtime_ns
    assert torch.equal(LatentCache(tiny_anima, tmp_path / "cache").get(picture, SQUARE, False), first)
    assert file.stat().st_mtime_ns == written


def test_flips_and_buckets_are_kept_apart(tiny_anima: Anima, picture: Path, tmp_path: Path) -> None:
    cache = LatentCache(tiny_anima, tmp_path / "cache")
    plain, mirrored = cache.get(picture, SQUARE, False), cache.get(picture, SQUARE, True)
    wide = cache.get(picture, Bucket(48, 32), False)
    assert not torch.equal(plain, mirrored) and wide.shape == (16, 1, 4, 6)
    assert len(files_in(tmp_path / "cache")) == 3


def test_a_mirrored_image_is_encoded_from_mirrored_pixels(tiny_anima: Anima, picture: Path, tmp_path: Path) -> None:
    cache = LatentCache(tiny_anima, tmp_path / "cache")
    by_hand = tmp_path / "mirrored.png"
    with Image.open(picture) as image:
        image.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(by_hand)
    assert torch.equal(cache.get(picture, SQUARE, True), cache.get(by_hand, SQUARE, False))


def test_other_bytes_under_the_same_name_and_date_are_another_latent(
    tiny_anima: Anima, picture: Path, tmp_path: Path
) -> None:
    before, cache = picture.stat(), tmp_path / "cache"
    old = LatentCache(tiny_anima, cache).get(picture, SQUARE, False)
    painted(picture, "maroon")
    os.utime(picture, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert not torch.equal(LatentCache(tiny_anima, cache).get(picture, SQUARE, False), old)
    assert len(files_in(cache)) == 2


def test_a_renamed_image_keeps_its_latent(tiny_anima: Anima, picture: Path, tmp_path: Path) -> None:
    LatentCache(tiny_anima, tmp_path / "cache").get(picture, SQUARE, False)
    before = files_in(tmp_path / "cache")
    renamed = picture.rename(tmp_path / "other.png")
    LatentCache(tiny_anima, tmp_path / "cache").get(renamed, SQUARE, False)
    assert files_in(tmp_path / "cache") == before


def test_a_damaged_cache_file_is_made_again(tiny_anima: Anima, picture: Path, tmp_path: Path) -> None:
    first = LatentCache(tiny_anima, tmp_path / "cache").get(picture, SQUARE, False)
    (file,) = (tmp_path / "cache").iterdir()
    file.write_bytes(file.read_bytes()[:40])
    assert torch.equal(LatentCache(tiny_anima, tmp_path / "cache").get(picture, SQUARE, False), first)


def test_a_missing_or_broken_image_is_named(tiny_anima: Anima, tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"not a picture")
    for name in ("broken.png", "missing.png"):
        with pytest.raises(UserError, match=name):
            LatentCache(tiny_anima, tmp_path / "cache").get(tmp_path / name, SQUARE, False)


def test_fitting_covers_the_bucket_and_cuts_around_the_centre() -> None:
    image = Image.new("RGB", (90, 30), "white")
    image.paste("black", (30, 0, 60, 30))
    cut = fitted(image, SQUARE)
    assert cut.size == (32, 32)
    assert cut.convert("L").getextrema()[1] <= 20  # only the middle third is left


def test_pixels_lie_between_minus_one_and_one() -> None:
    pixels = pixels_of(Image.new("RGB", (16, 32), (0, 255, 0)))
    assert pixels.shape == (3, 32, 16)
    assert pixels[:, 0, 0].tolist() == [-1.0, 1.0, -1.0]
