"""What stands against training on a project's images? Files and labels are read; nothing is changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from studio.core.errors import UserError
from studio.core.events import Facts
from studio.core.knobs import changed
from studio.core.likeness import Likeness, groups
from studio.core.lint.finding import Finding
from studio.core.lint.phrases import counted
from studio.core.lint.rules import findings, top
from studio.core.lint.subject import Subject
from studio.core.recipe import Recipe, load_recipe
from studio.core.record import Record
from studio.core.shot_list import shot_list
from studio.jobs.bases import PRACTICE
from studio.store.captions import read_caption
from studio.store.images import is_image
from studio.store.ledgers import read_ledgers
from studio.store.likenesses import Likenesses
from studio.store.lint_file import read_lint_settings
from studio.store.records import records
from studio.store.workspace import Workspace, read_project


def look_at(folder: Path, recipe: str = "", against: Sequence[Path] = (),
            wishes: Sequence[str] = ()) -> tuple[Finding, ...]:
    """The findings of a project, ranked. `against` are folders of other sets, whose captions should not be here.

    `wishes` are settings as "key=value". Raises `UserError` for no project, an unknown recipe or setting.
    """
    place = read_project(folder)
    settings = changed(read_lint_settings(place), wishes)
    return findings(subject_of(place, records(place), recipe_of(place, recipe), against), settings)


def subject_of(place: Workspace, found: tuple[Record, ...], recipe: Recipe, against: Iterable[Path] = ()) -> Subject:
    """What the rules look at. After an edit `replace` it with other records; nothing has to be read again."""
    return Subject(found, place.project, read_ledgers(place), recipe, alike=alike(found, Likenesses(place).known()),
                   elsewhere={text: str(other) for other in against for text in captions_in(other)})


def recipe_of(place: Workspace, name: str = "") -> Recipe:
    """The recipe of that name; without one the official, or that of the practice model for a project on it."""
    return load_recipe(name or ("practice" if place.project.base == PRACTICE else "official"))


def alike(found: Iterable[Record], known: Mapping[str, Likeness]) -> tuple[tuple[str, ...], ...]:
    """The ids of images that look almost the same, in groups, as far as anybody has looked at them."""
    ids = [id for id in dict.fromkeys(record.id for record in found) if id in known]
    return tuple(tuple(ids[place] for place in group) for group in groups([known[id] for id in ids]))


def captions_in(folder: Path) -> frozenset[str]:
    """Every caption beside an image below a folder. Raises `UserError` if there is no such folder."""
    if not folder.is_dir():
        raise UserError(f"{folder} is no folder", "Name the folder of the other set.")
    texts = (read_caption(path) for path in sorted(folder.rglob("*")) if is_image(path))
    return frozenset(text.strip() for text in texts if text and text.strip())


def facts_of(found: Iterable[Finding]) -> list[Facts]:
    """The findings as plain values; images by their paths in the project."""
    return [
        {"rule": each.rule, "severity": each.severity, "images": [image.path.as_posix() for image in each.images],
         "message": each.message, "evidence": each.evidence, "cost": each.cost.words,
         "certainty": str(each.certainty.said), "remedy": each.remedy.what}
        for each in found
    ]  # fmt: skip


def lines_of(found: Sequence[Finding]) -> Iterator[str]:
    """The findings for people: the three that cost most, then the others in a line each."""
    if not found:
        yield "Nothing stands against a night of baking: no rule has anything to say."
        return
    for each in top(found):
        yield f"{each.rule}  {each.severity}: {each.cost.words}; {each.certainty.said}"
        yield from _indented(each.message, each.evidence, _named(each))
    if more := found[len(top(found)):]:
        yield from ("", f"{counted(len(more), 'finding')} besides")
        yield from _indented(*(f"{each.rule}  {each.severity + ':':<8}  {each.message}" for each in more))
    if shots := shot_list(found):
        yield from ("", f"{counted(len(shots), 'picture')} to make", *_indented(*(shot.text for shot in shots)))


def _indented(*lines: str) -> Iterator[str]:
    return (f"    {line}" for line in lines)


def _named(finding: Finding, most: int = 4) -> str:
    """The first few images by their paths."""
    paths = [image.path.as_posix() for image in finding.images]
    more = f" and {len(paths) - most} more" if len(paths) > most else ""
    return f"{counted(len(paths), 'image')}: {', '.join(paths[:most])}{more}"
