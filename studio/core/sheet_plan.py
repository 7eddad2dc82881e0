"""A sheet before there is a run: what a person writes or picks. Checkpoints and characters make it a `Sheet`."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.core import shipped, toml
from studio.core.axes import ALL, BASE, CHARACTER, EPOCH, LAST, Axis, Value, axis_of
from studio.core.errors import UserError, unknown
from studio.core.knobs import Setting, build, checked, knob_of
from studio.core.previews import preview_settings
from studio.core.project import Character
from studio.core.recipe import Recipe
from studio.core.spec import RenderSpec
from studio.core.sweep import Sheet, check, words_of

_KEYS = ("title", "loras", "render", "words", "rows", "columns")


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """`render` holds only the settings that the plan insists on; the run's previews decide the others.

    `loras` are worn in every cell beside the character's: (path or `turbo`, strength).
    """

    title: str
    rows: tuple[Axis, ...]
    columns: tuple[Axis, ...]
    render: tuple[tuple[str, Setting], ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    loras: tuple[tuple[str, float], ...] = ()


def load_plan(path_or_name: str | Path) -> SheetPlan:
    """A plan's file, or one that ships with the studio by its name."""
    path = shipped.find("sheet", "sheets", path_or_name)
    return _plan(toml.load(path), str(path))


def shipped_plans() -> tuple[str, ...]:
    """The names that `load_plan` knows."""
    return shipped.names("sheets")


def plan_from_toml(text: str, where: str = "sheet") -> SheetPlan:
    """The plan of a TOML text. Raises `UserError` naming `where`, and the nearest name for one it does not know."""
    return _plan(toml.loads(text, where), where)


def with_axis(plan: SheetPlan, axis: Axis) -> SheetPlan:
    """The plan with that axis in the place of the one of its name, or as one more axis of the rows.

    Characters join the columns instead, a block for each, so that a row is one epoch for all of them.
    """
    if _has_axis(plan, axis.name):
        return dataclasses.replace(plan, rows=_with(plan.rows, axis), columns=_with(plan.columns, axis))
    if axis.name == CHARACTER:
        return dataclasses.replace(plan, columns=(axis, *plan.columns))
    return dataclasses.replace(plan, rows=(*plan.rows, axis))


def sheet_of(plan: SheetPlan, recipe: Recipe, characters: Sequence[Character], checkpoints: Mapping[int, str],
             base: str, loras: tuple[tuple[str, float], ...] = ()) -> Sheet:
    """The complete sheet for a run. `checkpoints` are epoch -> SHA-256, `base` the digest of the base model.

    `loras` are those that every cell wears, as (SHA-256, strength).

    A run of several characters shows each of them wherever {trigger} is asked for, unless the plan says which. Raises
    `UserError` for an epoch that has no checkpoint, a character who is not in the run, and for whatever `check` finds.
    """
    sheet = _sheet(plan, recipe, characters, checkpoints, base)
    if len(characters) > 1 and "trigger" in words_of(sheet) and not _has_axis(plan, CHARACTER):
        sheet = _sheet(with_axis(plan, Axis(CHARACTER, (ALL,))), recipe, characters, checkpoints, base)
    sheet = dataclasses.replace(sheet, spec=dataclasses.replace(sheet.spec, loras=loras))
    check(sheet)
    return sheet


def _sheet(plan: SheetPlan, recipe: Recipe, characters: Sequence[Character], checkpoints: Mapping[int, str],
           base: str) -> Sheet:
    return Sheet(
        title=plan.title,
        rows=_resolved(plan.rows, characters, checkpoints),
        columns=_resolved(plan.columns, characters, checkpoints),
        spec=dataclasses.replace(build(RenderSpec, _previews(recipe) | dict(plan.render), plan.title), base=base),
        words=plan.words,
        epochs=tuple(sorted(checkpoints.items())),
        characters=tuple((each.name, each.trigger) for each in characters),
    )


def _has_axis(plan: SheetPlan, name: str) -> bool:
    return name in (axis.name for axis in plan.rows + plan.columns)


