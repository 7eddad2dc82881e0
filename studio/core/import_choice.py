"""What would a person most likely want of what was found: which of several copies, and whom do the pictures show?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from studio.core.project import Character, Project
from studio.core.record import Provenance
from studio.core.survey import Assignment, Found, assignments, numbered, standing

LOOSE = ""  # the folder of files that were handed over by themselves


def proposals(found: Iterable[Found], project: Project) -> tuple[Assignment, ...]:
    """Whom the pictures of each folder show. Nobody is named for files by themselves while nobody is in the project.

    A project of one character gets more pictures of hers, unless a numbered folder names somebody else, or another
    folder names her.
    """
    pictures = tuple(found)
    named = assignments(pictures, project)
    known = {each.name for each in project.characters}
    if not any(known.intersection(each.characters) for each in named):
        named = tuple(_with_the_only(each, project) for each in named)
    only = (project.characters[0].name,) if len(project.characters) == 1 else ()
    loose = (Assignment(LOOSE, only),) if any(each.folder == LOOSE for each in pictures) else ()
    return (*loose, *named)


def repeats_asked(assigned: Iterable[Assignment]) -> Mapping[frozenset[str], int]:
    """What numbered folders say of those whom they show, who have one number: that of the first folder."""
    asked: dict[frozenset[str], int] = {}
    for each in assigned:
        if each.repeats is not None:
            asked.setdefault(frozenset(each.characters), each.repeats)
    return asked


def best_of(group: Iterable[Found]) -> Found:
    """Of copies the one that holds most: pixels first, then a caption, then bytes; then the one named like none."""
    return max(group, key=lambda each: (each.width * each.height, bool(each.caption), each.size, _plainness(each)))


def spare_copies(groups: Iterable[tuple[str, ...]], found: Mapping[str, Found]) -> frozenset[str]:
    """Which of each group need not be taken in; all that were found, where the project has the picture already."""
    spare: set[str] = set()
    for group in groups:
        new = [found[where] for where in group if where in found]
        is_there = len(new) < len(group)
        spare |= {each.where for each in new if is_there or each is not best_of(new)}
    return frozenset(spare)


def newcomers(assigned: Iterable[Assignment], project: Project) -> tuple[Character, ...]:
    """The characters that are named and not in the project yet, each once, with the triggers that were proposed."""
    there = {each.name for each in project.characters}
    triggers: dict[str, str] = {}
    for each in assigned:
        for name in each.characters:
            if name not in there:
                triggers[name] = triggers.get(name) or (each.trigger if len(each.characters) == 1 else "")
    return tuple(Character(name, trigger or name.replace("_", " ").casefold()) for name, trigger in triggers.items())


def told_by_folder(found: Iterable[Found], kinds: Mapping[str, str]) -> tuple[Found, ...]:
    """The pictures with what a person said of their folders in the place of what their metadata say."""
    return tuple(replace(each, provenance=_by_hand(kinds[each.folder], each.folder)) if kinds.get(each.folder) else each
                 for each in found)


def _plainness(found: Found) -> tuple[bool, int]:
    is_copy, _, length = standing(PurePosixPath(found.where.replace("\\", "/")), None)
    return not is_copy, -length


def _by_hand(kind: str, folder: str) -> Provenance:
    evidence = f"You said so of the folder {folder}" if folder else "You said so when you added it"
    return Provenance(kind, evidence=evidence, origin="folder")


def _with_the_only(assigned: Assignment, project: Project) -> Assignment:
    known = {each.name for each in project.characters}
    is_numbered = any(numbered(part)[0] for part in assigned.folder.split("/"))
    if len(known) != 1 or is_numbered or known >= set(assigned.characters):
        return assigned
    return replace(assigned, characters=tuple(known), trigger="")
