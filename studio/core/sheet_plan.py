"""A sheet before there is a run: what a person writes or picks. Checkpoints and characters make it a `Sheet`.

Axes of one side are multiplied, the first being the outermost; those `within` give several pictures to a cell.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.core import shipped, toml
from studio.core.axes import ALL, CHARACTER, LORA, MODEL, THIS, Axis, Value, axis_of
from studio.core.errors import UserError, unknown
from studio.core.formats import Wording, template_of, texts_of
from studio.core.knobs import Setting, build, checked, knob_of
from studio.core.previews import preview_settings
from studio.core.profiles import PROFILES, profiled
from studio.core.project import Character
from studio.core.recipe import Recipe
from studio.core.sheet_ground import Ground
from studio.core.spec import SIDE_STEP, RenderSpec
from studio.core.sweep import Sheet, check, formats_of, optional_words_of, set_by, words_of
from studio.core.worn import lora_of

_SIDES = ("rows", "columns", "within")
_KEYS = ("title", "about", "profile", "scale", "offers", "loras", "render", "words", "formats", *_SIDES)


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """`render` holds only the settings that the plan insists on; its profile and the run's previews decide the others.

    `about` says in a sentence what the sheet answers. `loras` are worn in every cell beside the character's, and beside
    those of the profile: (path or `turbo`, strength). `scale` enlarges the pictures. `formats` are templates of its
    own. `offers` are plans that go on where this one ends.
    """

    title: str
    rows: tuple[Axis, ...]
    columns: tuple[Axis, ...]
    render: tuple[tuple[str, Setting], ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    loras: tuple[tuple[str, float], ...] = ()
    within: tuple[Axis, ...] = ()
    formats: tuple[tuple[str, str], ...] = ()
    profile: str = ""
    scale: float = 1.0
    about: str = ""
    offers: tuple[str, ...] = ()

    @property
    def axes(self) -> tuple[Axis, ...]:
        return self.rows + self.columns + self.within

    @property
    def worn(self) -> tuple[tuple[str, float], ...]:
        """What every cell wears: the profile's LoRAs, then the plan's own."""
        return (PROFILES[self.profile].loras if self.profile else ()) + self.loras

    @property
    def named_loras(self) -> tuple[str, ...]:
        """The files that its axes name in the place of the run's own, without their strengths."""
        named = (lora_of(str(value))[0] for value in set_by(self.axes, LORA) if value != THIS)
        return tuple(dict.fromkeys(named))

    @property
    def named_bases(self) -> tuple[str, ...]:
        """The bases that its axes name in the place of the run's own."""
        return tuple(dict.fromkeys(str(value) for value in set_by(self.axes, MODEL) if value != THIS))


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


def plan_to_toml(plan: SheetPlan) -> str:
    """The text that `plan_from_toml` reads; what says nothing is left out."""
    table = {
        "title": plan.title, "about": plan.about, "profile": plan.profile,
        "scale": plan.scale if plan.scale != 1.0 else "", "offers": list(plan.offers),
        "loras": [f"{path}:{strength:g}" for path, strength in plan.loras], "render": dict(plan.render),
        "words": dict(plan.words), "formats": dict(plan.formats),
    } | {side: {axis.name: _written(axis) for axis in getattr(plan, side)} for side in _SIDES}  # fmt: skip
    return toml.dumps({name: value for name, value in table.items() if value})


def with_axis(plan: SheetPlan, axis: Axis) -> SheetPlan:
    """The plan with that axis in the place of the one of its name, or as one more axis of the rows.

    Values that the old axis has a meaning for keep it. Characters join the columns instead, a block for each, so that a
    row is one epoch for all of them.
    """
    if _has_axis(plan, axis.name):
        return dataclasses.replace(plan, **{side: _with(getattr(plan, side), axis) for side in _SIDES})
    if axis.name == CHARACTER:
        return dataclasses.replace(plan, columns=(axis, *plan.columns))
    return dataclasses.replace(plan, rows=(*plan.rows, axis))


def sheet_of(plan: SheetPlan, recipe: Recipe, characters: Sequence[Character], checkpoints: Mapping[int, str],
             base: str, loras: tuple[tuple[str, float], ...] = ()) -> Sheet:
    """`sheet_on` a run of which no more is known. `checkpoints` are epoch -> SHA-256, `base` is the base's digest."""
    return sheet_on(Ground(characters, checkpoints, base), plan, recipe, loras)


def sheet_on(ground: Ground, plan: SheetPlan, recipe: Recipe, loras: tuple[tuple[str, float], ...] = ()) -> Sheet:
    """The complete sheet for a run. `loras` are those that every cell wears, as (SHA-256, strength).

    A run of several characters shows each of them wherever {trigger} is asked for, unless the plan says which. Raises
    `UserError` for an epoch that has no checkpoint, a character who is not in the run, and for whatever `check` finds.
    """
    sheet = _sheet(plan, recipe, ground)
    if len(ground.characters) > 1 and "trigger" in words_of(sheet) and not _has_axis(plan, CHARACTER):
        sheet = _sheet(with_axis(plan, Axis(CHARACTER, (ALL,))), recipe, ground)
    sheet = dataclasses.replace(sheet, spec=dataclasses.replace(sheet.spec, loras=loras))
    check(sheet)
    return sheet


