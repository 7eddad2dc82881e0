"""Which images does a project hold, without reading them again?

What hashing and decoding a file told is kept in the project's cache, by its path, length and time. Whoever deletes it
loses time only.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from studio.core.dataset import ImageItem
from studio.core.errors import UserError
from studio.core.project import Character, Group
from studio.store.atomic import write_atomic
from studio.store.dataset import folder_of
from studio.store.images import SUFFIXES, id_of_file, size_of_file
from studio.store.workspace import Workspace

NAME = "images.json"

_Version = tuple[int, int]    # bytes, nanoseconds
_Key = tuple[str, int, int]   # path, then its version
_Facts = tuple[str, int, int]  # id, width, height


class ImageIndex:
    """The images of a project's characters and groups. Of files that cannot be read `troubles` says why."""

    def __init__(self, place: Workspace) -> None:
        self._place = place
        self._known = _load(place.cache / NAME)
        self._met: dict[_Key, _Facts] = {}
        self.troubles: tuple[str, ...] = ()

    def items(self) -> tuple[ImageItem, ...]:
        """Every image as it lies there now, by character and name, without its caption."""
        self.troubles, self._met, project = (), {}, self._place.project
        found = tuple(item for shown in (*project.characters, *project.groups) for item in self._shown(shown))
        if self._met != self._known:
            self._known = self._met
            self.save()
        return found

    def learn(self, images: Iterable[ImageItem]) -> None:
        """Spares reading files whose facts are known already, as they are after an import."""
        for image in images:
            version = _version((self._place.folder / image.path).stat())
            self._known[(image.path.as_posix(), *version)] = (image.id, image.width, image.height)
        self.save()

    def save(self) -> None:
        """Keeps what was learnt, unless somebody else owns the project."""
        if self._place.is_owner:
            self._place.cache.mkdir(exist_ok=True)
            write_atomic(self._place.cache / NAME, json.dumps([[*key, *facts] for key, facts in self._known.items()]))

    def _shown(self, shown: Character | Group) -> list[ImageItem]:
        names = shown.characters if isinstance(shown, Group) else (shown.name,)
        folder = folder_of(self._place, shown.name).relative_to(self._place.folder).as_posix()
        keys = ((f"{folder}/{entry.name}", *_version(entry.stat())) for entry in self._files(folder))
        return [item for key in keys if (item := self._item(key, names))]

    def _files(self, folder: str) -> list[os.DirEntry[str]]:
        if not (self._place.folder / folder).is_dir():
            return []
        with os.scandir(self._place.folder / folder) as entries:
            found = (each for each in entries if each.name.lower().endswith(SUFFIXES) and each.is_file())
            return sorted(found, key=lambda each: each.name)

    def _item(self, key: _Key, names: tuple[str, ...]) -> ImageItem | None:
        try:
            facts = self._met[key] = self._known.get(key) or _read(self._place.folder / key[0])
        except (UserError, OSError) as error:
            self.troubles += (str(error),)
            return None
        id, width, height = facts
        return ImageItem(id, Path(key[0]), width, height, names)


def _read(path: Path) -> _Facts:
    return id_of_file(path), *size_of_file(path)


def _version(facts: os.stat_result) -> _Version:
    return facts.st_size, facts.st_mtime_ns


def _load(path: Path) -> dict[_Key, _Facts]:
    """What the cache says; nothing where it is missing or means nothing."""
    with suppress(OSError, ValueError, TypeError):
        return {(str(file), int(size), int(time)): (str(id), int(width), int(height))
                for file, size, time, id, width, height in json.loads(path.read_bytes())}
    return {}
