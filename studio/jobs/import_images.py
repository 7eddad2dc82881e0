"""Copies images with their captions into a project.

The originals are never touched. Each image goes in whole or not at all, after its caption, so a stop or a crash between
two of them leaves a project that is merely smaller; importing the same folder again goes on where it ended.
"""

from __future__ import annotations

import dataclasses
import os
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from studio.core.caption import weighted
from studio.core.errors import UserError
from studio.core.events import Ending, Event, Facts, Finished, ImageImported, Note, Progress, Started, Stopped
from studio.core.knobs import Setting, build, to_mapping
from studio.core.project import Character, Group, Project, with_character, with_group
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.jobs.pace import Pace
from studio.store import workspace
from studio.store.captions import read_caption, write_caption
from studio.store.dataset import Shelf, check_folder
from studio.store.images import SUFFIXES, is_foreign, is_image, read_picture

_KOHYA_FOLDER = re.compile(r"([1-9]\d{0,4})_")  # `10_mira`: each of its images is shown ten times an epoch
_MASK = "-masklabel"                       # OneTrainer's masks lie beside their images under this ending


@dataclass(frozen=True, slots=True)
class ImportImages:
    """Images and folders that show one character, or those `beside` her too, who are in the project already.

    What is None is taken from the project or the folders. Images of several have repeats of their own.
    """

    project: Path
    paths: tuple[Path, ...]
    character: str
    trigger: str | None = None
    repeats: int | None = None
    asymmetric: bool | None = None
    beside: tuple[str, ...] = ()
    kind = "import"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        with workspace.open_project(self.project) as place:
            sources = find_images(self.paths)
            shown = _wanted(place.project, self, sources)
            add = with_group if isinstance(shown, Group) else with_character
            project = add(place.project, shown)
            emit(Started(shown.name, self.kind, len(sources)))
            emit(Note(f"Each image of {shown.name} is shown {shown.repeats}x an epoch"))
            place.save(project)
            return _import(sources, Shelf(place), shown.name, emit, stop)


@dataclass(frozen=True, slots=True)
class Source:
    """An image file to import; `folder` is its kohya folder, if it lies in one."""

    path: Path
    folder: str = ""

    @property
    def repeats(self) -> int | None:
        return int(_KOHYA_FOLDER.match(self.folder)[1]) if self.folder else None


@dataclass(slots=True)
class _Tally:
    """What became of the images."""

    imported: int = 0
    captions: int = 0
    duplicates: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def facts(self) -> Facts:
        return dataclasses.asdict(self)


def find_images(paths: Iterable[Path]) -> tuple[Source, ...]:
    """The image files among `paths` and in their folders, in sorted order, each once.

    Hidden files and masks are passed over. Raises UserError for a path that is missing or no image, and for no image.
    """
    paths = tuple(paths)
    found = {os.path.realpath(source.path): source for path in paths for source in _sources(path)}
    if not found:
        raise UserError(f"There is no image in {', '.join(map(str, paths))}", f"Images end in {', '.join(SUFFIXES)}.")
    return tuple(found.values())


def _sources(path: Path) -> Iterator[Source]:
    if path.is_dir():
        yield from (_source(path, file) for file in _walk(path))
    elif not path.exists():
        raise UserError(f"{path} does not exist", "Check the path.")
    elif is_image(path) or is_foreign(path):
        yield Source(path)
    else:
        raise UserError(f"{path} is not an image", f"Images end in {', '.join(SUFFIXES)}.")


def _walk(top: Path) -> Iterator[Path]:
    """The image files under a folder; links to folders are not followed, they may lead round in a circle."""
    for parent, folders, files in os.walk(top):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths = (Path(parent, name) for name in sorted(files) if not name.startswith("."))
        yield from (path for path in paths if _is_meant(path))


def _is_meant(path: Path) -> bool:
    """Pictures in formats that are not read are among them, to be left out by name and not in silence."""
    return (is_image(path) or is_foreign(path)) and not path.stem.endswith(_MASK)


def _source(top: Path, file: Path) -> Source:
    """The nearest folder above the file, up to the one that was named, decides the repeats."""
    above = (top.absolute().name, *file.parent.relative_to(top).parts)
    return Source(file, next((name for name in reversed(above) if _KOHYA_FOLDER.match(name)), ""))


