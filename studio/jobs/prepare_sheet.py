"""Prepares a sheet beside the window: every checkpoint of its run is read once, which takes a while with many."""

from __future__ import annotations

from dataclasses import dataclass

from studio.core.axes import Value
from studio.core.cell_source import HERE, Source
from studio.core.events import Ending, Finished, Started
from studio.core.sheet_plan import SheetPlan
from studio.jobs.cell_source import require_found, sourced
from studio.jobs.execute import Emit, Stop
from studio.jobs.extend_sheet import same_sheet, sheet_on_seeds
from studio.jobs.gpu import Gpu
from studio.jobs.plan_sheet import PlannedSheet, plan_sheet
from studio.jobs.render_sheet import RenderSheet, sheet_job, start_sheet
from studio.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class PrepareSheet:
    """Its result is `sheet`, the id, and `job`, the rendering that is to be queued."""

    place: Workspace
    plan: str | SheetPlan
    wanted_run: str
    source: Source = HERE
    kind = "plan"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        emit(Started("", self.kind, 1))
        job = start_sheet(self.place, self.plan, self.wanted_run, source=self.source)
        return Finished({"sheet": job.of.folder.name, "job": job})


@dataclass(frozen=True, slots=True)
class PlanSheet:
    """Its results are `planned`, what the sheet would be, and `made`, the same with its source. Nothing is written."""

    place: Workspace
    plan: SheetPlan
    wanted_run: str
    source: Source = HERE
    kind = "plan"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        emit(Started("", self.kind, 1))
        made = sourced(self.place, plan_sheet(self.place, self.plan, self.wanted_run), self.source)
        return Finished({"planned": made.planned, "made": require_found(made)})


@dataclass(frozen=True, slots=True)
class GoOn:
    """Takes up sheets that were begun. Its results are `planned` and `jobs`, one for each that lacks a picture."""

    place: Workspace
    sheets: tuple[str, ...]
    wanted_run: str
    kind = "plan"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        emit(Started("", self.kind, 1))
        planned = [same_sheet(self.place, id, self.wanted_run) for id in self.sheets]
        return _prepared(self.place, [each for each in planned if each.missing])


@dataclass(frozen=True, slots=True)
class MoreSeeds:
    """The first of these sheets once more: some of its epochs under other seeds. Its results are as those of `GoOn`."""

    place: Workspace
    sheets: tuple[str, ...]
    wanted_run: str
    arms: tuple[Value, ...]
    seeds: tuple[int, ...]
    kind = "plan"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        emit(Started("", self.kind, 1))
        planned = sheet_on_seeds(self.place, self.sheets[0], self.wanted_run, self.arms, self.seeds)
        return _prepared(self.place, [planned])


def _prepared(place: Workspace, planned: list[PlannedSheet]) -> Finished:
    jobs: tuple[RenderSheet, ...] = tuple(sheet_job(place, each) for each in planned)
    return Finished({"planned": tuple(planned), "jobs": jobs})
