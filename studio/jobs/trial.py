"""A few real steps, one real preview and one real checkpoint, to see whether they fit and how long they take.

They are made on the images of the largest bucket, where memory is tightest, in a folder that is gone afterwards.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TypeVar

import torch

from studio.core.buckets import Bucket
from studio.core.errors import UserError
from studio.core.recipe import Recipe
from studio.core.spec import SIDE_STEP
from studio.engine.anima.checkpoint import Anima
from studio.engine.gpu import pictures_at_once
from studio.engine.preview import render_previews
from studio.engine.state import write_state
from studio.engine.trainer import StepFacts, Trainer, TrainImage
from studio.jobs.memory import PeakMemory
from studio.store.digests import sha256_of

T = TypeVar("T")

STEPS = 2     # at least; where they are over at once, more are made, as one alone says little
MOST_STEPS = 12

_ENOUGH_S = 4.0
_IMAGES = 4   # as many as are encoded; they are repeated to fill the steps
_LESS = "Turn gradient checkpointing on, swap blocks, or take a smaller batch."


class Trial:
    """The first steps of a run on `anima`, until `close`; the base is the same afterwards."""

    def __init__(self, anima: Anima, images: list[TrainImage], recipe: Recipe, folder: Path) -> None:
        self.recipe, self._folder, self._anima = recipe, folder, anima
        self._images = largest(images, recipe)
        with _fitting(self._what):
            self._trainer = Trainer(anima, self._images, tried(recipe), folder)

    @property
    def bucket(self) -> Bucket:
        """The largest of the run."""
        return self._images[0].bucket

    def cache(self) -> float:
        """Seconds that it takes to encode an image with its captions; the first one warms up, where there are more."""
        with _fitting(self._what):
            seconds = [took for took, _ in _told(self._trainer.prepare())]
        return median(seconds[1:] or seconds)

    def steps(self) -> tuple[list[float], PeakMemory]:
        """Seconds of each step, the first of which warms up, and the memory that they took at their worst."""
        seconds: list[float] = []
        with PeakMemory(self._anima.device) as peak, _fitting(self._what):
            for took, facts in _told(self._trainer.steps()):
                if isinstance(facts, StepFacts):
                    seconds.append(took)
                if len(seconds) >= STEPS and sum(seconds[1:]) > _ENOUGH_S:
                    break
        return seconds, peak

    def preview(self, triggers: tuple[str, ...]) -> tuple[float, float]:
        """Seconds of the first preview alone, and of each on average when all of a character are drawn.

        A batch has one size whatever it holds, so a picture alone takes as long as several.
        """
        one = dataclasses.replace(self.recipe, preview_prompts=self.recipe.preview_prompts[:1],
                                  preview_seeds=self.recipe.preview_seeds[:1])
        size = f"A preview of {one.preview_width} x {one.preview_height} px"
        with _fitting(size), self._trainer.shown():
            took, _ = _timed(lambda: render_previews(self._anima, one, triggers[0], triggers))
        count = len(self.recipe.preview_prompts) * len(self.recipe.preview_seeds)
        at_once = pictures_at_once(self._anima.device, one.preview_width * one.preview_height // SIDE_STEP**2)
        return took, took * -(-count // at_once) / count

    def save(self) -> tuple[tuple[float, int], tuple[float, int]]:
        """(seconds, bytes) of a checkpoint, and of a state."""
        path = self._folder / "trial.safetensors"
        export_s, _ = _timed(lambda: (self._trainer.export(path, "comfy"), sha256_of(path)))
        state_s, state = _timed(lambda: write_state(self._folder / "state", self._trainer.state()))
        return (export_s, path.stat().st_size), (state_s, state.stat().st_size)

    def close(self) -> None:
        """Gives the base back as it came."""
        self._trainer.close()

    @property
    def _what(self) -> str:
        return f"A step of {self.recipe.batch_size} at {self.bucket}"


def largest(images: list[TrainImage], recipe: Recipe) -> list[TrainImage]:
    """A few images of the largest bucket, repeated as often as the steps need exposures."""
    bucket = max((image.bucket for image in images), key=lambda each: (each.area, each))
    chosen = [image for image in images if image.bucket == bucket][:_IMAGES]
    repeats = -(-MOST_STEPS * recipe.batch_size * recipe.accumulation // len(chosen))
    return [dataclasses.replace(image, repeats=repeats) for image in chosen]


def tried(recipe: Recipe) -> Recipe:
    """The recipe, cut short."""
    return dataclasses.replace(recipe, epochs=1, max_steps=MOST_STEPS)


@contextmanager
def _fitting(what: str) -> Iterator[None]:
    """Around what may ask for more memory than there is."""
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise UserError(f"{what} does not fit into the card's memory", _LESS) from error
    except RuntimeError as error:
        if "DefaultCPUAllocator" not in str(error):
            raise
        raise UserError(f"{what} does not fit into the memory of this machine", _LESS) from error


def _told(values: Iterable[T]) -> Iterator[tuple[float, T]]:
    """Each value with the seconds that it took to come."""
    began = time.perf_counter()
    for value in values:
        yield time.perf_counter() - began, value
        began = time.perf_counter()


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result
