"""Starts and resumes training: what has to be right before, what is frozen, what is recorded."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.dataset import Dataset, shown_an_epoch
from studio.core.errors import UserError
from studio.core.events import Ending, Facts, Finished, Note, Started, Stopped
from studio.core.fold import fold
from studio.core.origin import Refusal
from studio.core.planner import length_of
from studio.core.preflight import require_ready
from studio.core.rate import is_spent
from studio.core.recipe import Recipe
from studio.core.schedule import Plan
from studio.core.wishes import Wish
from studio.jobs.bases import BaseChoice, base_from_facts, chosen_base
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.jobs.room import require_room
from studio.jobs.several import agreed, how_many, led
from studio.jobs.trained_images import train_images, trained_dataset
from studio.store import journal, runs
from studio.store.adopted import origin_of
from studio.store.run_lock import is_running
from studio.store.runs import RunFolder
from studio.store.wishes import ask, count_wishes, open_wishes
from studio.store.workspace import Workspace

if TYPE_CHECKING:
    from studio.engine.peers import Peers
    from studio.engine.trainer import Trainer


@dataclass(frozen=True, slots=True)
class Train:
    """One attempt at a run, the first or a later one; `stale` wishes were uttered before it was asked for.

    `processes` share the batches of each step, which changes nothing but the time it takes.
    """

    place: Workspace
    of: RunFolder
    base: BaseChoice
    stale: int = 0
    processes: int = 1
    kind = "train"

    @property
    def folder(self) -> Path:
        return self.of.folder

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        recipe, dataset = runs.read_recipe(self.of), runs.read_dataset(self.of)
        length = length_of(dataset, _lengthened(recipe, self._epochs()))
        emit(Started(self.of.id, self.kind, length.steps, self._facts(gpu.facts(recipe.precision))))
        for repair in self.place.repairs:
            emit(Note(repair))
        if len(dataset.characters) > 1:
            emit(Note(f"Exposures in an epoch: {_shares(shown_an_epoch(dataset))}."))
        self._require_room(gpu, recipe, length)
        ending = self._attempt(gpu, recipe, dataset, emit, stop)
        if ending.facts.get("why") == "paused":
            gpu.evict()
        return ending

    def _attempt(self, gpu: Gpu, recipe: Recipe, dataset: Dataset, emit: Emit, stop: Stop) -> Finished | Stopped:
        """Nothing that it lent from the card outlives this call."""
        from studio.jobs.attempt import Attempt

        with (led(self.place.folder, self.of, self.base, self.processes, gpu.device) as peers,
              self._trainer(gpu, recipe, dataset, emit, peers) as trainer, agreed(peers, trainer.fingerprint)):
            return Attempt(self.of, trainer, dataset.triggers, self.base.title, emit, stop, self.stale).run()

    def _epochs(self) -> int:
        """The number of epochs that was asked for last, granted or not; 0 where that of the recipe holds."""
        known = fold(journal.read(self.of.journal))
        asked = (each.wish.value for each in reversed(open_wishes(self.of.folder, known)) if each.wish.kind == "epochs")
        return next(asked, known.epochs)

    def _require_room(self, gpu: Gpu, recipe: Recipe, length: Plan) -> None:
        """Told from the header of the base: a full disk should not cost the time it takes to load one."""
        from studio.engine.lora.size import count_numbers

        numbers = count_numbers(self.base.files(), recipe)
        require_room(self.of, recipe, length, numbers, gpu.dtype(recipe.precision).itemsize)

    @contextmanager
    def _trainer(self, gpu: Gpu, recipe: Recipe, dataset: Dataset, emit: Emit,
                 peers: Peers | None) -> Iterator[Trainer]:
        from studio.engine.trainer import Trainer

        images = train_images(self.place.folder, dataset, recipe)
        with (gpu.resident(self.base.files(), recipe.precision, emit) as anima,
              Trainer(anima, images, recipe, self.place.cache, peers) as trainer):
            yield trainer

    def _facts(self, machine: Facts) -> Facts:
        several = {"processes": self.processes} if self.processes > 1 else {}
        return {**machine, **several, "base": self.base.facts(), "title": self.base.title}


def start_training(place: Workspace, recipe: Recipe, base: BaseChoice | None = None,
                   characters: tuple[str, ...] = (), parent: str = "", refused: tuple[Refusal, ...] = (),
                   processes: int = 1) -> Train:
    """Freezes a new run of these characters, of all if none is named; `parent` is the run it was made from.

    `refused` are rules that a person overruled; they are recorded with the run. `processes` are to train it.
    Raises UserError, with nothing on disk, for a missing base and for whatever has to be right before a run.
    """
    base = chosen_base(base, place.project)
    base.files()
    count = how_many(processes, recipe)
    dataset = trained_dataset(place, characters)
    require_ready(dataset, recipe, {each.rule for each in refused})
    return Train(place, runs.create_run(place, recipe, dataset, parent, refused), base, processes=count)


def resume_training(place: Workspace, wanted: str, base: BaseChoice | None = None, epochs: int = 0,
                    processes: int = 1) -> Train:
    """A run that has not reached its end; without a base, on the one it was started on. Raises UserError otherwise.

    `epochs` is another number of epochs than the run has; with more of them a finished one goes on.
    """
    run = runs.find_run(place, wanted)
    if origin_of(run):
        raise UserError(f"The run {run.id} was trained elsewhere", "Start a new run with the verb train.")
    state = fold(journal.read(run.journal), alive=False)
    if is_running(run.folder):
        raise UserError(f"The run {run.id} is being trained already", "Wait until that ends, or stop it there.")
    if state.status == "finished" and epochs <= state.epoch:
        raise UserError(f"The run {run.id} is finished",
                        "Start a new one with the verb train, or name more epochs with --epochs.")
    begun_on = base_from_facts(state.course.facts.get("base"))
    job = Train(place, run, chosen_base((base or BaseChoice()).otherwise(begun_on), place.project),
                count_wishes(run.folder), how_many(processes, runs.read_recipe(run)))
    if epochs:
        _require_use(run, epochs)
        ask(run.folder, Wish("epochs", epochs))
    return job


def _require_use(run: RunFolder, epochs: int) -> None:
    """Raises UserError for more epochs than were planned where these would change nothing."""
    recipe = runs.read_recipe(run)
    if epochs > recipe.epochs and is_spent(recipe, length_of(runs.read_dataset(run), recipe).steps):
        raise UserError(f"The learning rate of {run.id} has fallen to 0 by the end that was planned, so more epochs "
                        "would teach nothing", "Start a new run.")


def _lengthened(recipe: Recipe, epochs: int) -> Recipe:
    """With the number of epochs that was asked for, if one was."""
    return dataclasses.replace(recipe, epochs=epochs, max_steps=0) if epochs else recipe


def _shares(exposures: Mapping[str, int]) -> str:
    """`Mira 240 (60 %), Suzu 160 (40 %)`."""
    total = sum(exposures.values())
    return ", ".join(f"{name} {count:,} ({100 * count / total:.0f} %)" for name, count in exposures.items())
