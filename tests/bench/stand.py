"""What the benches stand on: a base model, a recipe, a sample's images, and how much of everything is done."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import torch

from resources import folder
from studio.core.buckets import bucket_of
from studio.core.recipe import Recipe, load_recipe
from studio.engine.anima.checkpoint import Anima, load
from studio.engine.anima.files import BaseFiles, find_base
from studio.engine.trainer import TrainImage
from studio.store.captions import read_caption
from studio.store.images import size_of_file

TRIGGER = "miravelo"  # of the sample
REPEATS = 8  # the sample's own: enough for full batches


@dataclass(frozen=True, slots=True)
class Effort:
    """How often and how long; as it stands, some minutes on two idle cores."""

    step_pairs: int = 30
    sheet_pairs: int = 3
    cells: int = 24
    sheet_steps: int = 10  # divides 1000: else `simple` visits rounded noise levels, and diffusers draws other pictures
    vae_pairs: int = 5
    vae_sides: tuple[int, ...] = (128, 512)
    swap_pairs: int = 6
    cell_steps: int = 25
    rounds: int = 5
    turn_s: float = 6.0
    starts: int = 10


@dataclass(frozen=True)
class Stand:
    """Everything runs on the CPU in float32, where the practice model is at home. `scratch` is written to."""

    scratch: Path
    base: Path = field(default_factory=lambda: folder("miniature"))
    recipe: Recipe = field(default_factory=lambda: load_recipe("practice"))
    pictures: Path = field(default_factory=lambda: folder("samples", "mira"))
    effort: Effort = Effort()

    @cached_property
    def files(self) -> BaseFiles:
        return find_base(self.base)

    @property
    def cache(self) -> Path:
        return self.scratch / "cache"

    def load(self) -> Anima:
        """A base of one's own."""
        return load(self.files, torch.device("cpu"), torch.float32)

    @cached_property
    def images(self) -> tuple[TrainImage, ...]:
        return tuple(self._images())

    def _images(self) -> Iterator[TrainImage]:
        for path in sorted(self.pictures.glob("*.png")):
            bucket = bucket_of(*size_of_file(path), self.recipe)
            yield TrainImage(path.stem, path, read_caption(path) or "", bucket, REPEATS)
