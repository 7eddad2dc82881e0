"""Where do a character's own words and formats of prompts lie? In `formats/<name>.toml`, for people to edit."""

from __future__ import annotations

from pathlib import Path

from studio.core.formats import Wording, from_toml, to_toml
from studio.core.texts import read_text
from studio.store.atomic import write_atomic
from studio.store.names import safe_name
from studio.store.workspace import Workspace

FOLDER = "formats"


def read_wording(place: Workspace, character: str) -> Wording:
    """What was written down for a character, empty as long as nobody did. Raises `UserError` naming file and key."""
    path = wording_path(place, character)
    return from_toml(read_text(path), str(path)) if path.exists() else Wording(character)


def write_wording(place: Workspace, wording: Wording) -> Path:
    """Replaces the wording of its character and returns the file."""
    path = wording_path(place, wording.character)
    path.parent.mkdir(exist_ok=True)
    write_atomic(path, to_toml(wording))
    return path


def wording_path(place: Workspace, character: str) -> Path:
    """The file of a character's wording."""
    return place.folder / FOLDER / f"{safe_name(character)}.toml"
