"""Which trainer is a recipe from, and for which is one written? Told by the file's ending and its words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from studio.core import toml
from studio.core.errors import UserError, unknown
from studio.core.foreign_recipe import Carried, Imported, LeftOut
from studio.core.knobs import build, knobs_of
from studio.core.recipe import Recipe
from studio.core.recipe import to_toml as own_text
from studio.store.atomic import write_atomic
from studio.store.exchange import sdscripts_toml, toolkit_yaml
from studio.store.exchange.ss_header import read_header_recipe

STUDIO, TOOLKIT, SDSCRIPTS = "studio", "toolkit", "sd-scripts"
ENDINGS = {STUDIO: ".toml", TOOLKIT: ".yaml", SDSCRIPTS: ".toml"}


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written for another trainer; `left_out` goes by the names of settings."""

    files: tuple[Path, ...]
    carried: tuple[Carried, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def read_recipe(path: Path, trigger: str = "") -> Imported:
    """The recipe of this studio's TOML, AnimaLoraToolkit's YAML, sd-scripts' TOML, or the header of a LoRA.

    Where previews spell `trigger` out they get the placeholder instead. Raises UserError for anything else.
    """
    ending = path.suffix.lower()
    if ending in (".yaml", ".yml"):
        return toolkit_yaml.read_toolkit(path, trigger)
    if ending == ".safetensors":
        return read_header_recipe(path)
    if ending != ".toml":
        raise UserError(f"{path} is no recipe that the studio knows", "Name a .toml, a .yaml or a .safetensors file.")
    table = toml.load(path)
    if table and _own().issuperset(table):
        return Imported(build(Recipe, table, str(path)), (), ())
    return sdscripts_toml.read_sdscripts(path, trigger)


def write_recipe(recipe: Recipe, form: str, path: Path, trigger: str = "") -> Exported:
    """Writes the recipe in the form of STUDIO, TOOLKIT or SDSCRIPTS; {trigger} in previews becomes the word itself.

    Raises UserError for a form that there is not, and for a name with another ending than its files have.
    """
    if form not in _WRITERS:
        raise unknown("form of recipe", form, _WRITERS)
    if path.suffix.lower() != ENDINGS[form]:
        raise UserError(f"{path} has another ending than such a file", f"Let its name end in {ENDINGS[form]}.")
    path.parent.mkdir(parents=True, exist_ok=True)
    return _WRITERS[form](recipe, path, trigger)


def _own() -> frozenset[str]:
    return frozenset(knob.name for knob in knobs_of(Recipe))


def _write_own(recipe: Recipe, path: Path, trigger: str) -> Exported:
    write_atomic(path, own_text(recipe))
    return Exported((path,))


def _write_toolkit(recipe: Recipe, path: Path, trigger: str) -> Exported:
    text, told = toolkit_yaml.to_yaml(recipe, trigger)
    write_atomic(path, text)
    return Exported((path,), told.carried, told.left_out)


def _write_sdscripts(recipe: Recipe, path: Path, trigger: str) -> Exported:
    """Its prompts lie beside it, under a name that the configuration says."""
    prompts = path.with_name(f"{path.stem}.prompts.txt")
    written = sdscripts_toml.to_toml(recipe, trigger, prompts.name)
    for file, text in zip((prompts, path), reversed(written.files), strict=True):
        write_atomic(file, text[1])
    return Exported((path, prompts), written.told.carried, written.told.left_out)


_WRITERS: dict[str, Callable[[Recipe, Path, str], Exported]] = {
    STUDIO: _write_own, TOOLKIT: _write_toolkit, SDSCRIPTS: _write_sdscripts,
}  # fmt: skip
