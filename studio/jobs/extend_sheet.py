"""A sheet that was begun: what of it is missing, and what would it be on seeds that nobody has seen?

Both are told from the frozen sheet itself. The files that its digests mean are looked for where they were: among the
checkpoints of the run, and the Turbo LoRA beside the base.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.axes import Value
from studio.core.compared_epochs import on_seeds
from studio.core.errors import UserError
from studio.core.fold import RunState, fold
from studio.core.sheet_plan import SheetPlan
from studio.core.spec import RenderSpec
from studio.core.sweep import Sheet
from studio.jobs.bases import base_from_facts, chosen_base
from studio.jobs.plan_sheet import PlannedSheet, missing_of, notes_of, rate_of, sound_of, unsound
from studio.jobs.speed_lora import turbo_of
from studio.store import journal, runs, sweeps
from studio.store.digests import sha256_of
from studio.store.runs import RunFolder
from studio.store.workspace import Workspace

if TYPE_CHECKING:
    from studio.engine.anima.files import BaseFiles

_AGAIN = "Draw a new sheet of this run instead."


def same_sheet(place: Workspace, id: str, wanted_run: str) -> PlannedSheet:
    """A sheet of the project as it stands, and what of it is missing. Raises UserError for what cannot be drawn."""
    return _planned(place, sweeps.read_sheet(sweeps.find_sheet(place, id)), wanted_run)


def sheet_on_seeds(place: Workspace, id: str, wanted_run: str, arms: Sequence[Value],
                   seeds: Sequence[int]) -> PlannedSheet:
    """Some epochs of a sheet under other seeds: the same prompts, settings and LoRAs."""
    return _planned(place, on_seeds(sweeps.read_sheet(sweeps.find_sheet(place, id)), arms, seeds), wanted_run)


def _planned(place: Workspace, sheet: Sheet, wanted_run: str) -> PlannedSheet:
    from studio.engine.anima.files import base_digest

    run = runs.find_run(place, wanted_run)
    state = fold(journal.read(run.journal))
    base = chosen_base(base_from_facts(state.course.facts.get("base")), place.project)
    files = base.files()
    cells = sheet.expand()
    missing = missing_of(place, cells)
    if base_digest(files) != sheet.spec.base or {cell.spec.base for cell in cells} != {sheet.spec.base}:
        raise UserError(f"“{sheet.title}” was drawn with another base than {base.title}", _AGAIN)
    saved = {each.sha256: run.folder / each.path for each in sound_of(run, state, sheet.axes)}
    loras = _found(missing, dict(_loras(sheet, files)) | saved, sheet)
    plan = SheetPlan(sheet.title, sheet.rows, sheet.columns, within=sheet.within)
    said = tuple(unsound(state, _there(run, state)))
    return PlannedSheet(plan, run.id, sheet, cells, missing, base, {}, loras, notes_of(state), said,
                        rate_of(place, base, sheet.spec.base))


def _there(run: RunFolder, state: RunState) -> dict[int, str]:
    return {each.epoch: each.sha256 for each in runs.sound_checkpoints(run, state)}


def _loras(sheet: Sheet, files: BaseFiles) -> Iterator[tuple[str, Path]]:
    """The Turbo LoRA, if the sheet wears any LoRA in every cell."""
    with suppress(UserError):
        if sheet.spec.loras:
            turbo = turbo_of(files)
            yield sha256_of(turbo), turbo


def _found(missing: Sequence[RenderSpec], known: dict[str, Path], sheet: Sheet) -> dict[str, Path]:
    """What the missing pictures wear. Raises UserError for a file that is not where it was."""
    worn = {sha256 for spec in missing for sha256, _ in spec.loras}
    if lost := sorted(worn - known.keys()):
        raise UserError(f"“{sheet.title}” wears a LoRA that is gone or was changed: {lost[0][:8]}", _AGAIN)
    return {sha256: known[sha256] for sha256 in worn}
