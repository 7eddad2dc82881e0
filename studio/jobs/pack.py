"""Packs a run into one archive that a rented machine trains by one command."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import studio
from studio.core.errors import UserError
from studio.core.events import Ending, Finished, Note, Progress, Started, Stopped
from studio.core.fold import fold
from studio.core.preflight import require_captions
from studio.core.project import Project
from studio.jobs.bases import BaseChoice, base_from_facts, chosen_base
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.jobs.pace import Pace
from studio.store import journal, runs
from studio.store.pod_kit import Kit, base_files, files_in, require_same_images, studio_source, writing
from studio.store.runs import RunFolder
from studio.store.workspace import Workspace

ENDING = ".tar.gz"
_ROLES = ("text_encoder", "qwen_tokenizer", "vae", "t5_tokenizer", "transformer")  # as they are fetched and tried


@dataclass(frozen=True, slots=True)
class PackRun:
    """The recipe and the data set as the run froze them, and the checksums of the base's own files.

    `source` is where a server keeps the base's files, if it is not the public hub.
    """

    place: Workspace
    of: RunFolder
    base: BaseChoice
    target: Path
    source: str = ""
    kind = "pack"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        kit = self._kit()
        require_same_images(kit)
        total = files_in(kit)
        emit(Started(self.of.id, self.kind, total))
        emit(Note(f"{len(kit.dataset.images)} images; {len(kit.base)} files of {self.base.title} to be fetched there, "
                  f"{sum(each.size for each in kit.base) / 2**20:,.0f} MiB."))
        pace = Pace(total, time.monotonic)
        self.target.parent.mkdir(parents=True, exist_ok=True)
        with closing(writing(kit, self.target)) as names:
            for done, _ in enumerate(names, 1):
                emit(Progress(done, total, pace.seconds_left(done), "file"))
                if stop.is_set():
                    return Stopped({"path": str(self.target)})
        emit(Note(f"There: tar xzf {self.target.name} && python3 {kit.name}/start.py"))
        if kit.recipe.accumulation > 1:
            emit(Note(f"With several cards there, up to {kit.recipe.accumulation}: start.py --processes N"))
        return Finished({"path": str(self.target), "files": total})

    def _kit(self) -> Kit:
        dataset = runs.read_dataset(self.of)
        require_captions(dataset)
        project = Project(self.place.project.name, dataset.characters, groups=dataset.groups)
        return Kit(f"{self.of.id}-pod", studio_source(Path(studio.__file__).parent), project, self.place.folder,
                   dataset, runs.read_recipe(self.of), base_files(_parts(self.base), self.source))


def start_packing(place: Workspace, wanted: str, target: Path, base: BaseChoice | None = None,
                  source: str = "") -> PackRun:
    """The archive of a run, whether it was trained or not. Raises UserError for what is missing."""
    if not target.name.endswith(ENDING):
        raise UserError(f"{target} is no archive", f"Let its name end in {ENDING}.")
    run = runs.find_run(place, wanted)
    begun_on = base_from_facts(fold(journal.read(run.journal)).course.facts.get("base"))
    return PackRun(place, run, chosen_base((base or BaseChoice()).otherwise(begun_on), place.project), target, source)


def _parts(base: BaseChoice) -> Mapping[str, Path]:
    files = base.files()
    if files.conditioner is not None:
        raise UserError(f"{base.title} lies in diffusers' layout", "Name a base model that is one file.")
    return {role: getattr(files, role) for role in _ROLES}
