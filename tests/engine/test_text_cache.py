"""Captions on disk: literal, keyed by caption and encoder, with no dropout baked in."""

from pathlib import Path

import pytest
import torch
from PIL import Image

from studio.core.buckets import Bucket
from studio.core.recipe import Recipe
from studio.core.schedule import Sample
from studio.engine.anima.checkpoint import Anima
from studio.engine.flow import drops_caption
from studio.engine.text_cache import TextCache, text_key
from studio.engine.trainer import Trainer, TrainImage

CAPTION = "1girl, mira, (blue hair:1.5). She waves, smiling, at the sea."


def test_a_caption_and_an_encoder_make_a_key() -> None:
    assert len({text_key(caption, encoder) for caption in ("a", "b") for encoder in ("x", "y")}) == 4


def test_a_caption_is_encoded_literally_and_read_back_exactly(tiny_anima: Anima, tmp_path: Path) -> None:
    first = TextCache(tiny_anima, tmp_path).get(CAPTION)
    assert torch.equal(first.tokens, tiny_anima.text.encode(CAPTION, literal=True).tokens)
    assert len(list(tmp_path.iterdir())) == 1
    again = TextCache(tiny_anima, tmp_path).get(CAPTION)
    assert torch.equal(again.tokens, first.tokens) and again.pads == first.pads


def test_a_damaged_cache_file_is_made_again(tiny_anima: Anima, tmp_path: Path) -> None:
    first = TextCache(tiny_anima, tmp_path).get(CAPTION)
    (file,) = tmp_path.iterdir()
    file.write_bytes(b"")
    assert torch.equal(TextCache(tiny_anima, tmp_path).get(CAPTION).tokens, first.tokens)


def prepared_files(anima: Anima, folder: Path, dropout: float) -> set[str]:
    Image.new("RGB", (32, 32), "navy").save(folder / "p.png")
    recipe = Recipe(rank=1, caption_dropout=dropout, epochs=1, gradient_checkpointing=False)
    image = TrainImage("p", folder / "p.png", CAPTION, Bucket(32, 32))
    with Trainer(anima, [image], recipe, folder / "cache") as trainer:
        list(trainer.prepare())
        list(trainer.steps())
        return {path.name for path in (folder / "cache" / "contexts").iterdir()}


def test_caption_dropout_is_not_in_the_cache(tiny_anima: Anima, tmp_path: Path) -> None:
    never = prepared_files(tiny_anima, tmp_path, 0.0)
    always = prepared_files(tiny_anima, tmp_path, 1.0)
    assert len(never) == 1 and never < always and len(always) == 2  # the caption itself, and the empty one


@pytest.mark.parametrize("rate", [0.0, 0.25, 1.0])
def test_captions_are_dropped_at_the_asked_rate_anew_each_epoch(rate: float) -> None:
    recipe = Recipe(caption_dropout=rate)
    dropped = [drops_caption(recipe, Sample("p", 0, epoch)) for epoch in range(1, 2001)]
    assert sum(dropped) / len(dropped) == pytest.approx(rate, abs=0.03)
