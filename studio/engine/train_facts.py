"""What a trainer is given and what it tells: plain values, without a project and without a journal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from studio.core.buckets import Bucket


@dataclass(frozen=True, slots=True)
class TrainImage:
    """One image of the run: its file, its literal caption as written, how often an epoch shows it, who is called."""

    id: str
    path: Path
    caption: str
    bucket: Bucket
    repeats: int = 1
    triggers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """`done` of `total` images and captions are in the cache."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class StepFacts:
    """One optimizer step; steps and epochs count from 1. `exposures` counts pictures shown since the run began.

    `buckets` are those of its pictures. `losses` are the means over the pictures of each trigger, where there are
    several triggers.
    """

    step: int
    epoch: int
    epoch_done: bool
    loss: float
    lr: float
    exposures: int
    buckets: tuple[Bucket, ...] = ()
    losses: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Uncompiled:
    """The blocks could not be compiled, which changes the speed and the last bits, and nothing else."""

    reason: str


@dataclass(frozen=True, slots=True)
class Upscaled:
    """An image smaller than its bucket, enlarged by `factor`."""

    image_id: str
    path: Path
    factor: float
