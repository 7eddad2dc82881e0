"""Makes LoRA files that lie somewhere a run of a project, which is made where there is none yet.

Nothing is copied. Every file is read once: from then on a picture knows the bytes it was drawn with.
"""

from __future__ import annotations

import dataclasses
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import UserError
from studio.core.events import Ending, Finished, Progress, Started, Stopped
from studio.core.foreign_run import ForeignRun
from studio.core.project import Character, Project, with_character
from studio.jobs.adopt import adopt_folder
from studio.jobs.bases import BaseChoice, stored_name
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.store import workspace
from studio.store.digests import sha256_of
from studio.store.foreign_runs import runs_in
from studio.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class TakeEpochs:
    """Its results are `run`, the id, and `project`. Commas part several triggers.

    A project that is there is joined; one that is made is called `name`, and is for this base.
    """

    project: Path
    name: str
    where: Path
    run_name: str
    trigger: str
    base: str
    kind = "take"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        found = self._found()
        base = BaseChoice(self.base)
        base.files()
        emit(Started(found.name, self.kind, len(found.checkpoints)))
        for number, each in enumerate(found.checkpoints, 1):
            if stop.is_set():
                return Stopped()
            sha256_of(each.path)
            emit(Progress(number, len(found.checkpoints), None, "epochs"))
        with ExitStack() as kept:
            place = self._place(kept)
            place.save(_cast(_based(place.project, stored_name(self.base)), self.trigger))
            run = adopt_folder(place, self._source, self.trigger, base)
            return Finished({"run": run.id, "project": str(self.project), "epochs": len(found.checkpoints)})

    @property
    def _folder(self) -> Path:
        return self.where if self.where.is_dir() else self.where.parent

    @property
    def _source(self) -> Path:
        """The folder, or the one run that is meant of several in it."""
        return self._folder if len(runs_in(self._folder)) == 1 else self._folder / self.run_name

    def _found(self) -> ForeignRun:
        found = next((run for run in runs_in(self._folder) if run.name == self.run_name), None)
        if found is None:
            raise UserError(f"There is no LoRA of {self.run_name} in {self._folder} any more",
                            "Choose the folder again.")
        return found

    def _place(self, kept: ExitStack) -> Workspace:
        if (self.project / "project.toml").is_file():
            return kept.enter_context(workspace.open_project(self.project))
        return kept.enter_context(workspace.create(self.project, self.name, stored_name(self.base)))


def _based(project: Project, base: str) -> Project:
    """A project that was for no base yet is for this one."""
    return project if project.base else dataclasses.replace(project, base=base)


def _cast(project: Project, triggers: str) -> Project:
    """The project with a character for each trigger that calls nobody yet. Raises UserError for one that cannot be."""
    for word in (each.strip() for each in triggers.split(",") if each.strip()):
        known = {name for each in project.characters for name in (each.name, each.trigger)}
        if word not in known:
            project = with_character(project, Character(word, word))
    return project
