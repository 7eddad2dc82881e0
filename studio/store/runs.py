"""Where does a training run lie, and which of its files can be relied on?

`runs/0007-mira-ab3f/` appears with its recipe, dataset and origin frozen in it, before the first step. A checkpoint
counts only if its file is there and its SHA-256 fits what the journal says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from studio.core import dataset as datasets
from studio.core import origin as origins
from studio.core import recipe as recipes
from studio.core.dataset import Dataset
from studio.core.errors import UserError
from studio.core.events import CheckpointSaved
from studio.core.fold import RunState, fold
from studio.core.origin import Origin, Refusal
from studio.core.recipe import Recipe
from studio.core.texts import read_text
from studio.store import journal
from studio.store.atomic import write_atomic
from studio.store.digests import fits
from studio.store.names import slug
from studio.store.numbered import appearing, find, folders_of, next_number
from studio.store.run_lock import is_running
from studio.store.workspace import Workspace

RECIPE, DATASET, ORIGIN = "recipe.toml", "dataset.json", "origin.json"
_FOLDERS = ("checkpoints", "state", "previews")


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A run on disk; all it knows is where things lie."""

    folder: Path

    @property
    def id(self) -> str:
        """Such as `0007-mira-ab3f`."""
        return self.folder.name

    @property
    def journal(self) -> Path:
        return self.folder / journal.NAME

    def checkpoint(self, epoch: int) -> Path:
        """Where the LoRA of an epoch lies, such as `checkpoints/e004.safetensors`."""
        return self.folder / "checkpoints" / f"e{epoch:03d}.safetensors"

    def snapshot(self, step: int) -> Path:
        """Where a LoRA lies that somebody asked for after a step, such as `checkpoints/s000123.safetensors`."""
        return self.folder / "checkpoints" / f"s{step:06d}.safetensors"

    def previews(self, epoch: int, step: int = 0) -> Path:
        """The folder of an epoch's previews, or of those after a step within one; epoch 0 is the base alone."""
        return self.folder / "previews" / (f"s{step:06d}" if step else f"e{epoch:03d}")

    def relative(self, path: Path) -> str:
        """A file of this run as events name it: relative to the run, with forward slashes."""
        return path.relative_to(self.folder).as_posix()


def create_run(workspace: Workspace, recipe: Recipe, dataset: Dataset, parent: str = "",
               refused: Iterable[Refusal] = ()) -> RunFolder:
    """Freezes recipe and dataset in a new run folder, which appears whole.

    `parent` is the run it was made from, `refused` the rules that spoke against it, each with a person's reason.
    """
    recipe_text, dataset_text = recipes.to_toml(recipe), datasets.to_json(dataset)
    name = f"{next_number(workspace.runs):04d}-{_subject(recipe, dataset)}-{_mark(recipe_text, dataset_text)}"
    with appearing(workspace.runs / name) as folder:
        for below in _FOLDERS:
            (folder / below).mkdir()
        write_atomic(folder / RECIPE, recipe_text)
        write_atomic(folder / DATASET, dataset_text)
        write_atomic(folder / ORIGIN, origins.to_json(Origin(parent, tuple(refused))))
    return RunFolder(workspace.runs / name)


def runs_of(workspace: Workspace) -> tuple[RunFolder, ...]:
    """The runs of a project, oldest first."""
    return tuple(RunFolder(folder) for folder in folders_of(workspace.runs))


def find_run(workspace: Workspace, wanted: str) -> RunFolder:
    """A run by `latest`, by number or by id. Raises UserError that names the runs there are."""
    return RunFolder(find(workspace.runs, wanted, "run"))


def read_recipe(run: RunFolder) -> Recipe:
    """The recipe as it was frozen."""
    path = run.folder / RECIPE
    return recipes.from_toml(read_text(path), str(path))


def read_dataset(run: RunFolder) -> Dataset:
    """The dataset as it was frozen. Raises UserError if the file was changed since."""
    path = run.folder / DATASET
    return datasets.from_json(read_text(path), str(path))


def parent_of(run: RunFolder) -> str:
    """The id of the run that it was made from; empty where it has none, or where that cannot be read."""
    try:
        return read_origin(run).parent
    except (OSError, UserError):
        return ""


def read_origin(run: RunFolder) -> Origin:
    """Which run it follows and what was refused for it; nothing of a run that was made before this was asked."""
    path = run.folder / ORIGIN
    return origins.from_json(read_text(path), str(path)) if path.is_file() else Origin()


def read_run(run: RunFolder) -> RunState:
    """What a run's journal adds up to; without an end it is interrupted unless whoever trains it lives."""
    return fold(journal.read(run.journal), alive=is_running(run.folder))


def sound_checkpoints(run: RunFolder, state: RunState) -> tuple[CheckpointSaved, ...]:
    """The checkpoints whose file is there, byte for byte."""
    return tuple(each for each in state.checkpoints if fits(run.folder / each.path, each.sha256))


def _subject(recipe: Recipe, dataset: Dataset) -> str:
    """Who is taught, as a word for the id."""
    return slug("-".join(each.name for each in dataset.characters) or recipe.name)


def _mark(*texts: str) -> str:
    """Tells runs of the same number from two machines apart; the same recipe and images carry the same mark."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:4]
