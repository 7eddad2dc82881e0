"""How does a project's set get into a folder of another trainer?

Each file appears whole or not at all. The folder is new or empty, or holds an earlier export, which is brought up to
date: a hidden list says what was written, so that what left the set leaves the folder too, unless it was changed there.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import UserError
from studio.core.project import Project, together
from studio.core.record import Record
from studio.store.atomic import replace_atomic, write_atomic
from studio.store.exchange.formats import Format
from studio.store.exchange.originals import original_of
from studio.store.names import safe_name
from studio.store.workspace import Workspace

LIST = ".charstudio-export.json"

_RENAMED = {".jfif": ".jpg"}  # the same bytes; other trainers go by the ending

_Version = list[int]  # bytes, nanoseconds


@dataclass(frozen=True, slots=True)
class Item:
    """One image of an export: what it is of, and where it goes, relative to the folder."""

    record: Record
    path: Path


class Export:
    """One export of some images, into one folder."""

    def __init__(self, place: Workspace, out: Path, format: Format, *, link: bool = False,
                 anyway: bool = False) -> None:
        check_folder(place.folder, out, anyway)
        self._place, self._out, self._format, self._link = place, out, format, link
        self._before = _listed(out / LIST)
        self._written: dict[str, _Version] = {}

    def write(self, records: Sequence[Record]) -> Iterator[Item]:
        """Writes each image with its caption, caption first; then what an earlier export wrote and no longer is goes.

        Whoever stops asking leaves whole files, and a list of all that may be of an export.
        """
        self._out.mkdir(parents=True, exist_ok=True)
        try:
            for item in self._items(records):
                self._write(item)
                yield item
            self._remove_outdated()
        finally:
            self._keep_list()

    def _items(self, records: Sequence[Record]) -> Iterator[Item]:
        folders = folders_of(self._place.project, records, self._format)
        for record in records:
            path = record.image.path
            suffix = _RENAMED.get(path.suffix.lower(), path.suffix.lower())
            yield Item(record, Path(folders[record.image.characters], path.stem + suffix))

    def _write(self, item: Item) -> None:
        target = self._out / item.path
        target.parent.mkdir(parents=True, exist_ok=True)
        caption = target.with_suffix(self._format.ending)
        if item.record.caption:
            triggers = [self._place.project.character(name).trigger for name in item.record.image.characters]
            text = self._format.written(item.record.caption, triggers, original_of(self._place, item.record.id))
            _write_if_other(caption, text.encode("utf-8"))
            self._remember(caption)
        _copy(self._place.folder / item.record.image.path, target, self._link)
        self._remember(target)

    def _remember(self, path: Path) -> None:
        self._written[path.relative_to(self._out).as_posix()] = _version(path)

    def _remove_outdated(self) -> None:
        for name, version in self._before.items():
            path = self._out / name
            if name not in self._written and path.is_file() and _version(path) == version:
                path.unlink()
                with suppress(OSError):
                    path.parent.rmdir()  # only if it is empty by now
        self._before = {}

    def _keep_list(self) -> None:
        write_atomic(self._out / LIST, json.dumps(self._before | self._written, indent=0, ensure_ascii=False))


def check_folder(project: Path, out: Path, anyway: bool = False) -> None:
    """Raises UserError for a folder in the project or above it, for a file, or for a folder with other things in it."""
    inner, outer = out.resolve(), project.resolve()
    if inner.is_relative_to(outer) or outer.is_relative_to(inner):
        raise UserError(f"{out} and the project lie in each other", "Choose a folder elsewhere.")
    if out.exists() and not out.is_dir():
        raise UserError(f"{out} is a file", "Choose a folder.")
    is_ours = (out / LIST).is_file()
    if out.is_dir() and not is_ours and not anyway and any(not name.startswith(".") for name in os.listdir(out)):
        raise UserError(f"{out} is not empty", "Choose a new folder, or add --into to write beside what is there.")


def folders_of(project: Project, records: Iterable[Record], format: Format) -> Mapping[tuple[str, ...], str]:
    """The folder for each cast: with its repeats and triggers where the trainer reads them, else by its names.

    Where all images show the same, and folders tell nothing more, they lie in the export itself.
    """
    casts: dict[tuple[str, ...], list[Record]] = {}
    for record in records:
        casts.setdefault(record.image.characters, []).append(record)
    if format.has_repeats:
        return {cast: _kohya_folder(project, cast, shown) for cast, shown in casts.items()}
    return {cast: safe_name(together(cast)) if len(casts) > 1 else "" for cast in casts}


def _kohya_folder(project: Project, cast: Sequence[str], shown: Sequence[Record]) -> str:
    """`10_mira girl`: the class is what the captions count, so that an image without one is called right."""
    triggers = "+".join(project.character(name).trigger for name in cast)
    counts = Counter(tag for record in shown for tag in record.tags[:8] if tag.rstrip("s").endswith(("girl", "boy")))
    most = counts.most_common(1)[0][0] if counts else "character"
    return safe_name(f"{shown[0].repeats}_{triggers} {most.removeprefix('1')}")


def _write_if_other(path: Path, content: bytes) -> None:
    if not (path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content):
        write_atomic(path, content)


def _copy(source: Path, target: Path, link: bool) -> None:
    """A copy, or another name of the same file; nothing to do where it is there by its size and time."""
    if target.is_file() and (target.samefile(source) if link else _version(target) == _version(source)):
        return
    with replace_atomic(target) as part:
        part.unlink(missing_ok=True)
        try:
            if link:
                os.link(source, part)
        except OSError:
            link = False  # another disk, or one that knows no links
        if not link:
            part.write_bytes(source.read_bytes())
            facts = source.stat()
            os.utime(part, ns=(facts.st_atime_ns, facts.st_mtime_ns))


def _version(path: Path) -> _Version:
    facts = path.stat()
    return [facts.st_size, facts.st_mtime_ns]


def _listed(path: Path) -> dict[str, _Version]:
    """What an earlier export wrote; names that lead elsewhere are not believed."""
    with suppress(OSError, ValueError, AttributeError):
        return {name: version for name, version in json.loads(path.read_bytes()).items()
                if ".." not in Path(name).parts and not Path(name).is_absolute()}
    return {}
