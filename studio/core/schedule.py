"""What is shown when. Every draw is a function of (run seed, epoch, image, repeat, purpose), so nothing can get lost.

There is no generator to save: a resumed run, a run with previews and a run on another machine draw the same numbers.
Epochs and steps count from 1, repeats from 0. A step is `accumulation` batches; an exposure is one sample.
"""

import hashlib
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeVar

from studio.core.recipe import Recipe

T = TypeVar("T")
# Bucket -> the images in it, as (image id, repeats).
Grouped = Mapping[Hashable, Sequence[tuple[str, int]]]


@dataclass(frozen=True, slots=True)
class Sample:
    """One exposure: this image, for the `repeat`-th time in this epoch."""

    image_id: str
    repeat: int
    epoch: int


Batch = tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class LaidOut:
    """The steps of the epoch `number`, and how many of its pictures were shown after each."""

    number: int
    steps: tuple[tuple[Batch, ...], ...]
    shown: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The length of a run. Steps always stand beside exposures."""

    steps_per_epoch: int
    exposures_per_epoch: int
    epochs: int
    steps: int

    def epoch_of(self, step: int) -> int:
        """The epoch that a step belongs to; both count from 1, and step 0 is epoch 0."""
        return (step - 1) // self.steps_per_epoch + 1

    def ends_epoch(self, step: int) -> bool:
        """Whether an epoch is complete after this step."""
        return step % self.steps_per_epoch == 0


def grouped(images: Iterable[tuple[Hashable, str, int]]) -> dict[Hashable, list[tuple[str, int]]]:
    """The images, each as (bucket, image id, repeats), by their buckets."""
    groups: dict[Hashable, list[tuple[str, int]]] = {}
    for bucket, image_id, repeats in images:
        groups.setdefault(bucket, []).append((image_id, repeats))
    return groups


def plan(groups: Grouped, recipe: Recipe) -> Plan:
    """How many steps and exposures the recipe takes on these images."""
    steps = steps_per_epoch(groups, recipe.batch_size, recipe.accumulation)
    total = min(recipe.epochs * steps, recipe.max_steps or recipe.epochs * steps)
    exposures = sum(repeats for images in groups.values() for _, repeats in images)
    return Plan(steps, exposures, recipe.epochs, total)


def steps_per_epoch(groups: Grouped, batch_size: int, accumulation: int) -> int:
    """Steps of one epoch: incomplete batches and incomplete accumulations count, none is dropped."""
    exposures = (sum(repeats for _, repeats in images) for images in groups.values())
    return _ceil(sum(_ceil(each, batch_size) for each in exposures), accumulation)


def epoch_batches(groups: Grouped, batch_size: int, seed: int, epoch: int) -> tuple[Batch, ...]:
    """The batches of an epoch, each of one bucket, in an order that depends on (seed, epoch) and the images alone."""
    batches = [batch for images in groups.values() for batch in _bucket_batches(images, batch_size, seed, epoch)]
    return tuple(sorted(batches, key=lambda batch: _rank(seed, batch[0], "batch")))


def epoch_steps(groups: Grouped, recipe: Recipe, epoch: int) -> tuple[tuple[Batch, ...], ...]:
    """The steps of an epoch, each a tuple of the batches whose gradients it adds up; the last may hold fewer."""
    return tuple(chunks(epoch_batches(groups, recipe.batch_size, recipe.seed, epoch), recipe.accumulation))


def laid_out(groups: Grouped, recipe: Recipe, epoch: int) -> LaidOut:
    """An epoch as it is trained."""
    steps = epoch_steps(groups, recipe, epoch)
    return LaidOut(epoch, steps, tuple(accumulate(sum(map(len, batches)) for batches in steps)))


def sample_seed(run_seed: int, epoch: int, image_id: str, repeat: int, purpose: str) -> int:
    """A seed of 63 bits for one draw; another purpose ("noise", "timestep", ...) is another draw."""
    text = "\0".join((str(run_seed), str(epoch), image_id, str(repeat), purpose))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") >> 1


def sample_draw(run_seed: int, sample: Sample, purpose: str) -> float:
    """A number in [0, 1) for one draw, uniform in steps of 2**-53."""
    return (sample_seed(run_seed, sample.epoch, sample.image_id, sample.repeat, purpose) >> 10) / 2**53


def chunks(values: Iterable[T], size: int) -> list[tuple[T, ...]]:
    """Consecutive groups of `size`; the last holds what is left."""
    every = tuple(values)
    return [every[start:start + size] for start in range(0, len(every), size)]


def _bucket_batches(images: Sequence[tuple[str, int]], size: int, seed: int, epoch: int) -> list[Batch]:
    samples = [Sample(image_id, repeat, epoch) for image_id, repeats in images for repeat in range(repeats)]
    return chunks(sorted(samples, key=lambda sample: _rank(seed, sample, "order")), size)


def _rank(seed: int, sample: Sample, purpose: str) -> tuple[int, str, int]:
    drawn = sample_seed(seed, sample.epoch, sample.image_id, sample.repeat, purpose)
    return drawn, sample.image_id, sample.repeat


def _ceil(count: int, size: int) -> int:
    return -(-count // size)
