"""Copies images with their captions into a project.

The originals are never touched. Each image goes in whole or not at all, after its caption, so a stop or a crash between
two of them leaves a project that is merely smaller; importing the same folder again goes on where it ended.
"""

from __future__ import annotations

import dataclasses
import os
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from studio.core.errors import UserError
from studio.core.events import Ending, Event, Facts, Finished, ImageImported, Note, Progress, Started, Stopped
from studio.core.knobs import build
from studio.core.project import Character, Project, with_character
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.jobs.pace import Pace
from studio.store import workspace
from studio.store.captions import read_caption, write_caption
from studio.store.dataset import Shelf, check_folder
from studio.store.images import SUFFIXES, is_image, read_picture

_KOHYA_FOLDER = re.compile(r"([1-9]\d{0,4})_")  # `10_mira`: each of its images is shown ten times an epoch
_MASK = "-masklabel"                       # OneTrainer's masks lie beside their images under this ending


@dataclass(frozen=True, slots=True)
class ImportImages:
    """Images and folders for one character; trigger and repeats of None are taken from the project or the folders."""

    project: Path
    paths: tuple[Path, ...]
    character: str
    trigger: str | None = None
    repeats: int | None = None
    kind = "import"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        with workspace.open_project(self.project) as place:
            sources = find_images(self.paths)
            project = _with_character(place.project, self, sources)
            emit(Started(self.character, self.kind, len(sources)))
            emit(Note(f"Each image of {self.character} is shown {project.character(self.character).repeats}x an epoch"))
            place.save(project)
            return _import(sources, Shelf(place), self.character, emit, stop)


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
    found = {source.path.resolve(): source for path in paths for source in _sources(path)}
    if not found:
        raise UserError(f"There is no image in {', '.join(map(str, paths))}", f"Images end in {', '.join(SUFFIXES)}.")
    return tuple(found.values())


def _sources(path: Path) -> Iterator[Source]:
    if path.is_dir():
        yield from (_source(path, file) for file in _walk(path))
    elif not path.exists():
        raise UserError(f"{path} does not exist", "Check the path.")
    elif is_image(path):
        yield Source(path)
    else:
        raise UserError(f"{path} is not an image", f"Images end in {', '.join(SUFFIXES)}.")


def _walk(top: Path) -> Iterator[Path]:
    """The image files under a folder; links to folders are not followed, they may lead round in a circle."""
    for parent, folders, files in os.walk(top):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        paths = (Path(parent, name) for name in sorted(files) if not name.startswith("."))
        yield from (path for path in paths if is_image(path) and not path.stem.endswith(_MASK))


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


def _with_character(project: Project, wish: ImportImages, sources: tuple[Source, ...]) -> Project:
    """The project with the character as asked for; what was not asked for stays as it is."""
    known = {each.name: each for each in project.characters}.get(wish.character, Character(name=wish.character))
    if wish.trigger and known.trigger not in ("", wish.trigger):
        raise UserError(f"The trigger of {known.name} is '{known.trigger}', not '{wish.trigger}'",
                        "Leave it out, or change it in project.toml and in the captions.")
    check_folder(project, known.name)
    repeats = _repeats_of(sources) if wish.repeats is None else wish.repeats
    return with_character(project, build(Character, {
        "name": known.name,
        "trigger": wish.trigger or known.trigger,
        "repeats": known.repeats if repeats is None else repeats,
    }, "import"))


def _import(sources: tuple[Source, ...], shelf: Shelf, character: str, emit: Emit, stop: Stop) -> Ending:
    tally, pace = _Tally(), Pace(len(sources), time.monotonic)
    for count, source in enumerate(sources, 1):
        if stop.is_set():
            return Stopped(tally.facts())
        emit(_taken(source.path, shelf, character, tally))
        emit(Progress(count, len(sources), pace.seconds_left(count), "image"))
    if len(tally.refused) == len(sources):
        raise UserError(f"None of the {len(sources)} images could be imported", "The notes above say why.")
    return Finished(tally.facts())


def _taken(path: Path, shelf: Shelf, character: str, tally: _Tally) -> Event:
    """Takes one image in, or says why not."""
    try:
        picture, caption = read_picture(path), read_caption(path)
    except UserError as error:
        tally.refused.append(str(path))
        return Note(f"{path} was left out: {error}")
    twin = shelf.twin(picture)
    if twin:
        tally.duplicates.append(str(path))
        return _again(path, twin, caption, shelf, tally)
    tally.imported += 1
    tally.captions += bool(caption)
    kept = shelf.keep(picture, path.name, character, caption)
    return ImageImported(picture.id, shelf.relative(kept), character)


def _again(path: Path, twin: Path, caption: str | None, shelf: Shelf, tally: _Tally) -> Event:
    """An image that is here already; a caption that somebody wrote for it meanwhile is still welcome."""
    if not caption or read_caption(twin):
        return Note(f"{path} is here already as {shelf.relative(twin)}")
    write_caption(twin, caption)
    tally.captions += 1
    return Note(f"{path} is here already as {shelf.relative(twin)}; its caption was new")
