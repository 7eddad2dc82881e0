"""A project and its characters. The folder is the project; this is what `project.toml` says."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from studio.core import toml
from studio.core.errors import UserError, unknown
from studio.core.knobs import build, knob, to_mapping

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Character:
    """Who is taught: a name for people, a trigger for the model, and how often each of the images is shown an epoch."""

    name: str = knob("", "Name", "What you call the character.")
    trigger: str = knob("", "Trigger", "The word that calls the character; best one that means nothing yet.")
    repeats: int = knob(1, "Repeats", "How often each image is shown in an epoch.", lo=1, hi=10_000)


@dataclass(frozen=True, slots=True)
class Project:
    """`base` is a file, a folder or `practice`; empty as long as none was chosen."""

    name: str
    characters: tuple[Character, ...] = ()
    base: str = ""
    schema: int = SCHEMA

    def character(self, name: str) -> Character:
        """The character of that name. Raises `UserError` with the nearest name there is."""
        for character in self.characters:
            if character.name == name:
                return character
        raise unknown("character", name, (each.name for each in self.characters), self.name)


def with_character(project: Project, character: Character) -> Project:
    """The project with this character added, or in the place of the one of the same name."""
    _check(project, character)
    others = {each.name: each for each in project.characters}
    return dataclasses.replace(project, characters=tuple((others | {character.name: character}).values()))


def to_toml(project: Project) -> str:
    """The text of `project.toml`."""
    table = {"name": project.name, "base": project.base, "schema": project.schema}
    return toml.dumps(table | {"character": [to_mapping(each) for each in project.characters]})


def from_toml(text: str, where: str = "project.toml") -> Project:
    """The project of that text. Raises `UserError` for unknown keys and for a schema newer than this studio."""
    table = toml.loads(text, where)
    _check_keys(table, where)
    characters = tuple(build(Character, each, where) for each in table.get("character", ()))
    return Project(name=str(table.get("name", "")), characters=characters, base=str(table.get("base", "")))


def _check(project: Project, character: Character) -> None:
    if not character.name or not character.trigger:
        raise UserError("A character needs a name and a trigger", "Give both.")
    for other in project.characters:
        if other.trigger == character.trigger and other.name != character.name:
            raise UserError(f"The trigger '{character.trigger}' already calls {other.name}", "Choose another word.")


def _check_keys(table: Mapping[str, object], where: str) -> None:
    known = ("name", "base", "schema", "character")
    for key in table:
        if key not in known:
            raise unknown("key", key, known, where)
    schema = table.get("schema", SCHEMA)
    if not isinstance(schema, int) or schema > SCHEMA:
        raise UserError(f"{where}: its schema {schema} is newer than this studio's {SCHEMA}", "Update the studio.")
