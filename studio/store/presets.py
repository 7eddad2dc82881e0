"""Which sheets can be picked? Those that ship, and the artist's own in the studio's folder, for all projects.

An own sheet may be called as one that ships, and then stands in its place.
"""

from __future__ import annotations

from pathlib import Path

from studio.core import toml
from studio.core.errors import UserError, unknown
from studio.core.sheet_plan import SheetPlan, load_plan, plan_from_toml, plan_to_toml, shipped_plans
from studio.core.texts import read_text
from studio.store.atomic import write_atomic
from studio.store.home import home_folder
from studio.store.names import safe_name

FOLDER = "sheets"


def preset_names(home: Path | None = None) -> tuple[str, ...]:
    """All of them, sorted."""
    return tuple(sorted({*own_names(home), *shipped_plans()}))


def own_names(home: Path | None = None) -> tuple[str, ...]:
    """The artist's own."""
    return tuple(sorted(path.stem for path in _folder(home).glob("*.toml")))


def find_plan(path_or_name: str | Path, home: Path | None = None) -> SheetPlan:
    """A plan's file, an own sheet or one that ships. Raises `UserError` with the nearest name there is."""
    name = str(path_or_name)
    if Path(path_or_name).is_file():
        return load_plan(path_or_name)
    if name in own_names(home):
        path = _folder(home) / f"{name}.toml"
        return plan_from_toml(read_text(path, toml.LARGEST), str(path))
    if name in shipped_plans() or Path(name).suffix == ".toml" or len(Path(name).parts) > 1:
        return load_plan(path_or_name)
    raise unknown("sheet", name, preset_names(home))


def save_plan(plan: SheetPlan, name: str, home: Path | None = None) -> Path:
    """Keeps a plan as the artist's own under that name, in the place of an older one, and returns its file."""
    if not name.strip() or safe_name(name) != name:
        raise UserError(f"'{name}' cannot be the name of a sheet", "Write a word that a file may be called.")
    path = _folder(home) / f"{name}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, plan_to_toml(plan))
    return path


def forget_plan(name: str, home: Path | None = None) -> None:
    """Removes an own sheet; one that ships under that name is there again."""
    if name not in own_names(home):
        raise unknown("sheet of your own", name, own_names(home))
    (_folder(home) / f"{name}.toml").unlink()


def _folder(home: Path | None) -> Path:
    return (home or home_folder()) / FOLDER
