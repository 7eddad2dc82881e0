"""Whom do the pictures of an import show, and what does the project learn of them?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from studio.core.errors import UserError
from studio.core.knobs import Setting, build, to_mapping
from studio.core.project import Character, Group, Project, with_character, with_group
from studio.core.survey import Assignment, numbered
from studio.store.dataset import check_folder

Shown = Character | Group


@dataclass(frozen=True, slots=True)
class Cast:
    """Whom the pictures of each folder show, by the folders of their sources; `project` knows them all."""

    project: Project
    by_folder: Mapping[str, Shown]

    @property
    def shown(self) -> tuple[Shown, ...]:
        """All of them, each once."""
        return tuple({each.name: each for each in self.by_folder.values()}.values())


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for one character, or for her `beside` others; None is taken from the project or the folders."""

    character: str
    trigger: str | None = None
    repeats: int | None = None
    asymmetric: bool | None = None
    beside: tuple[str, ...] = ()


def cast_of_all(project: Project, wish: Wish, folders: Sequence[str]) -> Cast:
    """Every picture shows the same."""
    repeats = _repeats(folders) if wish.repeats is None else wish.repeats
    project, shown = _introduced(project, wish, repeats)
    return Cast(project, dict.fromkeys(folders, shown))


def cast_by_folder(project: Project, assignments: Sequence[Assignment], repeats: int | None = None) -> Cast:
    """Each folder shows its own; characters who are alone are introduced before those who are together."""
    shown: dict[str, Shown] = {}
    for each in sorted(assignments, key=lambda each: len(each.characters)):
        first, *beside = (_spelled(name, project) for name in each.characters)
        known = any(character.name == first for character in project.characters)
        same = [other for other in assignments if other.characters == each.characters]
        wish = Wish(first, None if known or beside else each.trigger, None, None, tuple(beside))
        project, shown[each.folder] = _introduced(project, wish, repeats or _one_number(same))
    return Cast(project, shown)


def _introduced(project: Project, wish: Wish, repeats: int | None) -> tuple[Project, Shown]:
    """The project once it knows whom the wish means; what was not asked for stays as it is in the project."""
    shown = _group(project, wish, repeats) if wish.beside else _character(project, wish, repeats)
    check_folder(project, shown.name)
    add = with_group if isinstance(shown, Group) else with_character
    return add(project, shown), shown


def _character(project: Project, wish: Wish, repeats: int | None) -> Character:
    known = {each.name: each for each in project.characters}.get(wish.character, Character(name=wish.character))
    if wish.trigger and known.trigger not in ("", wish.trigger):
        raise UserError(f"The trigger of {known.name} is '{known.trigger}', not '{wish.trigger}'",
                        "Leave it out, or change it in project.toml and in the captions.")
    asked = {"trigger": wish.trigger or None, "repeats": repeats, "asymmetric": wish.asymmetric}
    return build(Character, to_mapping(known) | _given(asked), "import")


def _group(project: Project, wish: Wish, repeats: int | None) -> Group:
    if wish.trigger is not None or wish.asymmetric is not None:
        raise UserError("A trigger and asymmetry belong to one character, and the images show several",
                        "Import images of each character alone first; there they are given.")
    known = project.group((wish.character, *wish.beside))
    return build(Group, to_mapping(known) | _given({"repeats": repeats}), "import")


def _given(wishes: Mapping[str, Setting | None]) -> dict[str, Setting]:
    return {name: value for name, value in wishes.items() if value is not None}


def _repeats(folders: Iterable[str]) -> int | None:
    """What the nearest kohya folder above each picture says, None without any."""
    found: dict[int, str] = {}
    for folder in folders:
        name = next((part for part in reversed(folder.split("/")) if numbered(part)[0]), "")
        if name:
            found[numbered(name)[0]] = name
    return _only(found)


def _one_number(assignments: Iterable[Assignment]) -> int | None:
    return _only({each.repeats: each.folder for each in assignments if each.repeats is not None})


def _only(folders: Mapping[int, str]) -> int | None:
    """The one number of repeats. Raises UserError when folders differ: a character has one."""
    if len(folders) > 1:
        raise UserError(f"The folders {', '.join(sorted(folders.values()))} ask for different repeats",
                        "Give one number with --repeats, or import them as characters of their own.")
    return next(iter(folders), None)


def _spelled(name: str, project: Project) -> str:
    """The name as the project spells it."""
    return next((each.name for each in project.characters if each.name.casefold() == name.casefold()), name)
