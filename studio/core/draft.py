"""A run that is being planned: which recipe it began with, what was changed since, and what a person decided."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from studio.core import toml
from studio.core.errors import UserError, reading, unknown
from studio.core.knobs import Setting, build, checked, knob_of, knobs_of, to_mapping
from studio.core.recipe import Recipe

_KEYS = ("preset", "parent", "characters", "late_feature", "refused", "left_out", "recipe")
_LATE = {"": None, "yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Draft:
    """`preset` is what the recipe is compared with; `parent` the id of the run that it follows, if any.

    `characters` are the names of those who are taught, all of the project if none is named. `late_feature` says whether
    something of them comes late, such as hair that is not the same on both sides; None as long as nobody said.
    `refused` holds the reasons why a rule does not count for this run, by the rule; `left_out` what another trainer's
    recipe said that has no place here, by its names there.
    """

    recipe: Recipe
    preset: Recipe
    parent: str = ""
    characters: tuple[str, ...] = ()
    late_feature: bool | None = None
    refused: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def changed(self) -> tuple[str, ...]:
        """The settings that are not as in the preset, in the order of their declaration."""
        return tuple(each.name for each in knobs_of(Recipe) if each.name != "name"
                     and getattr(self.recipe, each.name) != getattr(self.preset, each.name))

    @property
    def frozen(self) -> Recipe:
        """The recipe as a run keeps it: once something was changed it no longer goes by the preset's name."""
        return dataclasses.replace(self.recipe, name=f"{self.preset.name}, changed") if self.changed else self.preset

    def with_setting(self, name: str, value: Setting) -> "Draft":
        """Another value for one setting. Alpha follows the rank as long as it equals it: both scale what is learnt.

        Raises `UserError` for a value that cannot be.
        """
        changes = {name: checked(knob_of(Recipe, name), value)}
        if name == "rank" and self.recipe.alpha == self.recipe.rank:
            changes["alpha"] = float(changes["rank"])
        return dataclasses.replace(self, recipe=dataclasses.replace(self.recipe, **changes))

    def without_changes(self, *names: str) -> "Draft":
        """These settings as in the preset, all of them if none is named."""
        usual = {name: getattr(self.preset, name) for name in names or self.changed}
        return dataclasses.replace(self, recipe=dataclasses.replace(self.recipe, **usual))

    def on_preset(self, preset: Recipe) -> "Draft":
        """Everything as another preset has it."""
        return dataclasses.replace(self, recipe=preset, preset=preset, left_out={})

    def refusing(self, rule: str, reason: str) -> "Draft":
        """With a reason why a rule does not count; an empty one lets it count again."""
        others = {each: why for each, why in self.refused.items() if each != rule}
        return dataclasses.replace(self, refused=others | ({rule: reason.strip()} if reason.strip() else {}))


def to_toml(draft: Draft) -> str:
    """The text of `plan.toml`: every setting, so that a preset that changes later changes no plan."""
    late = next(word for word, meaning in _LATE.items() if meaning is draft.late_feature)
    table = {"preset": draft.preset.name, "parent": draft.parent, "characters": draft.characters, "late_feature": late}
    tables = {"refused": dict(draft.refused), "left_out": dict(draft.left_out), "recipe": to_mapping(draft.recipe)}
    return toml.dumps(table | tables)


def from_toml(text: str, preset_of: Callable[[str], Recipe], where: str = "plan.toml") -> Draft:
    """The draft of that text; `preset_of` knows presets by their names. Raises `UserError` for what it cannot read."""
    table = toml.loads(text, where)
    for key in table:
        if key not in _KEYS:
            raise unknown("key", key, _KEYS, where)
    with reading(where):
        recipe = build(Recipe, dict(table.get("recipe", {})), where)
        return Draft(recipe, _preset(str(table.get("preset", "")), recipe, preset_of), str(table.get("parent", "")),
                     tuple(map(str, table.get("characters", ()))), _LATE[str(table.get("late_feature", ""))],
                     _texts(table.get("refused", {})), _texts(table.get("left_out", {})))


def _texts(table: object) -> dict[str, str]:
    return {str(name): str(text) for name, text in dict(table).items()}


def _preset(name: str, recipe: Recipe, preset_of: Callable[[str], Recipe]) -> Recipe:
    """A preset that is gone leaves the recipe as its own measure."""
    try:
        return preset_of(name)
    except UserError:
        return dataclasses.replace(recipe, name=name or recipe.name)
