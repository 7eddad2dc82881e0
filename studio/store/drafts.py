"""Where do the run that is being planned, and the recipes that a person keeps, outlive the window?

The plan lies in the project as `plan.toml`; kept recipes lie as `recipes/<name>.toml` in the folder that belongs to no
project, so that each project can begin with them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

from studio.core import draft as drafts
from studio.core.draft import Draft
from studio.core.errors import UserError
from studio.core.recipe import Recipe, from_toml, load_recipe, shipped_recipes, to_toml
from studio.core.texts import read_text
from studio.store.atomic import write_atomic
from studio.store.names import safe_name
from studio.store.workspace import Workspace

PLAN, RECIPES = "plan.toml", "recipes"


def read_draft(place: Workspace, preset_of: Callable[[str], Recipe]) -> Draft | None:
    """What was planned last in a project; None where nothing was. Raises `UserError` for a damaged file."""
    path = place.folder / PLAN
    return drafts.from_toml(read_text(path), preset_of, str(path)) if path.is_file() else None


def write_draft(place: Workspace, draft: Draft) -> None:
    """Keeps what is planned."""
    write_atomic(place.folder / PLAN, drafts.to_toml(draft))


def kept_recipes(home: Path) -> tuple[str, ...]:
    """The names of the recipes that a person keeps, in alphabetical order."""
    return tuple(sorted(path.stem for path in (home / RECIPES).glob("*.toml")))


def keep_recipe(home: Path, name: str, recipe: Recipe) -> Recipe:
    """Writes a recipe under a name of the person's own. Raises `UserError` for the name of one that ships."""
    name = safe_name(name.strip()) if name.strip() else ""
    if not name or name in shipped_recipes():
        raise UserError(f"A recipe cannot be called '{name}'", "Choose a name that no recipe has that ships.")
    kept = dataclasses.replace(recipe, name=name)
    (home / RECIPES).mkdir(parents=True, exist_ok=True)
    write_atomic(home / RECIPES / f"{name}.toml", to_toml(kept))
    return kept


def drop_recipe(home: Path, name: str) -> None:
    """Forgets a recipe that a person kept."""
    (home / RECIPES / f"{name}.toml").unlink(missing_ok=True)


def preset(home: Path, name: str) -> Recipe:
    """A recipe by its name, kept or shipped. Raises `UserError` where there is none."""
    path = home / RECIPES / f"{name}.toml"
    if name in kept_recipes(home):
        return dataclasses.replace(from_toml(read_text(path), str(path)), name=name)
    return load_recipe(name)
