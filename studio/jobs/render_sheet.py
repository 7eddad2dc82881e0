"""Renders the cells of a sheet that are not there yet, and one labelled picture of them all."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.axes import Axis
from studio.core.cell_source import HERE, Source
from studio.core.errors import UserError
from studio.core.events import CellReady, Ending, Facts, Finished, Note, Progress, Started, Stopped
from studio.core.said import Said
from studio.core.sheet_plan import SheetPlan
from studio.core.sweep import Cell, Sheet, flat, in_costed_order
from studio.jobs.bases import BaseChoice
from studio.jobs.cell_source import Sourced, own_sheet, sourced
from studio.jobs.comfy_cells import ComfyCells
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.jobs.pace import Pace
from studio.jobs.plan_sheet import PlannedSheet, plan_sheet
from studio.jobs.png_cells import PngCells
from studio.jobs.render_picture import NEGATIVE_INACTIVE, model_names, read_loras
from studio.jobs.score import Judge, score
from studio.jobs.sheet_image import write_sheet
from studio.jobs.sheet_layout import Notes, layout
from studio.store import sweeps
from studio.store.cell_sources import keep_source
from studio.store.comfy_graph import ModelNames
from studio.store.picture_text import write_png
from studio.store.sweeps import SheetFolder
from studio.store.workspace import Workspace

if TYPE_CHECKING:
    from PIL import Image

    from studio.engine.anima.checkpoint import Anima
    from studio.engine.lora.formats import LoraFile

PICTURE = "sheet.png"

Maker = ComfyCells | PngCells


@dataclass(frozen=True, slots=True)
class RenderSheet:
    """The missing cells of a sheet, and what a judge says of them if there is one.

    `loras` says where the file of each digest lies, `bases` which base is meant by a digest that is not that of `base`;
    `notes` stand beside the base and the epochs. `remarks` are told when it starts. `source` says where pictures come
    from; `found` are those of a folder by their keys.
    """

    place: Workspace
    of: SheetFolder
    base: BaseChoice
    loras: Mapping[str, Path]
    notes: Notes = field(default_factory=dict)
    chosen: int | None = None
    judge: Judge | None = None
    bases: Mapping[str, BaseChoice] = field(default_factory=dict)
    remarks: tuple[Said, ...] = ()
    source: Source = HERE
    found: Mapping[str, Path] = field(default_factory=dict)
    kind = "sheet"

    @property
    def folder(self) -> Path:
        return self.of.folder

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        sheet = sweeps.read_sheet(self.of)
        cells, maker = sheet.expand(), self._maker(sheet, emit, stop)
        facts = maker.facts() if maker else gpu.facts()
        named = {"title": sheet.title, "base": self.base.title}
        emit(Started(self.of.folder.name, self.kind, len(cells), {**facts, **named}))
        if sheet.spec.negative and all(cell.spec.cfg == 1 for cell in cells):
            emit(Note(NEGATIVE_INACTIVE))
        for remark in self.remarks:
            emit(Note(str(remark)))
        work = _Work(self, _by_key(cells), facts, emit, stop)
        work.adopt()
        work.fetch(maker) if maker else work.render(gpu)
        has_more = work.missing and (stop.is_set() or self.source.kind != "folder")  # a folder has what it has
        if has_more or not work.score():
            return Stopped({"cells": len(cells) - len(work.missing)})
        missing = {"missing": len(work.missing)} if work.missing else {}
        return Finished({"sheet": str(self.draw(sheet)), "cells": len(cells), "rendered": work.rendered} | missing)

    def _maker(self, sheet: Sheet, emit: Emit, stop: Stop) -> Maker | None:
        """Who makes the pictures, if it is not this computer. Raises UserError for a sheet that another has to draw."""
        match self.source.kind:
            case "comfyui":
                models = {cell.spec.base: self.bases.get(cell.spec.base, self.base) for cell in sheet.expand()}
                names = {digest: model_names(base.files()) for digest, base in models.items()}
                return ComfyCells(self.source.where, names, self.loras, emit, stop, folder=self.source.loras)
            case "folder":
                return PngCells(self.source.where, self.found, stop)
        if sheet.spec.drawn_by:
            raise UserError(f"The pictures of this sheet are drawn by {sheet.spec.drawn_by}",
                            "Say where they come from, or render a sheet of this computer's own.")
        return None

    def draw(self, sheet: Sheet) -> Path:
        """Writes the labelled picture of the whole sheet and returns its file."""
        path = self.of.folder / PICTURE
        picture = layout(flat(sheet), self.of, self.place.project.name, self.base.title, self.notes, self.chosen)
        for _ in write_sheet(picture, path):  # in strips: thousands of cells at once would not fit into memory
            pass
        return path


def start_sheet(place: Workspace, plan: str | Path | SheetPlan, wanted_run: str, base: BaseChoice | None = None,
                axes: Iterable[Axis] = (), loras: Iterable[tuple[Path, float]] = (),
                source: Source = HERE) -> RenderSheet:
    """The sheet of a plan for a run, see `plan_sheet`; one that was begun is taken up again.

    With a folder of pictures of which none is a cell of that sheet, they make a sheet of the run by themselves.
    """
    made = sourced(place, plan_sheet(place, plan, wanted_run, base, axes, loras), source)
    if source.kind == "folder" and not made.found:
        made = own_sheet(place, Path(source.where), wanted_run, base)
    return sourced_job(place, made)


def sheet_job(place: Workspace, planned: PlannedSheet) -> RenderSheet:
    """The job that renders a planned sheet, here or where the pictures of its program came from before."""
    return sourced_job(place, sourced(place, planned))


def sourced_job(place: Workspace, made: Sourced) -> RenderSheet:
    """The job that gets the pictures of a sheet from its source, which the sheet remembers."""
    planned, folder = made.planned, _folder(place, made.planned.sheet)
    keep_source(folder, made.source)
    return RenderSheet(place, folder, planned.base, planned.loras, planned.notes, bases=planned.bases,
                       remarks=planned.remarks, source=made.source, found=made.found)


class _Work:
    """The cells of one sheet while they are made; cells of one key are one picture."""

    def __init__(self, job: RenderSheet, cells: Mapping[str, list[Cell]], facts: Facts, emit: Emit, stop: Stop) -> None:
        self._job, self._cells, self._facts, self._emit, self._stop = job, cells, facts, emit, stop
        self._known = sweeps.read_sheet_state(job.of)
        self._told = {(each.row, each.column, each.slot) for each in self._known.cells}
        self._files: dict[str, LoraFile] = {}
        self.missing = dict(cells)
        self.rendered = 0

    def adopt(self) -> None:
        """Takes every picture that this or another sheet of the project holds already."""
        for key in self._cells:
            if sweeps.adopt_cell(self._job.place, self._job.of, key):
                self._done(key, {})

    def render(self, gpu: Gpu) -> None:
        """Renders what is missing: each base is loaded once, and under it the cells of the same LoRAs come together."""
        pending = in_costed_order(cells[0] for cells in self.missing.values())
        total, pace = len(pending), None
        for digest, group in groupby(pending, key=lambda cell: cell.spec.base):
            base = self._job.bases.get(digest, self._job.base)
            models = model_names(base.files())
            with gpu.resident(base.files(), emit=self._emit) as anima:
                pace = pace or Pace(total, time.monotonic)  # loading tells nothing of the speed
                for cell, image in self._images(anima, list(group)):
                    self._keep(cell, image, base, models)
                    self._emit(Progress(self.rendered, total, pace.seconds_left(self.rendered), "cell"))
                    if self._stop.is_set():  # though others of its batch may be all but ready: a stop is a stop
                        return
            if self._stop.is_set():
                return

    def fetch(self, maker: Maker) -> None:
        """Gets what is missing from elsewhere, as far as it is to be had."""
        pending = in_costed_order(cells[0] for cells in self.missing.values())
        total, pace = sum(cell.spec.steps for cell in pending), Pace(len(pending), time.monotonic)
        done = 0

        def tell(step: int, steps: int) -> None:
            self._emit(Progress(done + min(step, steps), total, pace.seconds_left(self.rendered), "step"))

        for cell, image, models in maker.pictures(pending, tell):
            self._keep(cell, image, self._job.bases.get(cell.spec.base, self._job.base), models)
            done += cell.spec.steps
            tell(0, 0)
            if self._stop.is_set():
                return

    def _keep(self, cell: Cell, image: Image.Image, base: BaseChoice, models: ModelNames | None) -> None:
        names = [self._job.loras[sha256].name for sha256, _ in cell.spec.loras]
        write_png(self._job.of.cell(cell.key), image, cell.spec, base_name=base.title, lora_names=names,
                  facts=self._facts, models=models)
        self.rendered += 1
        self._done(cell.key, self._facts)

    def score(self) -> bool:
        """Asks the judge, if there is one; False if it was stopped."""
        judge = self._job.judge
        return judge is None or score(self._job.of, self._cells, judge, self._known.scores, self._emit, self._stop)

    def _images(self, anima: Anima, pending: Sequence[Cell]) -> Iterator[tuple[Cell, Image.Image]]:
        from studio.engine.anima.pipeline import Picture, rendered
        from studio.engine.lora.merge import merged

        for worn, group in groupby(pending, key=lambda cell: cell.spec.loras):
            cells = list(group)
            loras = [(self._read(sha256), strength) for sha256, strength in worn]
            with merged(anima.transformer, loras, anima.text.conditioner):
                pictures = [Picture.of(cell.spec) for cell in cells]
                for place, image in rendered(anima, pictures, stop=self._stop.is_set):
                    yield cells[place], image
            if self._stop.is_set():
                return

    def _read(self, sha256: str) -> LoraFile:
        """Each file once a sheet, however many strengths it is worn at."""
        if sha256 not in self._files:
            [(self._files[sha256], _)] = read_loras([(self._job.loras[sha256], 1.0)])
        return self._files[sha256]

    def _done(self, key: str, facts: Facts) -> None:
        """Tells the cells of a picture; one that was there was not made by this machine as it is now."""
        path = self._job.of.relative(self._job.of.cell(key))
        for cell in self.missing.pop(key):
            if (cell.row, cell.column, cell.slot) not in self._told:
                self._emit(CellReady(key, path, cell.row, cell.column, facts, cell.slot))


def _folder(place: Workspace, sheet: Sheet) -> SheetFolder:
    """The newest folder that holds exactly this sheet, else a new one."""
    same = (folder for folder in reversed(sweeps.sheets_of(place)) if sweeps.read_sheet(folder) == sheet)
    return next(same, None) or sweeps.create_sheet(place, sheet)


def _by_key(cells: Iterable[Cell]) -> dict[str, list[Cell]]:
    found: dict[str, list[Cell]] = {}
    for cell in cells:
        found.setdefault(cell.key, []).append(cell)
    return found
