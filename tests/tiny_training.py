"""A training run small enough for a blink: five painted images in two buckets, and a recipe for the tiny base."""

from collections.abc import Sequence
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from studio.core.buckets import Bucket
from studio.core.recipe import Recipe
from studio.engine.anima.checkpoint import Anima
from studio.engine.lora.inject import adapter_names, adapter_parameters
from studio.engine.trainer import StepFacts, Trainer, TrainImage

WIDE, TALL = Bucket(64, 32), Bucket(32, 64)
RECIPE = Recipe(
    name="test", rank=2, alpha=2.0, learning_rate=1e-2, batch_size=2, accumulation=2, epochs=2, seed=7, flip=True,
    caption_dropout=0.3, warmup_steps=3, gradient_checkpointing=False, preview_prompts=("{trigger}, 1girl",),
    preview_seeds=(1, 2), preview_steps=2, preview_width=64, preview_height=64,
)  # fmt: skip


def painted_images(folder: Path) -> tuple[TrainImage, ...]:
    """Nine exposures an epoch: 3 + 2 batches, 3 steps, the last with one batch."""
    buckets, repeats = (WIDE, WIDE, TALL, TALL, WIDE), (2, 1, 3, 1, 2)
    paths = [painted(folder / f"{place}.png", place) for place in range(5)]
    return tuple(
        TrainImage(f"id{place}", path, f"1girl, mira, blue hair {place}", bucket, repeat, ("mira",))
        for place, (path, bucket, repeat) in enumerate(zip(paths, buckets, repeats, strict=True))
    )


def painted(path: Path, seed: int, size: tuple[int, int] = (80, 72)) -> Path:
    own = torch.Generator().manual_seed(seed)
    levels = torch.randint(0, 256, (6, 6, 3), generator=own, dtype=torch.uint8).numpy()
    Image.fromarray(levels).resize(size).save(path)
    return path


def factors_of(trainer: Trainer) -> dict[str, Tensor]:
    """What is trained, as it is."""
    transformer = trainer.anima.transformer
    values = zip(adapter_names(transformer), adapter_parameters(transformer), strict=True)
    return {name: value.detach().clone() for name, value in values}


def same(first: dict[str, Tensor], second: dict[str, Tensor]) -> bool:
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def trained(
    anima: Anima, images: Sequence[TrainImage], recipe: Recipe, cache: Path
) -> tuple[list[StepFacts], dict[str, Tensor]]:
    with Trainer(anima, images, recipe, cache) as trainer:
        facts = list(trainer.steps())
        return facts, factors_of(trainer)
