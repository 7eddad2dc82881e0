"""Runs whose journals are written by hand: everything a window shows of a run, without training one."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path

from PIL import Image

from studio.core.events import (
    CheckpointSaved,
    Event,
    PreviewReady,
    Started,
    StateSaved,
    StepDone,
    Telemetry,
    stamped,
)
from studio.core.previews import preview_specs
from studio.core.recipe import Recipe, load_recipe
from studio.store import dataset, runs
from studio.store.journal import Journal
from studio.store.runs import RunFolder
from studio.store.workspace import Workspace

PER_EPOCH = 10
TRIGGER = "miravelo"


def written_run(place: Workspace, epochs: int = 2, total: int = 4, more: Iterable[Event] = (), **settings) -> RunFolder:
    """A run of so many finished epochs and three steps of the next one, with a preview of each; `more` ends it."""
    recipe = dataclasses.replace(load_recipe("practice"), epochs=total, preview_every=1, **settings)
    run = runs.create_run(place, recipe, dataset.dataset(place))
    append(run, Started(run.id, "train", total * PER_EPOCH, {"title": "practice model", "base": {"name": "practice"}}))
    append(run, *previews(run, recipe, 0))
    for epoch in range(1, epochs + 1):
        append(run, *steps((epoch - 1) * PER_EPOCH + 1, epoch * PER_EPOCH))
        append(run, CheckpointSaved(epoch, epoch * PER_EPOCH, f"checkpoints/e{epoch:03d}.safetensors", "0" * 64),
               StateSaved(epoch * PER_EPOCH, "state/a.pt", "0" * 64), *previews(run, recipe, epoch))
    append(run, *steps(epochs * PER_EPOCH + 1, epochs * PER_EPOCH + 3), *more)
    return run


def steps(first: int, last: int) -> list[Event]:
    made: list[Event] = [StepDone(step, 1 + (step - 1) // PER_EPOCH, 1 / (step + 1), 1e-4, 0.5, 8 * step,
                                  "128x160" if step % 2 else "144x144") for step in range(first, last + 1)]
    return [*made, Telemetry(2**30, 4 * 2**30, 2**31, 65.0, 0.5)]


def previews(run: RunFolder, recipe: Recipe, epoch: int, step: int = 0) -> list[Event]:
    """A picture for each prompt and seed, on disk before its line is."""
    made: list[Event] = []
    for number, spec in enumerate(preview_specs(recipe, TRIGGER)):
        path = run.previews(epoch) / f"s{step}-{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (32, 40), (40 * epoch % 256, 60 * number % 256, 120)).save(path)
        made.append(PreviewReady(epoch, spec.prompt, spec.seed, run.relative(path), step))
    return made


def append(run: RunFolder, *events: Event, attempt: int = 1) -> None:
    """More lines in its journal."""
    with Journal(Path(run.journal)) as journal:
        for event in events:
            journal.append(stamped(event, 1000.0, attempt))
