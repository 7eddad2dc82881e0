"""Which runs have epochs to look at, and which sheets and previews show them? Read from the folders, in a thread.

A sheet belongs to the run whose checkpoints it wears. Sheets that differ in epochs and seeds alone are one series: more
seeds are drawn as a sheet of their own. A run whose journal has not grown is not read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject

from studio.core.compared_epochs import families
from studio.core.errors import UserError
from studio.core.events import CheckpointSaved, PreviewReady
from studio.core.fold import RunState, fold
from studio.core.sweep import Sheet
from studio.store import runs, sweeps
from studio.store.feed import Feed, StepRows
from studio.store.runs import RunFolder
from studio.store.sweeps import CELLS
from studio.store.workspace import Workspace
from ui.lookout import Lookout
from ui.session import Session
from ui.viewstate.epoch_series import Series, merged, series_of_previews, series_of_sheet


@dataclass(frozen=True, slots=True)
class _Run:
    """What of a run matters here. `hashes` are those of every LoRA it ever saved."""

    id: str
    folder: Path
    state: RunState
    hashes: frozenset[str]
    size: tuple[int, int]

    @property
    def saved(self) -> dict[int, Path]:
        return {each.epoch: self.folder / each.path for each in self.state.checkpoints}


@dataclass(frozen=True, slots=True)
class Found:
    """All runs, newest first, and what there is of them to look at."""

    runs: tuple[str, ...] = ()
    series: tuple[Series, ...] = ()
    with_files: frozenset[str] = frozenset()   # runs that have a LoRA a sheet can be drawn of
    saved: Mapping[str, tuple[int, ...]] = field(default_factory=dict)   # their epochs


class Shelf(Lookout):
    """The series of the open project, kept true while jobs of this window draw more of them."""

    found: Found

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(session, parent, Found())
        self._runs: dict[str, tuple[object, _Run]] = {}
        self._sheets: dict[str, Sheet] = {}
        self._made: dict[str, tuple[object, Series | None]] = {}
        self._merged: dict[tuple[str, ...], tuple[list[Series], Series]] = {}

    # In the thread

    def _read(self, place: Workspace) -> Found:
        known = [run for folder in runs.runs_of(place) if (run := self._run(folder))]
        series = [each for run in known if (each := _previews(run))]
        series += self._families(each for folder in sweeps.sheets_of(place) if (each := self._sheet(folder, known)))
        return Found(tuple(run.id for run in reversed(known)), tuple(series),
                     frozenset(run.id for run in known if run.state.checkpoints),
                     {run.id: tuple(sorted(run.saved)) for run in known})

    def _families(self, sheets: Iterable[Series]) -> Iterator[Series]:
        by_id = {each.id: each for each in sheets}
        for names in families({id: self._sheets[id] for id in by_id}):
            parts = [by_id[id] for id in names]
            if self._merged.get(names, ([],))[0] != parts:
                self._merged[names] = parts, merged(parts)
            yield self._merged[names][1]

    def _run(self, run: RunFolder) -> _Run | None:
        try:
            stamp = run.journal.stat().st_size, run.journal.stat().st_mtime_ns
            if self._runs.get(run.id, (None,))[0] != stamp:
                self._runs[run.id] = stamp, _read_run(run)
            return self._runs[run.id][1]
        except (UserError, OSError):
            return None  # the training page tells what is wrong with it

    def _sheet(self, folder: sweeps.SheetFolder, known: Iterable[_Run]) -> Series | None:
        try:
            id = folder.folder.name
            if id not in self._sheets:
                self._sheets[id] = sweeps.read_sheet(folder)
            sheet, cells = self._sheets[id], folder.folder / CELLS
            there = frozenset(each.stem for each in cells.iterdir() if each.suffix == ".png")
            worn = {sha256 for _, sha256 in sheet.epochs}
            run = next((each for each in reversed(list(known)) if worn & each.hashes), None)
            stamp = there, run and (run.id, run.state.checkpoints)
            if self._made.get(id, (None,))[0] != stamp:  # naming ten thousand cells takes a while
                self._made[id] = stamp, run and series_of_sheet(run.id, id, folder.folder, sheet, there, cells,
                                                                run.saved)
            return self._made[id][1]
        except (UserError, OSError):
            return None


def _read_run(run: RunFolder) -> _Run:
    """Steps are passed over: there may be a million of them."""
    events = [each for block in Feed(run.journal).read() for each in block if not isinstance(each, StepRows)]
    recipe = runs.read_recipe(run)
    hashes = frozenset(each.sha256 for each in events if isinstance(each, CheckpointSaved))
    return _Run(run.id, run.folder, fold(events), hashes, (recipe.preview_width, recipe.preview_height))


def _previews(run: _Run) -> Series | None:
    there: Mapping[Path, bool] = {each: True for each in (run.folder / "previews").rglob("*.png")}
    drawn: list[PreviewReady] = [each for each in run.state.previews if there.get(run.folder / each.path)]
    return series_of_previews(run.id, run.folder, drawn, run.size, run.saved)