def _repeats_of(sources: Iterable[Source]) -> int | None:
    """What the kohya folders say, None without any. Raises UserError when they differ: a character has one number."""
    folders = {source.repeats: source.folder for source in sources if source.folder}
    if len(folders) > 1:
        raise UserError(f"The folders {', '.join(sorted(folders.values()))} ask for different repeats",
                        "Give one number with --repeats, or import them as characters of their own.")
    return next(iter(folders), None)


def _wanted(project: Project, wish: ImportImages, sources: tuple[Source, ...]) -> Character | Group:
    """Whom the images show, as asked for; what was not asked for stays as it is in the project."""
    repeats = _repeats_of(sources) if wish.repeats is None else wish.repeats
    shown = _group(project, wish, repeats) if wish.beside else _character(project, wish, repeats)
    check_folder(project, shown.name)
    return shown


def _character(project: Project, wish: ImportImages, repeats: int | None) -> Character:
    known = {each.name: each for each in project.characters}.get(wish.character, Character(name=wish.character))
    if wish.trigger and known.trigger not in ("", wish.trigger):
        raise UserError(f"The trigger of {known.name} is '{known.trigger}', not '{wish.trigger}'",
                        "Leave it out, or change it in project.toml and in the captions.")
    asked = {"trigger": wish.trigger or None, "repeats": repeats, "asymmetric": wish.asymmetric}
    return build(Character, to_mapping(known) | _given(asked), "import")


def _group(project: Project, wish: ImportImages, repeats: int | None) -> Group:
    if wish.trigger is not None or wish.asymmetric is not None:
        raise UserError("A trigger and asymmetry belong to one character, and the images show several",
                        "Import images of each character alone first; there they are given.")
    known = project.group((wish.character, *wish.beside))
    return build(Group, to_mapping(known) | _given({"repeats": repeats}), "import")


def _given(wishes: Mapping[str, Setting | None]) -> dict[str, Setting]:
    return {name: value for name, value in wishes.items() if value is not None}


def _import(sources: tuple[Source, ...], shelf: Shelf, shown: str, emit: Emit, stop: Stop) -> Ending:
    tally, pace = _Tally(), Pace(len(sources), time.monotonic)
    for count, source in enumerate(sources, 1):
        if stop.is_set():
            return Stopped(tally.facts())
        for event in _taken(source.path, shelf, shown, tally):
            emit(event)
        emit(Progress(count, len(sources), pace.seconds_left(count), "image"))
    if len(tally.refused) == len(sources):
        raise UserError(f"None of the {len(sources)} images could be imported", "The notes above say why.")
    return Finished(tally.facts())


def _taken(path: Path, shelf: Shelf, shown: str, tally: _Tally) -> Iterator[Event]:
    """Takes one image in, or says why not; then what of it training will see otherwise than one might think."""
    try:
        picture, caption = read_picture(path), read_caption(path)
    except UserError as error:
        tally.refused.append(str(path))
        yield Note(f"{path} was left out: {error}")
        return
    twin = shelf.twin(picture)
    if twin:
        tally.duplicates.append(str(path))
        yield _again(path, twin, caption, shelf, tally)
        return
    tally.imported += 1
    tally.captions += bool(caption)
    kept = shelf.keep(picture, path.name, shown, caption)
    yield ImageImported(picture.id, shelf.relative(kept), shown)
    for note in picture.notes:
        yield Note(f"{path.name} {note}")
    if weight := weighted(caption or ""):
        yield Note(f"The caption of {path.name} holds {weight}: in a caption it is literal text and weighs nothing.")


def _again(path: Path, twin: Path, caption: str | None, shelf: Shelf, tally: _Tally) -> Event:
    """An image that is here already; a caption that somebody wrote for it meanwhile is still welcome."""
    if not caption or read_caption(twin):
        return Note(f"{path} is here already as {shelf.relative(twin)}")
    write_caption(twin, caption)
    tally.captions += 1
    return Note(f"{path} is here already as {shelf.relative(twin)}; its caption was new")
