"""Starts and resumes training: what has to be right before, what is frozen, what is recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.buckets import bucket_of
from studio.core.dataset import Dataset, dataset_of, shown_an_epoch
from studio.core.errors import UserError
from studio.core.events import Ending, Facts, Note, Started
from studio.core.fold import fold
from studio.core.preflight import require_ready
from studio.core.recipe import Recipe
from studio.core.schedule import Plan, grouped, plan
from studio.jobs.bases import BaseChoice, base_from_facts, chosen_base
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.jobs.room import require_room
from studio.store import dataset as datasets
from studio.store import journal, runs
from studio.store.runs import RunFolder
from studio.store.workspace import Workspace

if TYPE_CHECKING:
    from studio.engine.trainer import TrainImage, Trainer


@dataclass(frozen=True, slots=True)
class Train:
    """One attempt at a run, the first or a later one."""

    place: Workspace
    of: RunFolder
    base: BaseChoice
    kind = "train"

    @property
    def folder(self) -> Path:
        return self.of.folder

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        from studio.jobs.attempt import Attempt

        recipe, dataset = runs.read_recipe(self.of), runs.read_dataset(self.of)
        length = _plan(dataset, recipe)
        emit(Started(self.of.id, self.kind, length.steps, self._facts(gpu.facts(recipe.precision))))
        for repair in self.place.repairs:
            emit(Note(repair))
        if len(dataset.characters) > 1:
            emit(Note(f"Exposures in an epoch: {_shares(shown_an_epoch(dataset))}."))
        self._require_room(gpu, recipe, length)
        with self._trainer(gpu, recipe, dataset, emit) as trainer:
            return Attempt(self.of, trainer, dataset.triggers, self.base.title, emit, stop).run()

    def _require_room(self, gpu: Gpu, recipe: Recipe, length: Plan) -> None:
        """Told from the header of the base: a full disk should not cost the time it takes to load one."""
        from studio.engine.lora.size import count_numbers

        numbers = count_numbers(self.base.files(), recipe)
        require_room(self.of, recipe, length, numbers, gpu.dtype(recipe.precision).itemsize)

    @contextmanager
    def _trainer(self, gpu: Gpu, recipe: Recipe, dataset: Dataset, emit: Emit) -> Iterator[Trainer]:
        from studio.engine.trainer import Trainer

        images = _images(self.place.folder, dataset, recipe)
        with (gpu.resident(self.base.files(), recipe.precision, emit) as anima,
              Trainer(anima, images, recipe, self.place.cache) as trainer):
            yield trainer

    def _facts(self, machine: Facts) -> Facts:
        return {**machine, "base": self.base.facts(), "title": self.base.title}


def start_training(place: Workspace, recipe: Recipe, base: BaseChoice | None = None,
                   characters: tuple[str, ...] = ()) -> Train:
    """Freezes a new run of these characters, of all if none is named.

    Raises UserError, with nothing on disk, for a missing base and for whatever has to be right before a run.
    """
    base = chosen_base(base, place.project)
    base.files()
    dataset = _dataset(place, characters)
    require_ready(dataset, recipe)
    return Train(place, runs.create_run(place, recipe, dataset), base)


def resume_training(place: Workspace, wanted: str, base: BaseChoice | None = None) -> Train:
    """A run that has not reached its end; without a base, on the one it was started on. Raises UserError otherwise."""
    run = runs.find_run(place, wanted)
    course = fold(journal.read(run.journal), alive=False).course
    if course.status == "finished":
        raise UserError(f"The run {run.id} is finished", "Start a new one with the verb train.")
    begun_on = base_from_facts(course.facts.get("base"))
    return Train(place, run, chosen_base((base or BaseChoice()).otherwise(begun_on), place.project))


def _dataset(place: Workspace, characters: tuple[str, ...]) -> Dataset:
    """Images of several characters take part if all of them do."""
    every = datasets.dataset(place)
    names = {place.project.character(name).name for name in characters} or {each.name for each in every.characters}
    return dataset_of(every.characters, (image for image in every.images if names.issuperset(image.characters)),
                      every.groups)


def _plan(dataset: Dataset, recipe: Recipe) -> Plan:
    images = ((bucket_of(image.width, image.height, recipe), image.id, dataset.repeats_of(image))
              for image in dataset.images)
    return plan(grouped(images), recipe)


def _images(project: Path, dataset: Dataset, recipe: Recipe) -> list[TrainImage]:
    """The frozen dataset as the engine takes it."""
    from studio.engine.trainer import TrainImage

    return [TrainImage(image.id, project / image.path, image.caption or "",
                       bucket_of(image.width, image.height, recipe), dataset.repeats_of(image),
                       dataset.triggers_of(image))
            for image in dataset.images]


def _shares(exposures: Mapping[str, int]) -> str:
    """`Mira 240 (60 %), Suzu 160 (40 %)`."""
    total = sum(exposures.values())
    return ", ".join(f"{name} {count:,} ({100 * count / total:.0f} %)" for name, count in exposures.items())