def _sheet(plan: SheetPlan, recipe: Recipe, ground: Ground) -> Sheet:
    sheet = Sheet(
        title=plan.title,
        rows=ground.resolved(plan.rows),
        columns=ground.resolved(plan.columns),
        spec=dataclasses.replace(build(RenderSpec, _settings(plan, recipe), plan.title), base=ground.base),
        words=plan.words,
        epochs=tuple(sorted(ground.checkpoints.items())),
        characters=tuple((each.name, each.trigger) for each in ground.characters),
        within=ground.resolved(plan.within),
    )
    return dataclasses.replace(sheet, wordings=tuple(_wordings(plan, ground, sheet)))


def _wordings(plan: SheetPlan, ground: Ground, sheet: Sheet) -> Iterator[Wording]:
    """What the sheet uses of each character's words and templates; characters without any are left out."""
    written, codes = {each.character: each for each in ground.wordings}, formats_of(sheet)
    own = [written.get(name, Wording(name)) for name in [name for name, _ in sheet.characters] or [""]]
    whole = [dataclasses.replace(each, formats=tuple(
        (code, template_of(code, each.formats, plan.formats, where=plan.title)) for code in codes)) for each in own]
    asked = dataclasses.replace(sheet, wordings=tuple(whole))
    used = words_of(asked) | optional_words_of(asked)
    for each in whole:
        words = tuple(pair for pair in each.words if pair[0] in used)
        if words or each.formats:
            yield dataclasses.replace(each, words=words)


def _settings(plan: SheetPlan, recipe: Recipe) -> dict[str, Setting]:
    """What the previews of the run, the profile and the plan say, each under the next."""
    previews = _previews(recipe)
    settings = (profiled(previews, PROFILES[plan.profile]) if plan.profile else previews) | dict(plan.render)
    if plan.scale != 1.0:
        settings |= {side: SIDE_STEP * round(int(settings[side]) * plan.scale / SIDE_STEP)
                     for side in ("width", "height")}
    return settings


def _has_axis(plan: SheetPlan, name: str) -> bool:
    return name in (axis.name for axis in plan.axes)


def _with(axes: tuple[Axis, ...], axis: Axis) -> tuple[Axis, ...]:
    return tuple(_renewed(each, axis) if each.name == axis.name else each for each in axes)


def _renewed(old: Axis, new: Axis) -> Axis:
    if new.sets:
        return new
    return dataclasses.replace(new, sets=tuple(pair for pair in old.sets if pair[0] in new.values))


def _written(axis: Axis) -> object:
    if not axis.sets:
        return list(axis.values)
    return {str(value): _meaning(axis, value) for value in axis.values}


def _meaning(axis: Axis, value: Value) -> object:
    pairs = dict(axis.means(value))
    return pairs[axis.name] if list(pairs) == [axis.name] else pairs


def _plan(table: Mapping[str, object], where: str) -> SheetPlan:
    for key in table:
        if key not in _KEYS:
            raise unknown("key", key, _KEYS, where)
    render = _table(table, "render", where)
    return SheetPlan(
        title=str(table.get("title", Path(where).stem)),
        render=tuple((name, checked(knob_of(RenderSpec, name, where), value, where)) for name, value in render.items()),
        words=texts_of(table, "words", where),
        loras=tuple(lora_of(each) for each in _listed(table, "loras", where)),
        formats=texts_of(table, "formats", where),
        profile=_profile(table, where),
        scale=_scale(table.get("scale", 1.0), where),
        about=str(table.get("about", "")),
        offers=_listed(table, "offers", where),
        **{side: _axes(_table(table, side, where), where) for side in _SIDES},
    )


def _profile(table: Mapping[str, object], where: str) -> str:
    name = str(table.get("profile", ""))
    if name and name not in PROFILES:
        raise unknown("profile", name, PROFILES, where)
    return name


def _scale(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.25 <= value <= 4:
        raise UserError(f"{where}: scale cannot be {value}", "It must be a number from 0.25 to 4.")
    return float(value)


def _listed(table: Mapping[str, object], key: str, where: str) -> tuple[str, ...]:
    listed = table.get(key, ())
    if not isinstance(listed, (list, tuple)) or not all(isinstance(each, str) for each in listed):
        example = 'loras = ["turbo:1.0"]' if key == "loras" else f'{key} = ["one", "two"]'
        raise UserError(f"{where}: {key} is not a list of texts", f"Write for example {example}.")
    return tuple(listed)


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
