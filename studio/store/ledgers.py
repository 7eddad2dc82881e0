"""Where do the identity ledgers of a project's characters lie? In `ledgers/<character>.toml`, for people too."""

from __future__ import annotations

from pathlib import Path

from studio.core.ledger import Ledger, from_toml, to_toml
from studio.core.texts import read_text
from studio.store.atomic import write_atomic
from studio.store.names import safe_name
from studio.store.workspace import Workspace

FOLDER = "ledgers"


def read_ledger(place: Workspace, character: str) -> Ledger:
    """The ledger of a character, empty as long as nobody wrote one. Raises `UserError` naming file and key."""
    path = ledger_path(place, character)
    return from_toml(read_text(path), str(path)) if path.exists() else Ledger(character)


def read_ledgers(place: Workspace) -> tuple[Ledger, ...]:
    """Those of all characters, in the order of the project."""
    return tuple(read_ledger(place, each.name) for each in place.project.characters)


def write_ledger(place: Workspace, ledger: Ledger) -> Path:
    """Replaces the ledger of its character and returns the file."""
    path = ledger_path(place, place.project.character(ledger.character).name)
    path.parent.mkdir(exist_ok=True)
    write_atomic(path, to_toml(ledger))
    return path


def ledger_path(place: Workspace, character: str) -> Path:
    """The file of a character's ledger."""
    return place.folder / FOLDER / f"{safe_name(character)}.toml"
