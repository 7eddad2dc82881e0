"""Which sheet got its pictures from elsewhere, and from where? And from where shall those come that were ordered?

The studio's own folder remembers it, never the project: a project that somebody sent must not name an address to ask
or a folder to write to.
"""

from __future__ import annotations

import hashlib
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

_KEPT = 500   # sheets and orders
_DIGITS = 16  # of a hash


def keep_source(sheet: SheetFolder, source: Source, home: Path | None = None) -> None:
    """Remembers it; nothing is written for pictures that are rendered here. A folder that cannot be written forgets."""
    if source == HERE or kept_source(sheet, home) == source:
        return
    _keep(_name(sheet), source, home)


def kept_source(sheet: SheetFolder, home: Path | None = None) -> Source:
    """Where the pictures of a sheet came from on this machine; here if nobody knows better."""
    return _kept(_name(sheet), home)


def name_source(source: Source, home: Path | None = None) -> str:
    """A name under which this machine remembers it, and which tells no other where; empty for this computer."""
    if source == HERE:
        return ""
    digest = hashlib.sha256(json.dumps([source.kind, source.where, source.loras]).encode()).hexdigest()[:_DIGITS]
    name = f"{source.kind} {digest}"
    if _kept(name, home) != source:
        _keep(name, source, home)
    return name


def named_source(name: str, home: Path | None = None) -> Source:
    """The source of that name. Raises UserError where this machine does not know it."""
    if name and (found := _kept(name, home)) == HERE:
        raise UserError("The pictures were to come from a place that this machine does not know",
                        "Choose where they come from, and order the sheet anew.")
    return found if name else HERE


def recalled_source(place: Workspace, program: str, home: Path | None = None) -> Source:
    """Where the newest sheet got its pictures from that this program drew. Raises UserError where none did."""
    for sheet in reversed(sheets_of(place)):
        if (source := kept_source(sheet, home)) != HERE and read_sheet(sheet).spec.drawn_by == program:
            return source
    raise UserError(f"The pictures of this sheet are drawn by {program}, and nobody said where",
                    "Say where the pictures come from, for example --via http://127.0.0.1:8188.")


def _keep(name: str, source: Source, home: Path | None) -> None:
    path = (home or home_folder()) / NAME
    known = {other: each for other, each in _table(path).items() if other != name}
    known[name] = [source.kind, source.where, source.loras]
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, json.dumps(dict(list(known.items())[-_KEPT:]), ensure_ascii=False, indent=1) + "\n")


def _kept(name: str, home: Path | None) -> Source:
    found = _table((home or home_folder()) / NAME).get(name)
    if not isinstance(found, list) or len(found) != 3:
        return HERE
    with suppress(UserError):
        return source_of(*map(str, found))
    return HERE


def _name(sheet: SheetFolder) -> str:
    return str(sheet.folder.absolute())


def _table(path: Path) -> dict[str, object]:
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return table if isinstance(table, dict) else {}
