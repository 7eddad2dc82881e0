"""A picture of several characters as a form: where, in which light, and who does what. It becomes JSON and a prompt.

Names of characters become their triggers everywhere. Whoever is not enabled is nowhere: not in the triggers, not in the
list, in no relation and in no sentence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace

from studio.core.errors import UserError
from studio.core.json_schema import DIALECT, Schema, read_json

VERSION = 1
QUALITY = "masterpiece, best quality, very aesthetic"

_SOLO, _SEVERAL = "1girl", "{count}girls"


@dataclass(frozen=True, slots=True)
class Setting:
    """What holds for the whole picture."""

    place: str = ""
    weather: str = ""
    time: str = ""
    lighting: str = ""
    camera: str = ""
    composition: str = ""
    spatial_layout: str = ""
    style: str = ""
    extra: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """Somebody in the picture. `id` is a name of the project, or for a guest whatever she is called."""

    id: str
    enabled: bool = True
    outfit: str = ""
    position: str = ""
    depth: str = ""
    pose: str = ""
    action: str = ""
    expression: str = ""
    gaze: str = ""
    prop: str = ""
    relation: str = ""
    extra: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """The whole form. `relations` are sentences between figures, "Mira leans on Kai"."""

    setting: Setting = field(default_factory=Setting)
    characters: tuple[Figure, ...] = ()
    guests: tuple[Figure, ...] = ()
    relations: tuple[str, ...] = ()
    allow_other_people: bool = False

    @property
    def enabled(self) -> tuple[Figure, ...]:
        return tuple(each for each in self.characters if each.enabled)


SETTING_FIELDS = tuple(each.name for each in fields(Setting))
FIGURE_FIELDS = tuple(each.name for each in fields(Figure) if each.name not in ("id", "enabled"))


def scene_json(scene: Scene, triggers: Mapping[str, str]) -> str:
    """The scene for a program that draws; `triggers` by name. Raises `UserError` for a character without a trigger."""
    found = _Told(scene, triggers)
    table = {
        "version": VERSION,
        "lora_trigger": ", ".join(found.triggers),
        "allow_other_people": scene.allow_other_people,
        "global": _texts(scene.setting, found.said),
        "characters": [{"id": each.id, "name": triggers[each.id], "enabled": True} | _figure(each, found)
                       for each in scene.enabled],
        "guest_characters": [{"id": each.id, "enabled": True} | _figure(each, found) for each in found.guests],
        "relations": list(found.relations),
    }  # fmt: skip
    return json.dumps(table, indent=2, ensure_ascii=False) + "\n"


def prompt_of(scene: Scene, triggers: Mapping[str, str], quality: str = QUALITY) -> str:
    """The same as one line: how many, who, quality, the place, then a clause for each of them."""
    found = _Told(scene, triggers)
    people = len(found.triggers) + len(found.guests)
    heading = _SEVERAL.format(count=people) if people > 1 else _SOLO if people else ""
    solo = "solo" if people == 1 and not scene.allow_other_people else ""
    whole = (found.said(text) for text in asdict(scene.setting).values())
    tags = ", ".join(text for text in (heading, solo, *found.triggers, quality, *whole) if text)
    return ". ".join(text.rstrip(". ") for text in (tags, *found.clauses(), *found.relations) if text)


def lora_trigger(scene: Scene, triggers: Mapping[str, str]) -> str:
    """The triggers of everybody who is enabled, in order."""
    return ", ".join(_Told(scene, triggers).triggers)


def scene_schema() -> Schema:
    """What `scene_json` writes, as JSON Schema."""
    text: Schema = {"type": "string"}
    guest = {"id": {"type": "string", "minLength": 1}, "enabled": {"type": "boolean"}} | dict.fromkeys(
        FIGURE_FIELDS, text)  # fmt: skip
    return {
        "$schema": DIALECT, "title": "Scene", "type": "object", "additionalProperties": False,
        "required": ["version", "lora_trigger", "allow_other_people", "global", "characters", "guest_characters",
                     "relations"],
        "properties": {
            "version": {"type": "integer", "enum": [VERSION]},
            "lora_trigger": text,
            "allow_other_people": {"type": "boolean"},
            "global": {"type": "object", "additionalProperties": False, "required": list(SETTING_FIELDS),
                       "properties": dict.fromkeys(SETTING_FIELDS, text)},
            "characters": _listed(guest | {"name": {"type": "string", "minLength": 1}}, ["id", "name", "enabled"]),
            "guest_characters": _listed(guest, ["id", "enabled"]),
            "relations": {"type": "array", "items": text},
        },
    }  # fmt: skip


def read_scene(text: str, where: str = "scene") -> Scene:
    """The scene of a JSON text. Raises `UserError` naming the place of whatever the schema does not allow."""
    table = read_json(text, scene_schema(), where)
    return Scene(Setting(**table["global"]), *(
        tuple(Figure(**{name: value for name, value in each.items() if name != "name"}) for each in table[key])
        for key in ("characters", "guest_characters")), tuple(table["relations"]), table["allow_other_people"])


def with_enabled(scene: Scene, id: str, is_enabled: bool) -> Scene:
    """The scene with somebody in it, or out of it."""
    characters, guests = ([replace(each, enabled=is_enabled) if each.id == id else each for each in those]
                          for those in (scene.characters, scene.guests))
    return replace(scene, characters=tuple(characters), guests=tuple(guests))


class _Told:
    """A scene in the words of the model: triggers for names, and nobody who is not there."""

    def __init__(self, scene: Scene, triggers: Mapping[str, str]) -> None:
        self._scene, self._calls = scene, triggers
        self.guests = tuple(each for each in scene.guests if each.enabled)
        self.triggers = tuple(self._trigger(each) for each in scene.enabled)
        absent = [each.id for each in (*scene.characters, *scene.guests) if not each.enabled]
        self._absent = _names([*absent, *(triggers[id] for id in absent if triggers.get(id))])
        self._present = _names([each.id for each in scene.enabled])

    @property
    def relations(self) -> tuple[str, ...]:
        """Those between people who are all there."""
        return tuple(said for each in self._scene.relations if (said := self.said(each)))

    def said(self, text: str) -> str:
        """A text with triggers for names; nothing of one that speaks of somebody who is not there."""
        if self._absent and self._absent.search(text):
            return ""
        words = " ".join(text.split())
        return self._present.sub(lambda name: self._calls[name[0]], words) if self._present else words

    def clauses(self) -> Iterator[str]:
        """What each of them wears and does, in a sentence; nothing of one of whom nothing is said."""
        named = [*zip(self.triggers, self._scene.enabled, strict=True), *((each.id, each) for each in self.guests)]
        for name, figure in named:
            told = [text for text in _texts(figure, self.said).values() if text]
            if told:
                yield f"{name}: {', '.join(told)}"

    def _trigger(self, figure: Figure) -> str:
        trigger = self._calls.get(figure.id, "")
        if not trigger:
            raise UserError(f"{figure.id or 'A character without a name'} has no trigger",
                            "Choose one of the project's characters, or make her a guest.")
        return trigger


def _names(names: Sequence[str]) -> re.Pattern[str] | None:
    """Any of these as a word of its own, the longest first."""
    listed = "|".join(re.escape(name) for name in sorted(set(names), key=len, reverse=True) if name)
    return re.compile(rf"(?<!\w)(?:{listed})(?!\w)") if listed else None


def _texts(of: Setting | Figure, said) -> dict[str, str]:
    return {name: said(str(text)) for name, text in asdict(of).items() if name not in ("id", "enabled")}


def _figure(figure: Figure, found: _Told) -> dict[str, str]:
    return _texts(figure, found.said)


def _listed(properties: Schema, required: list[str]) -> Schema:
    return {"type": "array", "items": {"type": "object", "additionalProperties": False, "required": required,
                                       "properties": properties}}
