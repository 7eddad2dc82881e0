"""Where does a sheet lie, and has a cell been rendered before?

`sheets/0003/` appears with its `sheet.toml` frozen in it. A cell is called by its key, the hash of all that decides its
pixels, so a picture that any sheet of the project holds is never rendered again.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from studio.core import sweep
from studio.core.fold import SheetState, fold_sheet
from studio.core.sweep import Sheet
from studio.core.texts import read_text
from studio.store import journal
from studio.store.atomic import replace_atomic, sync_folder, write_atomic
from studio.store.numbered import appearing, find, folders_of, next_number
from studio.store.run_lock import is_running
from studio.store.workspace import Workspace

SHEET, CELLS = "sheet.toml", "cells"


@dataclass(frozen=True, slots=True)
class SheetFolder:
    """A sheet on disk; all it knows is where things lie."""

    folder: Path

    @property
    def journal(self) -> Path:
        return self.folder / journal.NAME

    def cell(self, key: str) -> Path:
        """Where the picture of a cell lies."""
        return self.folder / CELLS / f"{key}.png"

    def relative(self, path: Path) -> str:
        """A file of this sheet as events name it: relative to the sheet, with forward slashes."""
        return path.relative_to(self.folder).as_posix()


def create_sheet(workspace: Workspace, sheet: Sheet) -> SheetFolder:
    """Freezes a sheet in a new folder, which appears whole."""
    name = f"{next_number(workspace.sheets):04d}"
    with appearing(workspace.sheets / name) as folder:
        (folder / CELLS).mkdir()
        write_atomic(folder / SHEET, sweep.to_toml(sheet))
    return SheetFolder(workspace.sheets / name)


def sheets_of(workspace: Workspace) -> tuple[SheetFolder, ...]:
    """The sheets of a project, oldest first."""
    return tuple(SheetFolder(folder) for folder in folders_of(workspace.sheets))


def find_sheet(workspace: Workspace, wanted: str) -> SheetFolder:
    """A sheet by `latest` or by number. Raises UserError that names the sheets there are."""
    return SheetFolder(find(workspace.sheets, wanted, "sheet"))


def read_sheet(sheet: SheetFolder) -> Sheet:
    """The sheet as it was frozen."""
    path = sheet.folder / SHEET
    return sweep.from_toml(read_text(path), str(path))


def read_sheet_state(sheet: SheetFolder) -> SheetState:
    """What a sheet's journal adds up to; see `runs.read_run`."""
    return fold_sheet(journal.read(sheet.journal), alive=is_running(sheet.folder))


def adopt_cell(workspace: Workspace, sheet: SheetFolder, key: str) -> Path | None:
    """The picture of a cell if this sheet has it, or another has and shares it; None if it has to be rendered."""
    path = sheet.cell(key)
    if path.exists():
        return path
    for other in reversed(sheets_of(workspace)):
        if other.cell(key).exists():
            return _share(other.cell(key), path)
    return None


def rendered_keys(workspace: Workspace) -> frozenset[str]:
    """The keys of all pictures that a sheet of the project holds."""
    return frozenset(path.stem for sheet in sheets_of(workspace) for path in (sheet.folder / CELLS).glob("*.png"))


def _share(source: Path, target: Path) -> Path:
    """The same bytes under a second name; a copy where the disk has no links."""
    try:
        os.link(source, target)
        sync_folder(target.parent)
    except OSError:
        with replace_atomic(target) as part:
            shutil.copyfile(source, part)
    return target
