"""What a rehearsal trains on: a few pictures that ship, and a recipe that leaves a mark in few steps."""

from __future__ import annotations

from pathlib import Path

import resources
from studio.core.buckets import bucket_of
from studio.core.recipe import Recipe
from studio.core.spec import SIDE_STEP, RenderSpec
from studio.engine.trainer import TrainImage
from studio.store.captions import read_caption
from studio.store.images import id_of_file, size_of_file

IMAGES = 4

_RATE = 1e-3  # fifty times a careful run's: what twenty steps learn shall be seen in a picture


def rehearsed_recipe(spec: RenderSpec, steps: int) -> Recipe:
    """A character's LoRA of the usual rank, at the size of the rehearsal's picture."""
    return Recipe(name="rehearsal", learning_rate=_RATE, epochs=steps, max_steps=steps, preview_every=0,
                  resolution=min(spec.width, spec.height), bucket_step=SIDE_STEP)


def rehearsed_images(recipe: Recipe) -> tuple[TrainImage, ...]:
    """Pictures of the first sample character with their captions."""
    paths = sorted(resources.folder("samples").glob("*/*.png"))[:IMAGES]
    return tuple(_image(path, recipe) for path in paths)


def _image(path: Path, recipe: Recipe) -> TrainImage:
    return TrainImage(id_of_file(path), path, read_caption(path) or "", bucket_of(*size_of_file(path), recipe))
