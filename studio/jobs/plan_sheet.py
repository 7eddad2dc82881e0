"""What would a sheet of this run be? Its cells, how many of them are there already, how long the others take.

Files and journals are read; nothing is rendered and nothing is changed. Whatever cannot be rendered is refused here.
"""

from __future__ import annotations

import csv
import dataclasses
import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.axes import BASE, EPOCH, Axis
from studio.core.errors import UserError
from studio.core.events import CheckpointSaved
from studio.core.fold import RunState, fold
from studio.core.formats import Wording, wording_of
from studio.core.lint.phrases import counted
from studio.core.planner import about
from studio.core.said import Said, joined, said_of
from studio.core.sheet_forecast import PictureRate, measured_rate, preview_rate, render_seconds
from studio.core.sheet_ground import Ground
from studio.core.sheet_plan import SheetPlan, sheet_on, with_axis
from studio.core.sheet_remarks import remarks
from studio.core.spec import RenderSpec
from studio.core.speed import ASSUMED, ASSUMED_PRACTICE
from studio.core.sweep import Cell, Sheet, set_by
from studio.core.texts import read_text
from studio.core.verdict_journal import held
from studio.jobs.bases import BaseChoice, base_from_facts, chosen_base, practice_tagger, stored_name
from studio.jobs.render_picture import require_loras
from studio.jobs.sheet_layout import Notes
from studio.jobs.speed_lora import with_turbo
from studio.store import journal, runs, sweeps
from studio.store.digests import sha256_of
from studio.store.ledgers import read_ledger
from studio.store.lora_header import read_lora_header
from studio.store.measured import recall
from studio.store.presets import find_plan
from studio.store.runs import RunFolder
from studio.store.verdicts import read_verdicts
from studio.store.wordings import read_wording
from studio.store.workspace import Workspace

if TYPE_CHECKING:
    from studio.engine.anima.files import BaseFiles


@dataclass(frozen=True, slots=True)
class PlannedSheet:
    """A sheet before it is rendered. `bases` are other bases by digest, `loras` the files by theirs.

    `missing` is a spec for each picture that no sheet of the project holds yet; cells of one key are one picture.
    """

    plan: SheetPlan
    run: str
    sheet: Sheet
    cells: tuple[Cell, ...]
    missing: tuple[RenderSpec, ...]
    base: BaseChoice
    bases: Mapping[str, BaseChoice]
    loras: Mapping[str, Path]
    notes: Notes
    remarks: tuple[Said, ...]
    rate: PictureRate

    @property
    def pictures(self) -> int:
        return len({cell.key for cell in self.cells})

    @property
    def render_s(self) -> float:
        """How long the missing pictures take."""
        return render_seconds(self.missing, self.rate)


def plan_sheet(place: Workspace, plan: str | Path | SheetPlan, wanted_run: str, base: BaseChoice | None = None,
               axes: Iterable[Axis] = (), loras: Iterable[tuple[Path, float]] = ()) -> PlannedSheet:
    """The sheet of a plan for a run, `axes` in the places of its own.

    `loras` are worn in every cell, the base's included, beside those of the plan. Raises UserError naming the flag or
    the file that is missing, the axis or the word that means nothing.
    """
    run = runs.find_run(place, wanted_run)
    state = fold(journal.read(run.journal))
    trained_on = base_from_facts(state.course.facts.get("base"))
    files = (base := chosen_base((base or BaseChoice()).otherwise(trained_on), place.project)).files()
    asked = reduce(with_axis, axes, plan if isinstance(plan, SheetPlan) else find_plan(plan))
    always = {sha256_of(path): (path, strength) for path, strength in _always(asked, loras, files)}
    paths = {sha256: path for sha256, (path, _) in always.items()}
    ground, own_paths, bases = _ground(place, run, state, base, asked)
    strengths = tuple((sha256, strength) for sha256, (_, strength) in always.items())
    sheet = sheet_on(ground, asked, runs.read_recipe(run), strengths)
    cells = sheet.expand()
    said = (*unsound(state, ground.checkpoints), *remarks(asked, ground, sheet, cells,
                                                          _known_tags(base, *bases.values())))
    return PlannedSheet(asked, run.id, sheet, cells, missing_of(place, cells), base, bases, paths | own_paths,
                        notes_of(state), said, rate_of(place, base, ground.base))


