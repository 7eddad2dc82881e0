"""A sheet before there is a run: what a person writes or picks. With checkpoints and a trigger it becomes a `Sheet`."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from studio.core import shipped, toml
from studio.core.axes import ALL, BASE, EPOCH, LAST, Axis, Value, axis_of
from studio.core.caption import prompt_words
from studio.core.errors import UserError, unknown
from studio.core.knobs import Setting, build, checked, knob_of
from studio.core.previews import preview_settings
from studio.core.recipe import Recipe
from studio.core.spec import RenderSpec
from studio.core.sweep import Sheet, check

_KEYS = ("title", "render", "words", "rows", "columns")


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """`render` holds only the settings that the plan insists on; the run's previews decide the others."""

    title: str
    rows: tuple[Axis, ...]
    columns: tuple[Axis, ...]
    render: tuple[tuple[str, Setting], ...] = ()
    words: tuple[tuple[str, str], ...] = ()


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
    """The plan with that axis in the place of the one of its name, or as one more axis of the rows."""
    if axis.name not in (each.name for each in plan.rows + plan.columns):
        return dataclasses.replace(plan, rows=(*plan.rows, axis))
    return dataclasses.replace(plan, rows=_with(plan.rows, axis), columns=_with(plan.columns, axis))


def sheet_of(plan: SheetPlan, recipe: Recipe, trigger: str, checkpoints: Mapping[int, str], base: str) -> Sheet:
    """The complete sheet for a run. `checkpoints` are epoch -> SHA-256, `base` the digest of the base model.

    Raises `UserError` for an epoch that has no checkpoint and for whatever `check` finds.
    """
    sheet = Sheet(
        title=plan.title,
        rows=_resolved(plan.rows, checkpoints),
        columns=_resolved(plan.columns, checkpoints),
        spec=dataclasses.replace(build(RenderSpec, _previews(recipe) | dict(plan.render), plan.title), base=base),
        words=tuple((prompt_words(trigger) | dict(plan.words)).items()),
        epochs=tuple(sorted(checkpoints.items())),
    )
    check(sheet)
    return sheet


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
    )


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


def _resolved(axes: tuple[Axis, ...], checkpoints: Mapping[int, str]) -> tuple[Axis, ...]:
    return tuple(Axis(EPOCH, _epochs(axis, checkpoints)) if axis.name == EPOCH else axis for axis in axes)


def _epochs(axis: Axis, checkpoints: Mapping[int, str]) -> tuple[Value, ...]:
    there = sorted(checkpoints)
    meant = {BASE: [BASE], ALL: there, LAST: there[-1:]}
    epochs = [epoch for value in axis.values for epoch in meant.get(value, [value])]
    missing = [epoch for epoch in epochs if epoch != BASE and epoch not in checkpoints]
    if missing or not epochs:
        has = ", ".join(map(str, there)) or "none"
        raise UserError(f"The run has no checkpoint of epoch {missing[0] if missing else 1}", f"It has: {has}.")
    return tuple(dict.fromkeys(epochs))
