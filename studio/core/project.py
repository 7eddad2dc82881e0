"""A project and its characters. The folder is the project; this is what `project.toml` says."""

import dataclasses
import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from studio.core import toml
from studio.core.caption import names_trigger
from studio.core.errors import UserError, reading, unknown
from studio.core.knobs import build, knob, to_mapping

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Character:
    """Who is taught: a name for people, a trigger for the model, and how often each of the images is shown an epoch."""

    name: str = knob("", "Name", "What you call the character.")
    trigger: str = knob("", "Trigger", "The word that calls the character; best one that means nothing yet.")
    repeats: int = knob(1, "Repeats", "How often each image is shown in an epoch.", lo=1, hi=10_000)
    asymmetric: bool = knob(False, "Asymmetric", "She differs left from right, so mirrored images would teach another.")


@dataclass(frozen=True, slots=True)
class Group:
    """Characters that some images show together. Such images have repeats of their own, and captions that call each."""

    characters: tuple[str, ...] = knob((), "Characters", "The names of those who are shown together.")
    repeats: int = knob(1, "Repeats", "How often each image of them together is shown in an epoch.", lo=1, hi=10_000)

    @property
    def name(self) -> str:
        """What sentences call it."""
        return together(self.characters)


@dataclass(frozen=True, slots=True)
class Project:
    """`base` is a file, a folder or `practice`; empty as long as none was chosen."""

    name: str
    characters: tuple[Character, ...] = ()
    base: str = ""
    schema: int = SCHEMA
    groups: tuple[Group, ...] = ()

    def character(self, name: str) -> Character:
        """The character of that name. Raises `UserError` with the nearest name there is."""
        for character in self.characters:
            if character.name == name:
                return character
        raise unknown("character", name, (each.name for each in self.characters), self.name)

    def group(self, names: Iterable[str]) -> Group:
        """The group of these characters, whatever their order; one that is not there yet has the default repeats.

        Its characters stand in the order of the project. Raises `UserError` for fewer than two, or an unknown one.
        """
        wanted = {self.character(name).name for name in names}
        if len(wanted) < 2:
            raise UserError("It takes two characters to be shown together", "Name each of them once.")
        there = (each for each in self.groups if set(each.characters) == wanted)
        return next(there, Group(tuple(each.name for each in self.characters if each.name in wanted)))


def together(names: Iterable[str]) -> str:
    """How characters in one image are called, and the folder of such images: "Mira+Suzu"."""
    return "+".join(names)


def with_character(project: Project, character: Character) -> Project:
    """The project with this character added, or in the place of the one of the same name."""
    _check(project, character)
    others = {each.name: each for each in project.characters}
    return dataclasses.replace(project, characters=tuple((others | {character.name: character}).values()))


def with_group(project: Project, group: Group) -> Project:
    """The project with this group added, or in the place of the one of the same characters."""
    known = project.group(group.characters)
    others = tuple(each for each in project.groups if each != known)
    return dataclasses.replace(project, groups=(*others, dataclasses.replace(known, repeats=group.repeats)))


def trigger_clash(one: Character, other: Character) -> bool:
    """Whether a caption that calls one of the two would call the other as well."""
    return names_trigger(one.trigger, other.trigger) or names_trigger(other.trigger, one.trigger)


def to_toml(project: Project) -> str:
    """The text of `project.toml`."""
    table = {"name": project.name, "base": project.base, "schema": project.schema}
    groups = {"group": [to_mapping(each) for each in project.groups]} if project.groups else {}
    return toml.dumps(table | {"character": [to_mapping(each) for each in project.characters]} | groups)


def from_toml(text: str, where: str = "project.toml") -> Project:
    """The project of that text. Raises `UserError` for unknown keys and for a schema newer than this studio."""
    table = toml.loads(text, where)
    _check_keys(table, where)
    with reading(where):
        characters = tuple(build(Character, each, where) for each in table.get("character", ()))
        project = Project(name=str(table.get("name", "")), characters=characters, base=str(table.get("base", "")))
        groups = (build(Group, each, where) for each in table.get("group", ()))
        return functools.reduce(with_group, groups, project)


def _check(project: Project, character: Character) -> None:
    if not character.name or not character.trigger:
        raise UserError("A character needs a name and a trigger", "Give both.")
    for other in project.characters:
        if other.name != character.name and trigger_clash(character, other):
            raise UserError(f"The trigger '{character.trigger}' already calls {other.name} ('{other.trigger}')",
                            "Choose a word that shares none with it.")


def _check_keys(table: Mapping[str, object], where: str) -> None:
    known = ("name", "base", "schema", "character", "group")
    for key in table:
        if key not in known:
            raise unknown("key", key, known, where)
    schema = table.get("schema", SCHEMA)
    if not isinstance(schema, int) or schema > SCHEMA:
        raise UserError(f"{where}: its schema {schema} is newer than this studio's {SCHEMA}", "Update the studio.")
