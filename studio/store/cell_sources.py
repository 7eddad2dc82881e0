"""Which sheet got its pictures from elsewhere, and from where?

The studio's own folder remembers it, never the project: a project that somebody sent must not name an address to ask
or a folder to write to.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from studio.core.cell_source import HERE, Source, source_of
from studio.core.errors import UserError
from studio.store.atomic import write_atomic
from studio.store.home import home_folder
from studio.store.sweeps import SheetFolder, read_sheet, sheets_of
from studio.store.workspace import Workspace

NAME = "cell_sources.json"

_KEPT = 500  # sheets


def keep_source(sheet: SheetFolder, source: Source, home: Path | None = None) -> None:
    """Remembers it; nothing is written for pictures that are rendered here. A folder that cannot be written forgets."""
    if source == HERE or kept_source(sheet, home) == source:
        return
    path = (home or home_folder()) / NAME
    known = {name: each for name, each in _table(path).items() if name != _name(sheet)}
    known[_name(sheet)] = [source.kind, source.where, source.loras]
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, json.dumps(dict(list(known.items())[-_KEPT:]), ensure_ascii=False, indent=1) + "\n")


def kept_source(sheet: SheetFolder, home: Path | None = None) -> Source:
    """Where the pictures of a sheet came from on this machine; here if nobody knows better."""
    found = _table((home or home_folder()) / NAME).get(_name(sheet))
    if not isinstance(found, list) or len(found) != 3:
        return HERE
    with suppress(UserError):
        return source_of(*map(str, found))
    return HERE


def recalled_source(place: Workspace, program: str, home: Path | None = None) -> Source:
    """Where the newest sheet got its pictures from that this program drew. Raises UserError where none did."""
    for sheet in reversed(sheets_of(place)):
        if (source := kept_source(sheet, home)) != HERE and read_sheet(sheet).spec.drawn_by == program:
            return source
    raise UserError(f"The pictures of this sheet are drawn by {program}, and nobody said where",
                    "Say where the pictures come from, for example --via http://127.0.0.1:8188.")


def _name(sheet: SheetFolder) -> str:
    return str(sheet.folder.absolute())


def _table(path: Path) -> dict[str, object]:
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return table if isinstance(table, dict) else {}
