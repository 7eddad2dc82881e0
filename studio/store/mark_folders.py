"""Where do the marks of a sheet lie? In the folder of the first sheet of its family.

Sheets that differ in epochs and seeds alone are looked at as one, so they are marked as one, and undone as one. Whoever
reads or writes marks asks here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from studio.core.compared_epochs import families
from studio.core.errors import UserError
from studio.core.sweep import Sheet
from studio.store import sweeps
from studio.store.sweeps import SheetFolder
from studio.store.workspace import Workspace


def mark_folder(place: Workspace, of: SheetFolder) -> Path:
    """The folder that holds the marks of a sheet of this project."""
    return mark_folders(readable_sheets(place)).get(of.folder, of.folder)


def mark_folders(sheets: Mapping[Path, Sheet]) -> dict[Path, Path]:
    """The same for each of these sheets by its folder; they are all that can be read, the oldest first."""
    return {folder: names[0] for names in families(sheets) for folder in names}


def readable_sheets(place: Workspace) -> dict[Path, Sheet]:
    """Every sheet of a project by its folder, the oldest first, but those that cannot be read."""
    return dict(_read(place))


def _read(place: Workspace) -> Iterator[tuple[Path, Sheet]]:
    for each in sweeps.sheets_of(place):
        with suppress(UserError, OSError):  # what cannot be read is told of where it is shown
            yield each.folder, sweeps.read_sheet(each)