def drawn_by(place: Workspace, planned: PlannedSheet, program: str) -> PlannedSheet:
    """The same sheet, drawn by another program: none of its pictures is one of this studio's. Empty means this one."""
    if planned.sheet.spec.drawn_by == program:
        return planned
    sheet = dataclasses.replace(planned.sheet, spec=dataclasses.replace(planned.sheet.spec, drawn_by=program))
    cells = sheet.expand()
    return dataclasses.replace(planned, sheet=sheet, cells=cells, missing=missing_of(place, cells),
                               rate=rate_of(place, planned.base, sheet.spec.base, program))


def facts_of(planned: PlannedSheet) -> dict[str, object]:
    """All of it as plain values."""
    return {
        "sheet": planned.sheet.title, "about": planned.plan.about, "run": planned.run, "cells": len(planned.cells),
        "pictures": planned.pictures, "missing": len(planned.missing), "render_s": round(planned.render_s, 1),
        "measured": planned.rate.measured, "source": planned.rate.source, "rows": list(planned.sheet.row_labels),
        "columns": list(planned.sheet.column_labels), "pictures_a_cell": _within(planned.sheet),
        "offers": list(planned.plan.offers), "remarks": [str(each) for each in planned.remarks],
    }  # fmt: skip


def lines_of(planned: PlannedSheet) -> Iterator[str]:
    """The same as a page of text."""
    rows, columns = len(planned.sheet.row_labels), len(planned.sheet.column_labels)
    inside = _within(planned.sheet)
    yield f"{planned.sheet.title}: {planned.plan.about}" if planned.plan.about else planned.sheet.title
    several = f" x {inside} in each cell" if inside > 1 else ""
    missing = len(planned.missing)
    yield f"  {counted(len(planned.cells), 'cell')}   {counted(rows, 'row')} x {counted(columns, 'column')}{several}"
    yield f"  {counted(missing, 'picture')} to render, {planned.pictures - missing} there already"
    yield f"  about {about(planned.render_s)}, {planned.rate.source}"
    yield from (f"  {each}" for each in planned.remarks)


def sound_of(run: RunFolder, state: RunState, axes: Iterable[Axis]) -> tuple[CheckpointSaved, ...]:
    """The checkpoints whose files are what was saved.

    Raises UserError where there is none of them and the axes ask for any: without it the base alone would be drawn.
    """
    saved = runs.sound_checkpoints(run, state)
    asked = tuple(set_by(axes, EPOCH))
    if state.checkpoints and not saved and (not asked or any(epoch != BASE for epoch in asked)):
        raise UserError(f"No LoRA file of {run.id} is there as it was saved: {state.checkpoints[-1].path}",
                        "Put the files back, or train or take in the run anew.")
    return saved


def unsound(state: RunState, checkpoints: Mapping[int, str]) -> Iterator[Said]:
    """The epochs whose files are gone, or not what was saved."""
    gone = sorted({each.epoch for each in state.checkpoints} - checkpoints.keys())
    if gone:
        yield said_of("The LoRA file of epoch {epochs} is gone or was changed: the epoch is left out.",
                      "The LoRA files of the epochs {epochs} are gone or were changed: they are left out.",
                      len(gone), epochs=joined(list(map(str, gone))))


def _within(sheet: Sheet) -> int:
    return math.prod(len(axis.values) for axis in sheet.within)


def _always(plan: SheetPlan, loras: Iterable[tuple[Path, float]], files: BaseFiles) -> tuple[tuple[Path, float], ...]:
    """What every cell wears. Raises UserError naming a file that is missing or no LoRA."""
    wanted = with_turbo([*((Path(path), strength) for path, strength in plan.worn), *loras], files)
    _require_loras(path for path, _ in wanted)
    return wanted


def _require_loras(paths: Iterable[Path]) -> None:
    """Looks at their headers, so that no sheet breaks off at a file of something else."""
    from studio.engine.lora.layouts import layout_of

    for path in paths:
        require_loras([(path, 1.0)])
        layout_of(read_lora_header(path).shapes, path)


