"""`show`: what a project, a run or a sheet has come to, folded from its journal."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from pathlib import Path

from studio.cli.foreign import is_foreign, show_foreign
from studio.cli.live import JsonLines, duration
from studio.core.fold import Course, RunState, SheetState
from studio.store import dataset, journal, runs, sweeps, workspace
from studio.store.runs import RunFolder
from studio.store.sweeps import SheetFolder
from studio.store.workspace import Workspace

_SHEET = "sheet/"
_BARS = "▁▂▃▄▅▆▇█"


def show(folder: Path, what: str | None, *, as_json: bool = False) -> int:
    """Prints a summary, or with `as_json` the events of the journals themselves."""
    if what is None and is_foreign(folder):
        return show_foreign(folder, as_json=as_json)
    place, found = _found(folder, what)
    if as_json:
        listen = JsonLines()
        for each in found:
            for event in journal.read(each.journal):
                listen(event)
        return 0
    for line in _lines(place, found, whole=what is None and place.folder == folder):
        print(line)
    return 0


def _found(folder: Path, what: str | None) -> tuple[Workspace, list[RunFolder | SheetFolder]]:
    """The project, and what of it is meant; a run's or a sheet's own folder names itself."""
    if folder.parent.name in ("runs", "sheets") and not (folder / workspace.NAME).exists():
        what = folder.name if folder.parent.name == "runs" else _SHEET + folder.name
        folder = folder.parent.parent
    place = workspace.read_project(folder)
    if what is None:
        return place, [*runs.runs_of(place), *sweeps.sheets_of(place)]
    if what.startswith(_SHEET):
        return place, [sweeps.find_sheet(place, what.removeprefix(_SHEET))]
    return place, [runs.find_run(place, what)]


def _lines(place: Workspace, found: list[RunFolder | SheetFolder], whole: bool) -> Iterator[str]:
    if whole:
        yield from _project_lines(place)
    for each in found:
        yield ""
        if isinstance(each, RunFolder):
            yield from _run_lines(each, runs.read_run(each))
        else:
            yield from _sheet_lines(each, sweeps.read_sheet(each).title, sweeps.read_sheet_state(each))


def _project_lines(place: Workspace) -> Iterator[str]:
    yield f"{place.project.name}   {place.folder}"
    yield f"  base        {place.project.base or 'none chosen'}"
    for character in place.project.characters:
        images = dataset.images_of(place, character)
        bare = sum(not image.caption for image in images)
        yield (f"  character   {character.name} ({character.trigger}), {len(images)} images"
               f" x {character.repeats}{f', {bare} without a caption' if bare else ''}")
    for group in place.project.groups:
        yield f"  together    {group.name}, {len(dataset.images_of(place, group))} images x {group.repeats}"


def _run_lines(run: RunFolder, state: RunState) -> Iterator[str]:
    yield f"run {run.id}   {_status(state.course)}"
    if state.steps:
        last = state.steps[-1]
        yield (f"  progress    step {last.step}/{state.course.total} · epoch {last.epoch}"
               f" · {last.exposures:,} exposures · {duration(state.seconds)} in steps")
        yield f"  loss        {_spark([loss for _, loss in state.losses])}  {last.loss:.4f}"
    for saved in state.checkpoints:
        yield f"  epoch {saved.epoch:<5} {saved.path}   step {saved.step}   {saved.sha256[:12]}"
    for asked in state.snapshots:
        yield f"  step {asked.step:<6} {asked.path}   epoch {asked.epoch}   {asked.sha256[:12]}"
    yield from _notes(state.course)


def _sheet_lines(sheet: SheetFolder, title: str, state: SheetState) -> Iterator[str]:
    yield f"sheet {sheet.folder.name} {title}   {_status(state.course)}"
    yield f"  cells       {len(state.cells)}/{state.course.total}"
    if (picture := state.course.result.get("sheet")) is not None:
        yield f"  picture     {picture}"
    yield from _notes(state.course)


def _status(course: Course) -> str:
    """The status in words; an attempt is worth a word from the second on."""
    again = f", attempt {course.attempt}" if course.attempt > 1 else ""
    when = _when(course.time) if course.time else ""
    why = f": {course.failure.what}" if course.failure and course.status == "failed" else ""
    return f"{course.status}{again}{when}{why}"


def _when(seconds: float) -> str:
    try:
        return time.strftime(" %Y-%m-%d %H:%M", time.localtime(seconds))
    except (OverflowError, ValueError, OSError):  # no clock of ours said that
        return " at an unknown time"


def _notes(course: Course) -> Iterator[str]:
    for note in dict.fromkeys(course.notes):
        yield f"  note        {note}"


def _spark(values: list[float], width: int = 40) -> str:
    """The values as a row of bars, each the mean of its share; a run that went astray has losses that are no number."""
    values = [value for value in values if math.isfinite(value)]
    shares = [values[len(values) * at // width:len(values) * (at + 1) // width] for at in range(width)]
    means = [sum(share) / len(share) for share in shares if share]
    low, high = min(means, default=0.0), max(means, default=0.0)
    steps = (int((mean - low) / (high - low) * (len(_BARS) - 1)) if high > low else 0 for mean in means)
    return "".join(_BARS[step] for step in steps)
