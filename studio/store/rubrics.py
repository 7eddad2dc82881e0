"""What is asked of the cells of a project? `rubric.toml`; without it what the ledgers of its characters ask."""

from __future__ import annotations

from pathlib import Path

from studio.core.rubric import Rubric, first_rubric, from_toml, to_toml
from studio.core.texts import read_text
from studio.store.atomic import write_atomic
from studio.store.ledgers import read_ledgers
from studio.store.workspace import Workspace

NAME = "rubric.toml"


def read_rubric(place: Workspace) -> Rubric:
    """The rubric of a project. Raises `UserError` naming file and key."""
    path = place.folder / NAME
    return from_toml(read_text(path), str(path)) if path.exists() else first_rubric(read_ledgers(place))


def write_rubric(place: Workspace, rubric: Rubric) -> Path:
    """Replaces the rubric and returns its file."""
    write_atomic(place.folder / NAME, to_toml(rubric))
    return place.folder / NAME


def forget_rubric(place: Workspace) -> None:
    """The ledgers ask again."""
    (place.folder / NAME).unlink(missing_ok=True)
