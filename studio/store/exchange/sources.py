"""Which pictures lie in the files, folders, archives and clips that were handed over, and what lies beside each?"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path, PurePosixPath
from types import TracebackType

from studio.core.errors import UserError
from studio.store.exchange.places import ARCHIVES, Archive, Clips, Folder, Place, is_archive
from studio.store.images import SUFFIXES, is_foreign, is_image

BESIDE = (".json", ".txt", ".caption")

_OTHER, _PACKED = "is not an image", "is an archive that has to be unpacked first"
_MASK = "-masklabel"  # OneTrainer's masks lie beside their images under this ending


@dataclass(frozen=True, slots=True)
class Source:
    """A picture that was found and not yet read.

    `where` names it for people and is its own. `folder` is where it lies, from the folder that was handed over
    downwards: "set/10_mira girl", empty for a file that was handed over itself. `beside` are the endings of the files
    that may hold its caption.
    """

    where: str
    name: str
    folder: str
    size: int
    path: Path | None
    beside: tuple[str, ...] = ()
    place: Place = field(repr=False, compare=False, default_factory=lambda: Clips({}))
    inside: str = ""

    def content(self) -> bytes:
        """Its bytes. Raises UserError when it cannot be read."""
        return self.place.read(self.inside)

    def text_beside(self, ending: str) -> bytes:
        """The bytes of the file of that ending beside it. Raises UserError when it cannot be read."""
        return self.place.read(_with_ending(self.inside, ending))


@dataclass(frozen=True, slots=True)
class Loose:
    """A JSON file that is no picture's own: it may hold the captions of many, see `exchange.kohya`."""

    where: str
    place: Place
    inside: str

    def content(self) -> bytes:
        """Its bytes. Raises UserError when it cannot be read."""
        return self.place.read(self.inside)


class Sources:
    """Everything that was handed over, looked through by names alone; what it opened is closed with it.

    `all` are the pictures, each once, as people sort them; `left` says what else was there and is not taken, and why.
    Raises UserError for a path that is missing.
    """

    def __init__(self, paths: Iterable[Path], clips: Mapping[str, bytes] | None = None) -> None:
        self._places: list[Place] = []
        self.left: dict[str, str] = {}
        self.loose: list[Loose] = []
        found: dict[str, Source] = {}
        for source in (*self._below(tuple(paths)), *self._in_place(Clips(clips or {}), "")):
            found.setdefault(os.path.realpath(source.path) if source.path else source.where, source)
        self.all: tuple[Source, ...] = tuple(found.values())

    def close(self) -> None:
        """Gives the archives back."""
        for place in self._places:
            place.close()

    def __enter__(self) -> Sources:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    def _below(self, paths: Sequence[Path]) -> Iterator[Source]:
        for folder, files in groupby(paths, lambda path: None if path.is_dir() else path.parent):
            if folder is None:
                for path in files:
                    yield from self._in_place(Folder(path), path.absolute().name)
            else:
                yield from self._of_files(folder, tuple(files))

    def _of_files(self, folder: Path, files: Sequence[Path]) -> Iterator[Source]:
        """Files that were handed over one by one; what lies beside them is looked for once."""
        pictures = set()
        for path in files:
            if not path.exists():
                raise UserError(f"{path} does not exist", "Check the path.")
            if path.suffix.lower() in ARCHIVES:
                yield from self._in_archive(path)
            elif _is_picture(path.name):
                pictures.add(path.name)
            else:
                self.left[str(path)] = _PACKED if is_archive(path.name) else _OTHER
        if pictures:
            yield from self._in_place(Folder(folder, is_deep=False), "", pictures)

    def _in_archive(self, path: Path) -> Iterator[Source]:
        try:
            archive = Archive(path)
        except UserError as error:
            self.left[str(path)] = error.what.removeprefix(f"{path} ")
            return
        self.left |= {f"{path}/{name}": f"is left out: {why}" for name, why in archive.refused.items()}
        yield from self._in_place(archive, path.stem)

    def _in_place(self, place: Place, top: str, only: Collection[str] = ()) -> Iterator[Source]:
        """The pictures of a place, or only those of these names."""
        self._places.append(place)
        names = place.names()
        beside = _endings(names)
        for name in sorted(only or names, key=_as_people_sort):
            if _is_picture(name):
                twice = (PurePosixPath(name).suffix + ending for ending in beside[name])  # as in mira.png.txt
                yield _source(place, top, name, names[name], (*beside[_stem(name)], *twice))
            elif not only:
                self._set_aside(place, name, names)

    def _set_aside(self, place: Place, name: str, names: Mapping[str, int]) -> None:
        where = _where(place, name)
        has_picture = any(_stem(name) + suffix in names for suffix in SUFFIXES)
        if is_archive(name):
            self.left[where] = "is left out: it is an archive within what was added; add it by itself"
        elif name.lower().endswith(".json") and not has_picture:
            self.loose.append(Loose(where, place, name))


def require_some(sources: Sources, paths: Sequence[Path]) -> None:
    """Raises UserError when there is no picture in what was handed over."""
    if sources.all:
        return
    if len(paths) == 1 and (why := sources.left.get(str(paths[0]))):
        raise UserError(f"{paths[0]} {why}", f"Images end in {', '.join(SUFFIXES)}.")
    raise UserError(f"There is no image in {', '.join(map(str, paths))}", f"Images end in {', '.join(SUFFIXES)}.")


def _source(place: Place, top: str, name: str, size: int, beside: tuple[str, ...]) -> Source:
    folder = str(PurePosixPath(top, name).parent) if top else ""
    return Source(_where(place, name), PurePosixPath(name).name, folder, size, place.path(name), beside, place, name)


def _where(place: Place, name: str) -> str:
    if path := place.path(name):
        return str(path)
    return f"{place.title}/{name}" if place.title else name


def _endings(names: Iterable[str]) -> defaultdict[str, tuple[str, ...]]:
    """For each stem the endings in which its captions may lie, in the order of `BESIDE`, as they are written."""
    found: dict[str, list[str]] = {}
    for name in names:
        ending = PurePosixPath(name).suffix
        if ending.lower() in BESIDE:
            found.setdefault(_stem(name), []).append(ending)
    return defaultdict(tuple, {stem: tuple(sorted(each, key=_preference)) for stem, each in found.items()})


def _preference(ending: str) -> int:
    return BESIDE.index(ending.lower())


def _is_picture(name: str) -> bool:
    """Pictures in formats that are not read are among them, to be left out by name and not in silence."""
    path = PurePosixPath(name)
    return (is_image(Path(path)) or is_foreign(Path(path))) and not path.stem.endswith(_MASK)


def _with_ending(name: str, ending: str) -> str:
    return _stem(name) + ending


def _stem(name: str) -> str:
    return name[:len(name) - len(PurePosixPath(name).suffix)]


def _as_people_sort(name: str) -> tuple[tuple[int, int, str], ...]:
    """Numbers by their value: 9.png before 10.png; what lies in a folder itself before what lies below it."""
    *folders, file = PurePosixPath(name).parts
    words = [word for part in folders for word in _words(part)]
    return (*words, (-1, 0, ""), *_words(file))


def _words(text: str) -> Iterator[tuple[int, int, str]]:
    for number, word in re.findall(r"(\d{1,18})|(\D+)", text.casefold()):
        yield (0, int(number), "") if number else (1, 0, word)
