"""Which images does a project hold, without reading them again?

What hashing and decoding a file told is kept in the project's cache, by its path, length and time. Whoever deletes it
loses time only. Ten thousand files that nobody looked into take a minute to read: whoever cannot wait asks for what is
known and has the others read elsewhere.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from studio.core.dataset import ImageItem
from studio.core.errors import UserError
from studio.core.project import Group
from studio.store.atomic import write_atomic
from studio.store.dataset import folder_of
from studio.store.images import SUFFIXES, id_of_file, size_of_file
from studio.store.moves import TRASH
from studio.store.workspace import Workspace

NAME = "images.json"

_TRASH = f"{TRASH}/"
_SAVING = threading.Lock()  # a job keeps what it learns in a thread of its own

_Version = tuple[int, int]     # bytes, nanoseconds
_Key = tuple[str, int, int]    # path, then its version
_Facts = tuple[str, int, int]  # id, width, height
_Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What one version of a file told: its id, width and height, or why it is no image."""

    key: _Key
    facts: _Facts | None
    trouble: str = ""


class ImageIndex:
    """The images of a project's characters and groups.

    After a look `troubles` says of files that cannot be read why, and `unread` names those that nobody read yet.
    """

    def __init__(self, place: Workspace) -> None:
        self._place, self._path = place, place.cache / NAME
        self._known: dict[_Key, _Facts] = {}
        self._refused: dict[_Key, str] = {}  # asked for again at the next opening: a permission may be given by then
        self._loaded: tuple[int, ...] = ()   # which version of the cache that was
        self.troubles: tuple[str, ...] = ()
        self.unread: tuple[str, ...] = ()

    def items(self, at_once: int | None = None) -> tuple[ImageItem, ...]:
        """Every image as it lies there now, by character and name, without its caption.

        Of files that nobody read before only `at_once` are read now, without it all.
        """
        self._catch_up()
        there = {key: names for folder, names in self._folders().items() for key in self._keys(folder)}
        unknown = [key for key in there if key not in self._known and key not in self._refused]
        for key in unknown[:at_once]:
            self._keep(self._read(key))
        self.unread = tuple(key[0] for key in (unknown[at_once:] if at_once is not None else ()))
        self._forget_all_but(there, has_news=bool(unknown[:at_once]))
        self.troubles = tuple(self._refused[key] for key in there if key in self._refused)
        known = self._known
        return tuple(_item(key, known[key], names) for key, names in there.items() if key in known)

    def read(self, path: str) -> Reading:
        """Looks into a file, by its path relative to the project."""
        try:
            return self._read((path, *_version((self._place.folder / path).stat())))
        except OSError as error:
            return Reading((path, 0, 0), None, str(error))

    def take(self, readings: Iterable[Reading]) -> tuple[ImageItem, ...]:
        """Knows from here on what others read; the images among it, without their captions."""
        folders, told = self._folders(), tuple(readings)
        for each in told:
            self._keep(each)
        seen = {each.key[0] for each in told}
        self.unread = tuple(path for path in self.unread if path not in seen)
        self.troubles += tuple(each.trouble for each in told if each.trouble)
        return tuple(_item(each.key, each.facts, folders[folder]) for each in told
                     if each.facts and (folder := each.key[0].rpartition("/")[0]) in folders)

    def follow(self, places: Mapping[str, str]) -> None:
        """Files were moved from the one path to the other; they are what they were."""
        moved = ((places[path], *version, facts) for (path, *version), facts in self._known.items() if path in places)
        self._known |= {(path, size, time): facts for path, size, time, facts in moved}

    def learn(self, images: Iterable[ImageItem]) -> None:
        """Spares reading files whose facts are known already, as they are after an import."""
        for image in images:
            version = _version((self._place.folder / image.path).stat())
            self._known[(image.path.as_posix(), *version)] = (image.id, image.width, image.height)
        self.save()

    def save(self) -> None:
        """Keeps what was learnt beside what others did, unless somebody else owns the project."""
        self._catch_up()
        self._write()

    def in_order(self, paths: Iterable[str]) -> list[str]:
        """Paths of images in the order of `items`."""
        by_folder: dict[str, list[str]] = {folder: [] for folder in self._folders()}
        for path in sorted(paths):
            by_folder.setdefault(path.rpartition("/")[0], []).append(path)
        return [path for folder in by_folder.values() for path in folder]

    def _folders(self) -> dict[str, _Names]:
        """Whom the images in each folder show."""
        project = self._place.project
        names = {each.name: each.characters if isinstance(each, Group) else (each.name,)
                 for each in (*project.characters, *project.groups)}
        return {_folder(self._place, name): shown for name, shown in names.items()}

    def _keys(self, folder: str) -> list[_Key]:
        if not (self._place.folder / folder).is_dir():
            return []
        with os.scandir(self._place.folder / folder) as entries:
            found = (each for each in entries if each.name.lower().endswith(SUFFIXES) and each.is_file())
            return sorted((f"{folder}/{each.name}", *_version(each.stat())) for each in found)

    def _read(self, key: _Key) -> Reading:
        path = self._place.folder / key[0]
        try:
            return Reading(key, (id_of_file(path), *size_of_file(path)))
        except (UserError, OSError) as error:
            return Reading(key, None, str(error))

    def _keep(self, reading: Reading) -> None:
        if reading.facts:
            self._known[reading.key] = reading.facts
        else:
            self._refused[reading.key] = reading.trouble

    def _forget_all_but(self, there: Mapping[_Key, object], *, has_news: bool) -> None:
        """What is in the trash may come back."""
        count = len(self._known)
        self._known = {key: facts for key, facts in self._known.items() if key in there or key[0].startswith(_TRASH)}
        if has_news or len(self._known) != count:
            self._write()

    def _catch_up(self) -> None:
        """What others learnt since the last look: an import has an index of its own."""
        with suppress(OSError):
            facts = self._path.stat()
            if (cached := (*_version(facts), facts.st_ino)) != self._loaded:
                self._known |= _load(self._path)
                self._loaded = cached

    def _write(self) -> None:
        if not self._place.is_owner:
            return
        text = json.dumps([[*key, *facts] for key, facts in self._known.items()])
        with _SAVING:
            self._place.cache.mkdir(exist_ok=True)
            write_atomic(self._path, text)
            facts = self._path.stat()
        self._loaded = (*_version(facts), facts.st_ino)


def _item(key: _Key, facts: _Facts, names: _Names) -> ImageItem:
    id, width, height = facts
    return ImageItem(id, Path(key[0]), width, height, names)


def _folder(place: Workspace, shown: str) -> str:
    return folder_of(place, shown).relative_to(place.folder).as_posix()


def _version(facts: os.stat_result) -> _Version:
    return facts.st_size, facts.st_mtime_ns


def _load(path: Path) -> dict[_Key, _Facts]:
    """What the cache says; nothing where it is missing or means nothing."""
    with suppress(OSError, ValueError, TypeError):
        return {(str(file), int(size), int(time)): (str(id), int(width), int(height))
                for file, size, time, id, width, height in json.loads(path.read_bytes())}
    return {}