def _with(axes: tuple[Axis, ...], axis: Axis) -> tuple[Axis, ...]:
    return tuple(axis if each.name == axis.name else each for each in axes)


def _plan(table: Mapping[str, object], where: str) -> SheetPlan:
    for key in table:
        if key not in _KEYS:
            raise unknown("key", key, _KEYS, where)
    render, words = (_table(table, key, where) for key in ("render", "words"))
    return SheetPlan(
        title=str(table.get("title", Path(where).stem)),
        rows=_axes(_table(table, "rows", where), where),
        columns=_axes(_table(table, "columns", where), where),
        render=tuple((name, checked(knob_of(RenderSpec, name, where), value, where)) for name, value in render.items()),
        words=tuple((name, str(value)) for name, value in words.items()),
        loras=_loras(table.get("loras", ()), where),
    )


def _loras(listed: object, where: str) -> tuple[tuple[str, float], ...]:
    if not isinstance(listed, (list, tuple)) or not all(isinstance(each, str) for each in listed):
        raise UserError(f"{where}: loras is not a list of texts", 'Write for example loras = ["turbo:1.0"].')
    return tuple(lora_of(each) for each in listed)


def lora_of(text: str) -> tuple[str, float]:
    """`mira.safetensors:0.8` as (path, 0.8); without a strength it is 1. A path may hold colons itself."""
    path, colon, written = text.rpartition(":")
    try:
        strength = float(written)
    except ValueError:
        return text, 1.0
    if not math.isfinite(strength):
        raise UserError(f"A LoRA cannot be worn at strength {written}", "Give a number, for example 0.8.")
    return (path, strength) if colon else (text, 1.0)


def _previews(recipe: Recipe) -> dict[str, Setting]:
    """The spec of the recipe's previews, the prompt and the seed being the first of them."""
    lists = {"prompt": recipe.preview_prompts, "seed": recipe.preview_seeds}
    return preview_settings(recipe) | {name: values[0] for name, values in lists.items() if values}


def _axes(table: Mapping[str, object], where: str) -> tuple[Axis, ...]:
    return tuple(axis_of(name, values, where) for name, values in table.items())


def _table(table: Mapping[str, object], key: str, where: str) -> Mapping[str, object]:
    found = table.get(key, {})
    if not isinstance(found, Mapping):
        raise UserError(f"{where}: {key} is not a table", f"Write [{key}] and its values below.")
    return found


def _resolved(axes: tuple[Axis, ...], characters: Sequence[Character],
              checkpoints: Mapping[int, str]) -> tuple[Axis, ...]:
    """The axes with the epochs and the characters that the words in them stand for."""
    values = {EPOCH: lambda axis: _epochs(axis, checkpoints), CHARACTER: lambda axis: _names(axis, characters)}
    return tuple(Axis(axis.name, values[axis.name](axis)) if axis.name in values else axis for axis in axes)


def _names(axis: Axis, characters: Sequence[Character]) -> tuple[Value, ...]:
    """Characters may be called by name, in any case, or by trigger; an unknown one stays as it is, to be refused."""
    there = [each.name for each in characters]
    meant = {ALL: there} | {word.casefold(): [each.name] for each in characters for word in (each.trigger, each.name)}
    names = (name for value in axis.values for name in meant.get(str(value).casefold(), [value]))
    return tuple(dict.fromkeys(names))


def _epochs(axis: Axis, checkpoints: Mapping[int, str]) -> tuple[Value, ...]:
    there = sorted(checkpoints)
    meant = {BASE: [BASE], ALL: there, LAST: there[-1:]}
    epochs = [epoch for value in axis.values for epoch in meant.get(value, [value])]
    missing = [epoch for epoch in epochs if epoch != BASE and epoch not in checkpoints]
    if missing or not epochs:
        has = ", ".join(map(str, there)) or "none"
        raise UserError(f"The run has no checkpoint of epoch {missing[0] if missing else 1}", f"It has: {has}.")
    return tuple(dict.fromkeys(epochs))