def _ground(place: Workspace, run: RunFolder, state: RunState, base: BaseChoice,
            plan: SheetPlan) -> tuple[Ground, dict[str, Path], dict[str, BaseChoice]]:
    """What the run offers, where its LoRAs and those of the plan lie, and the bases that the plan names, by digest."""
    from studio.engine.anima.files import base_digest

    saved = sound_of(run, state, plan.axes)
    named = {path: Path(path) for path in plan.named_loras}
    _require_loras(named.values())
    loras = {text: sha256_of(path) for text, path in named.items()}
    others = {name: BaseChoice(name) for name in plan.named_bases}
    digests = {name: base_digest(other.files()) for name, other in others.items()}
    epochs = {each.epoch: each.sha256 for each in saved}
    ground = Ground(
        runs.read_dataset(run).characters, epochs, base_digest(base.files()), _best(place, set(epochs.values())), loras,
        {name: (other.title, digests[name]) for name, other in others.items()}, tuple(_wordings(place, run)),
    )  # fmt: skip
    paths = {each.sha256: run.folder / each.path for each in saved}
    paths |= {loras[text]: path for text, path in named.items()}
    return ground, paths, {digests[name]: other for name, other in others.items()}


def _wordings(place: Workspace, run: RunFolder) -> Iterator[Wording]:
    dataset = runs.read_dataset(run)
    for each in dataset.characters:
        yield wording_of(each.name, dataset, read_ledger(place, each.name), read_wording(place, each.name))


def _best(place: Workspace, checkpoints: set[str]) -> int | None:
    """The epoch that was last chosen, by a verdict that stands, in a sheet of these checkpoints."""
    folders = {each.folder.name: each for each in sweeps.sheets_of(place)}
    for each in reversed(held(read_verdicts(place.folder))):
        epoch = each.judgement.pick.casefold().removeprefix("epoch").removeprefix("ep").strip()
        sheets = {folders[sheet] for sheet, _ in each.judgement.cells if sheet in folders}
        if each.retraction is None and epoch.isdecimal() and any(_shows(sheet, checkpoints) for sheet in sheets):
            return int(epoch)
    return None


def _shows(folder: sweeps.SheetFolder, checkpoints: set[str]) -> bool:
    return not checkpoints.isdisjoint(sha256 for _, sha256 in sweeps.read_sheet(folder).epochs)


def missing_of(place: Workspace, cells: Iterable[Cell]) -> tuple[RenderSpec, ...]:
    """A spec for each picture that no sheet of the project holds yet."""
    there = sweeps.rendered_keys(place)
    return tuple({cell.key: cell.spec for cell in cells if cell.key not in there}.values())


def _known_tags(*bases: BaseChoice) -> dict[str, tuple[str, ...]]:
    """The tags of bases that know few: those of the practice model."""
    small = {base.title for base in bases if base.is_practice}
    if not small:
        return {}
    rows = csv.DictReader(read_text(practice_tagger() / "selected_tags.csv").splitlines())
    tags = tuple(row["name"] for row in rows)
    return {title: tags for title in small}


def rate_of(place: Workspace, base: BaseChoice, digest: str, program: str = "") -> PictureRate:
    """That of the newest sheet on the same base, else what previews took, else what is assumed.

    With a `program`, that of the newest sheet that it drew.
    """
    assumed = ASSUMED_PRACTICE if base.is_practice else ASSUMED
    known = preview_rate((assumed,) if program else (*recall(stored_name(base.name)), assumed))
    for folder in reversed(sweeps.sheets_of(place)):
        with suppress(UserError):
            sheet = sweeps.read_sheet(folder)
            specs = {cell.key: cell.spec for cell in sheet.expand()
                     if cell.spec.base == digest and cell.spec.drawn_by == program}
            found = measured_rate(journal.read(folder.journal), specs, folder.folder.name)
            if found:
                return found
    return known


def notes_of(state: RunState) -> Notes:
    """Steps always stand beside exposures; of a run from elsewhere both may be unknown."""
    exposures = {each.step: (f"{each.exposures:,} exposures",) for each in state.steps if each.exposures}
    return {BASE: ("without the LoRA",)} | {
        each.epoch: exposures.get(each.step, ()) + ((f"step {each.step:,}",) if each.step else ())
        for each in state.checkpoints}
