"""A planned sheet whose pictures come from somewhere else: which program draws it, and what is there already."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from studio.core.cell_source import HERE, PROGRAMS, Source
from studio.core.drawn import Drawn, LeftOver, matching, stem_of
from studio.core.errors import UserError
from studio.core.fold import RunState, fold
from studio.core.inferred_sheet import inferred
from studio.core.lint.phrases import counted
from studio.core.said import Said, said
from studio.core.sheet_forecast import PictureRate
from studio.core.sheet_plan import SheetPlan
from studio.jobs.bases import BaseChoice, base_from_facts, chosen_base
from studio.jobs.plan_sheet import PlannedSheet, drawn_by, missing_of, notes_of
from studio.jobs.used_name import used_name
from studio.store import journal, runs
from studio.store.cell_sources import recalled_source
from studio.store.comfy_server import comfy_address
from studio.store.exchange.rendered import drawn_in, split
from studio.store.runs import RunFolder
from studio.store.workspace import Workspace

_TOLD = 12  # pictures that have no place, each with its reason
_COPYING = PictureRate(0.0, 0.0, True, "as the pictures are only copied")


@dataclass(frozen=True, slots=True)
class Sourced:
    """A sheet with the source of its pictures; `found` are those of a folder by the keys of their cells."""

    planned: PlannedSheet
    source: Source = HERE
    found: Mapping[str, Path] = field(default_factory=dict)
    left: tuple[LeftOver, ...] = ()


def sourced(place: Workspace, planned: PlannedSheet, source: Source | None = None) -> Sourced:
    """The sheet as that source draws it; without one, as a sheet of its program was drawn before.

    Raises UserError for an address or a folder that is none.
    """
    if source is None:
        program = planned.sheet.spec.drawn_by
        source = recalled_source(place, program) if program else HERE
    match source.kind:
        case "here":
            return Sourced(drawn_by(place, planned, ""))
        case "comfyui":
            source = dataclasses.replace(source, where=comfy_address(source.where))
            return Sourced(drawn_by(place, planned, PROGRAMS["comfyui"]), source)
        case _:
            return _matched(place, planned, Path(source.where).expanduser().absolute())


def own_sheet(place: Workspace, folder: Path, wanted_run: str = "", base: BaseChoice | None = None) -> Sourced:
    """The sheet that the pictures of a folder make by themselves; with a run its LoRA files tell the epochs.

    Raises UserError where no picture tells its settings.
    """
    folder = folder.expanduser().absolute()
    drawn, strange = split(drawn_in(folder))
    run = runs.find_run(place, wanted_run) if wanted_run else None
    state = fold(journal.read(run.journal)) if run else RunState()
    base = (base or BaseChoice()).otherwise(base_from_facts(state.course.facts.get("base")))
    base = chosen_base(base, place.project) if base.name or place.project.base else BaseChoice(_named_base(drawn))
    made = inferred(drawn, folder.name, dict(_epochs(run, state)) if run else {}, _digest(base))
    left = {each.path for each in made.left}
    cells, digest = made.sheet.expand(), made.sheet.spec.base
    bases = {digest: {each.base for each in drawn if each.base}}  # one of them is on this sheet: `inferred` saw to it
    found = matching([each for each in drawn if each.path not in left], cells, made.loras, bases)
    planned = PlannedSheet(
        SheetPlan(made.sheet.title, made.sheet.rows, made.sheet.columns), run.id if run else "", made.sheet, cells,
        missing_of(place, cells), base, {}, {sha256: Path(names[0]) for sha256, names in made.loras.items()},
        notes_of(state) if run else {}, (), _COPYING)
    return _told(planned, Source("folder", str(folder)), {key: each.path for key, each in found.found.items()},
                 (*strange, *made.left, *found.left))


def _epochs(run: RunFolder, state: RunState) -> Iterator[tuple[str, tuple[int, str]]]:
    """What each file of a run may be called, and what it is: (epoch, SHA-256)."""
    for each in runs.sound_checkpoints(run, state):
        path = run.folder / each.path
        yield from ((stem_of(name), (each.epoch, each.sha256)) for name in (path.name, used_name(path)))


def _matched(place: Workspace, planned: PlannedSheet, folder: Path) -> Sourced:
    drawn, strange = split(drawn_in(folder))
    loras = {sha256: {path.name, used_name(path)} for sha256, path in planned.loras.items()}
    bases = {planned.sheet.spec.base: _base_names(planned.base)}
    bases |= {digest: _base_names(base) for digest, base in planned.bases.items()}
    found = matching(drawn, planned.cells, loras, bases)
    renewed = drawn_by(place, planned, found.program)
    keys = _renamed(planned, renewed)
    pictures = {keys[key]: each.path for key, each in found.found.items()}
    return _told(renewed, Source("folder", str(folder)), pictures, (*strange, *found.left))


def _renamed(planned: PlannedSheet, renewed: PlannedSheet) -> dict[str, str]:
    """The same cells under the keys of another program."""
    return {old.key: new.key for old, new in zip(planned.cells, renewed.cells, strict=True)}


def _told(planned: PlannedSheet, source: Source, found: Mapping[str, Path], left: tuple[LeftOver, ...]) -> Sourced:
    """With a sentence on each picture that found no place, as far as anybody reads so many."""
    remarks: list[Said] = []
    if len(found) < planned.pictures:
        remarks.append(said("The folder has {found} of the {all} pictures of this sheet.", found=len(found),
                            all=planned.pictures))
    remarks += [said("{picture}", picture=f"{each}.") for each in left[:_TOLD]]
    if len(left) > _TOLD:
        remarks.append(said("{count} more pictures have no place in the sheet.", count=len(left) - _TOLD))
    planned = dataclasses.replace(planned, remarks=(*planned.remarks, *remarks), rate=_COPYING)
    return Sourced(planned, source, found, left)


def require_found(sheet: Sourced) -> Sourced:
    """Raises UserError for a folder of which not one picture has a place."""
    if sheet.source.kind == "folder" and not sheet.found:
        why = f": {sheet.left[0]}" if sheet.left else ""
        raise UserError(f"None of {counted(len(sheet.left), 'picture')} in {sheet.source.where} is a cell of "
                        f"this sheet{why}", "They can make a sheet of their own instead.")
    return sheet


def _base_names(base: BaseChoice) -> set[str]:
    names = {base.title} if base.name else set()
    try:
        return names | {base.files().transformer.name} if base.name else names
    except UserError:  # a base that is not here; then its name has to do
        return names


def _digest(base: BaseChoice) -> str:
    from studio.engine.anima.files import base_digest

    try:
        return base_digest(base.files())
    except UserError:
        return ""


def _named_base(drawn: Collection[Drawn]) -> str:
    return next((each.base_name or each.base for each in drawn if each.base), "")
