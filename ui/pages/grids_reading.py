"""Which sheets does the project have, and which of their pictures are drawn? Read from the folders, in a thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QObject

from studio.core.errors import UserError
from studio.core.events import CheckpointSaved
from studio.store import runs, sweeps
from studio.store.feed import Feed, StepRows
from studio.store.mark_folders import mark_folders
from studio.store.runs import RunFolder
from studio.store.sweeps import CELLS, SheetFolder
from studio.store.workspace import Workspace
from ui.lookout import Lookout
from ui.session import Session
from ui.viewstate.grid_sheets import FoundSheets, GridSheet, spots_of

_Saved = Mapping[str, tuple[str, int]]


class SheetShelf(Lookout):
    """The sheets of the open project, kept true while jobs draw more of them."""

    found: FoundSheets

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(session, parent, FoundSheets())
        self._saved: dict[str, tuple[object, _Saved, bool]] = {}
        self._sheets: dict[str, GridSheet] = {}

    # In the thread

    def _read(self, place: Workspace) -> FoundSheets:
        of_runs = {folder.id: self._run(folder) for folder in runs.runs_of(place)}
        saved = {sha256: epoch for known, _ in of_runs.values() for sha256, epoch in known.items()}
        read = self._with_marks([sheet for folder in sweeps.sheets_of(place) if (sheet := self._sheet(folder, saved))])
        pictures = {key: sheet.folder / CELLS / f"{key}.png" for sheet in read for key in sheet.there}
        usable = tuple(id for id, (_, has_files) in reversed(list(of_runs.items())) if has_files)
        return FoundSheets(tuple(reversed(read)), pictures, saved, usable)

    def _with_marks(self, read: list[GridSheet]) -> list[GridSheet]:
        """The same, each with the folder of its marks; one that it had already is the same value still."""
        marks = mark_folders({each.folder: each.sheet for each in read})
        for each in read:
            if each.marks != marks[each.folder]:
                self._sheets[each.id] = replace(each, marks=marks[each.folder])
        return [self._sheets[each.id] for each in read]

    def _run(self, run: RunFolder) -> tuple[_Saved, bool]:
        """The LoRAs it ever saved by their digests, and whether any is left."""
        try:
            stat = run.journal.stat()
            stamp = stat.st_size, stat.st_mtime_ns
            if self._saved.get(run.id, (None,))[0] != stamp:
                saved = [each for block in Feed(run.journal).read() for each in block
                         if not isinstance(each, StepRows) and isinstance(each, CheckpointSaved)]
                self._saved[run.id] = (stamp, {each.sha256: (run.id, each.epoch) for each in saved},
                                       any((run.folder / each.path).exists() for each in saved))
            return self._saved[run.id][1:]
        except (UserError, OSError):
            return {}, False  # the training page tells what is wrong with it

    def _sheet(self, folder: SheetFolder, saved: _Saved) -> GridSheet | None:
        try:
            id = folder.folder.name
            there = frozenset(each.stem for each in (folder.folder / CELLS).iterdir() if each.suffix == ".png")
            known = self._sheets.get(id)
            if known is None or known.there != there or not known.run:
                sheet = known.sheet if known else sweeps.read_sheet(folder)
                run = next((saved[sha256][0] for _, sha256 in sheet.epochs if sha256 in saved), "")
                spots, marks = (known.spots, known.marks) if known else (spots_of(sheet), folder.folder)
                self._sheets[id] = GridSheet(id, folder.folder, marks, sheet, spots, there, run)
            return self._sheets[id]
        except (UserError, OSError):
            return None
