"""Where does a project keep the lines that its lint draws? In `lint.toml`, as far as they are not the usual ones."""

from __future__ import annotations

from pathlib import Path

from studio.core import toml
from studio.core.knobs import build, to_mapping
from studio.core.lint.settings import LintSettings
from studio.store.atomic import write_atomic
from studio.store.workspace import Workspace

NAME = "lint.toml"


def read_lint_settings(place: Workspace) -> LintSettings:
    """The project's lines. Raises `UserError` naming file and key."""
    path = place.folder / NAME
    return build(LintSettings, toml.load(path), str(path)) if path.exists() else LintSettings()


def write_lint_settings(place: Workspace, settings: LintSettings) -> Path:
    """Keeps what differs from the usual, so that better defaults of later versions count."""
    usual = to_mapping(LintSettings())
    own = {name: value for name, value in to_mapping(settings).items() if value != usual[name]}
    write_atomic(place.folder / NAME, toml.dumps(own))
    return place.folder / NAME
