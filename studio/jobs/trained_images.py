"""Which images does a run show, and how does the engine take them?"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.buckets import bucket_of
from studio.core.dataset import Dataset, dataset_of
from studio.core.edits import recorded
from studio.core.recipe import Recipe
from studio.store import dataset as datasets
from studio.store.edits import read_edits
from studio.store.workspace import Workspace

if TYPE_CHECKING:
    from studio.engine.trainer import TrainImage


def trained_dataset(place: Workspace, characters: Iterable[str] = ()) -> Dataset:
    """The images of these characters, of all if none is named; those of several take part if all of them do.

    What a person rejected takes no part.
    """
    every, state = datasets.dataset(place), read_edits(place)
    names = {place.project.character(name).name for name in characters} or {each.name for each in every.characters}
    chosen = (image for image in every.images if names.issuperset(image.characters))
    return dataset_of(every.characters, (image for image in chosen if not recorded(image, state).rejected),
                      every.groups)


def train_images(project: Path, dataset: Dataset, recipe: Recipe) -> list[TrainImage]:
    """The dataset as the engine takes it."""
    from studio.engine.trainer import TrainImage

    return [TrainImage(image.id, project / image.path, image.caption or "",
                       bucket_of(image.width, image.height, recipe), dataset.repeats_of(image),
                       dataset.triggers_of(image))
            for image in dataset.images]
