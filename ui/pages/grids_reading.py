"""Which sheets does the project have, and which of their pictures are drawn? Read from the folders, in a thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from studio.core.errors import UserError
from studio.core.events import CheckpointSaved
from studio.store import runs, sweeps
from studio.store.feed import Feed, StepRows
from studio.store.mark_folders import mark_folders
from studio.store.runs import RunFolder
from studio.store.sweeps import CELLS, SheetFolder
from studio.store.workspace import Workspace
from ui.aside import Aside
from ui.gpu_thread import Task
from ui.session import Session
from ui.viewstate.grid_sheets import FoundSheets, GridSheet, spots_of

_REST_MS = 300
_LOOK_MS = 3_000  # between looks at what other processes draw

_Saved = Mapping[str, tuple[str, int]]


class SheetShelf(QObject):
    """The sheets of the open project, kept true while jobs draw more of them."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._aside = Aside(self)
        self._saved: dict[str, tuple[object, _Saved, bool]] = {}
        self._sheets: dict[str, GridSheet] = {}
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self.look)
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self._look_again)
        self.found = FoundSheets()
        self.has_looked = False
        session.jobs.advanced.connect(self._heard)
        session.jobs.ended.connect(self._heard)

    @property
    def is_busy(self) -> bool:
        return self._aside.is_busy or self._rest.isActive()

    def look(self) -> None:
        """Reads what is new."""
        place = self._session.place
        if place:
            self._aside.ask(lambda: self._read(place), self._take, self._session.say_error)

    def watch(self, is_watching: bool) -> None:
        """Looks now, and again and again, as long as somebody looks at the page."""
        if is_watching:
            self.look()
            self._timer.start()
        else:
            self._timer.stop()

    def close(self) -> None:
        self._rest.stop()
        self._timer.stop()
        self._aside.close()

    def _heard(self, task: Task, _: object = None) -> None:
        if task.kind in ("sheet", "train", "demo") and not self._rest.isActive():
            self._rest.start()

    def _look_again(self) -> None:
        if not self.is_busy:
            self.look()

    def _take(self, found: FoundSheets) -> None:
        is_new, self.has_looked = not self.has_looked or found != self.found, True
        self.found = found
        if is_new:
            self.changed.emit()

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
