"""Renders the cells of a sheet that are not there yet, and one labelled picture of them all."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.axes import BASE, Axis
from studio.core.events import CellReady, Ending, Facts, Finished, Note, Progress, Started, Stopped
from studio.core.fold import RunState, fold
from studio.core.sheet_plan import SheetPlan, load_plan, sheet_of, with_axis
from studio.core.sweep import Cell, Sheet
from studio.jobs.bases import BaseChoice, base_from_facts, chosen_base
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.jobs.pace import Pace
from studio.jobs.render_picture import NEGATIVE_INACTIVE, model_names, read_loras, require_loras
from studio.jobs.score import Judge, score
from studio.jobs.sheet_image import draw_sheet
from studio.jobs.sheet_layout import Notes, layout
from studio.jobs.speed_lora import with_turbo
from studio.store import journal, runs, sweeps
from studio.store.atomic import replace_atomic
from studio.store.digests import sha256_of
from studio.store.picture_text import write_png
from studio.store.sweeps import SheetFolder
from studio.store.workspace import Workspace

if TYPE_CHECKING:
    from studio.engine.anima.checkpoint import Anima
    from studio.engine.anima.files import BaseFiles
    from studio.engine.lora.formats import LoraFile

PICTURE = "sheet.png"


@dataclass(frozen=True, slots=True)
class RenderSheet:
    """The missing cells of a sheet, and what a judge says of them if there is one.

    `loras` says where the file of each digest lies; `notes` stand beside the base and the epochs.
    """

    place: Workspace
    of: SheetFolder
    base: BaseChoice
    loras: Mapping[str, Path]
    notes: Notes = field(default_factory=dict)
    chosen: int | None = None
    judge: Judge | None = None
    kind = "sheet"

    @property
    def folder(self) -> Path:
        return self.of.folder

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        sheet, facts = sweeps.read_sheet(self.of), gpu.facts()
        cells = sheet.expand()
        named = {"title": sheet.title, "base": self.base.title}
        emit(Started(self.of.folder.name, self.kind, len(cells), {**facts, **named}))
        if sheet.spec.negative and all(cell.spec.cfg == 1 for cell in cells):
            emit(Note(NEGATIVE_INACTIVE))
        work = _Work(self, _by_key(cells), facts, emit, stop)
        work.adopt()
        if work.missing:
            with gpu.resident(self.base.files(), emit=emit) as anima:
                work.render(anima)
        if work.missing or not work.score():
            return Stopped({"cells": len(cells) - len(work.missing)})
        return Finished({"sheet": str(self.draw(sheet)), "cells": len(cells), "rendered": work.rendered})

    def draw(self, sheet: Sheet) -> Path:
        """Writes the labelled picture of the whole sheet and returns its file."""
        path = self.of.folder / PICTURE
        picture = layout(sheet, self.of, self.place.project.name, self.base.title, self.notes, self.chosen)
        with replace_atomic(path) as part:
            draw_sheet(picture).save(part, format="PNG")
        return path


def start_sheet(place: Workspace, plan: str | Path | SheetPlan, wanted_run: str, base: BaseChoice | None = None,
                axes: Iterable[Axis] = (), loras: Iterable[tuple[Path, float]] = ()) -> RenderSheet:
    """The sheet of a plan for a run, `axes` in the places of its own; one that was begun is taken up again.

    `loras` are worn in every cell, the base's included, beside those of the plan.

    Raises UserError naming the flag or the file that is missing.
    """
    from studio.engine.anima.files import base_digest

    run = runs.find_run(place, wanted_run)
    state = fold(journal.read(run.journal))
    trained_on = base_from_facts(state.course.facts.get("base"))
    files = (base := chosen_base((base or BaseChoice()).otherwise(trained_on), place.project)).files()
    saved = runs.sound_checkpoints(run, state)
    asked = reduce(with_axis, axes, plan if isinstance(plan, SheetPlan) else load_plan(plan))
    always = {sha256_of(path): (path, strength) for path, strength in _always(asked, loras, files)}
    epochs = {each.epoch: each.sha256 for each in saved}
    characters = runs.read_dataset(run).characters
    strengths = tuple((sha256, strength) for sha256, (_, strength) in always.items())
    sheet = sheet_of(asked, runs.read_recipe(run), characters, epochs, base_digest(files), strengths)
    paths = {sha256: path for sha256, (path, _) in always.items()}
    paths |= {each.sha256: run.folder / each.path for each in saved}
    return RenderSheet(place, _folder(place, sheet), base, paths, _notes(state))


def _always(plan: SheetPlan, loras: Iterable[tuple[Path, float]], files: BaseFiles) -> tuple[tuple[Path, float], ...]:
    """What every cell wears. Raises UserError naming a LoRA that is missing."""
    wanted = with_turbo([*((Path(path), strength) for path, strength in plan.loras), *loras], files)
    require_loras(wanted)
    return wanted


class _Work:
    """The cells of one sheet while they are made; cells of one key are one picture."""

    def __init__(self, job: RenderSheet, cells: Mapping[str, list[Cell]], facts: Facts, emit: Emit, stop: Stop) -> None:
        self._job, self._cells, self._facts, self._emit, self._stop = job, cells, facts, emit, stop
        self._known = sweeps.read_sheet_state(job.place, job.of)
        self._models = model_names(job.base.files())
        self._told = {(each.row, each.column) for each in self._known.cells}
        self._files: dict[str, LoraFile] = {}
        self.missing = dict(cells)
        self.rendered = 0

    def adopt(self) -> None:
        """Takes every picture that this or another sheet of the project holds already."""
        for key in self._cells:
            if sweeps.adopt_cell(self._job.place, self._job.of, key):
                self._done(key)

    def render(self, anima: Anima) -> None:
        """Renders what is missing, the cells that wear the same LoRAs together."""
        pace, total = Pace(len(self.missing), time.monotonic), len(self.missing)
        for key, image in self._images(anima):
            cell = self._cells[key][0]
            write_png(self._job.of.cell(key), image, cell.spec, base_name=self._job.base.title,
                      lora_names=[self._job.loras[sha256].name for sha256, _ in cell.spec.loras], facts=self._facts,
                      models=self._models)
            self.rendered += 1
            self._done(key)
            self._emit(Progress(self.rendered, total, pace.seconds_left(self.rendered), "cell"))

    def score(self) -> bool:
        """Asks the judge, if there is one; False if it was stopped."""
        judge = self._job.judge
        return judge is None or score(self._job.of, self._cells, judge, self._known.scores, self._emit, self._stop)

    def _images(self, anima: Anima) -> Iterator[tuple[str, object]]:
        from studio.engine.anima.pipeline import Picture, rendered
        from studio.engine.lora.merge import merged

        wanted = [(key, cells[0].spec) for key, cells in self.missing.items()]
        for worn, group in groupby(sorted(wanted, key=lambda each: each[1].loras), key=lambda each: each[1].loras):
            specs = list(group)
            loras = [(self._read(sha256), strength) for sha256, strength in worn]
            with merged(anima.transformer, loras, anima.text.conditioner):
                pictures = [Picture.of(spec) for _, spec in specs]
                for place, image in rendered(anima, pictures, stop=self._stop.is_set):
                    yield specs[place][0], image
            if self._stop.is_set():
                return

    def _read(self, sha256: str) -> LoraFile:
        """Each file once a sheet, however many strengths it is worn at."""
        if sha256 not in self._files:
            [(self._files[sha256], _)] = read_loras([(self._job.loras[sha256], 1.0)])
        return self._files[sha256]

    def _done(self, key: str) -> None:
        path = self._job.of.relative(self._job.of.cell(key))
        for cell in self.missing.pop(key):
            if (cell.row, cell.column) not in self._told:
                self._emit(CellReady(key, path, cell.row, cell.column, self._facts))


def _folder(place: Workspace, sheet: Sheet) -> SheetFolder:
    """The newest folder that holds exactly this sheet, else a new one."""
    same = (folder for folder in reversed(sweeps.sheets_of(place)) if sweeps.read_sheet(folder) == sheet)
    return next(same, None) or sweeps.create_sheet(place, sheet)


def _by_key(cells: Iterable[Cell]) -> dict[str, list[Cell]]:
    found: dict[str, list[Cell]] = {}
    for cell in cells:
        found.setdefault(cell.key, []).append(cell)
    return found


def _notes(state: RunState) -> Notes:
    """Steps always stand beside exposures; of a run from elsewhere both may be unknown."""
    exposures = {each.step: (f"{each.exposures:,} exposures",) for each in state.steps if each.exposures}
    return {BASE: ("without the LoRA",)} | {
        each.epoch: exposures.get(each.step, ()) + ((f"step {each.step:,}",) if each.step else ())
        for each in state.checkpoints}
