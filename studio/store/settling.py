"""What did a crash leave of the last edits, and when are their files safe?

An edit is written down before its files change. Each file then holds what it held before, or after, or, where the
power failed, a part of both or nothing; these are carried to their end. Whatever else it holds came from elsewhere.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from studio.core.caption_file import is_torn
from studio.core.edits import PLACE, SIDECARS, Change, Edit, stem
from studio.store.atomic import sync_file, sync_folder
from studio.store.moves import move_image
from studio.store.sidecars import Sidecars

_ONE_BY_ONE = 64  # files; more are synced at once, with whatever else the system has to write


def carry_to_end(folder: Path, sidecars: Sidecars, edits: Iterable[Edit]) -> None:
    """Gives the files of these edits, the last ones, what they should hold and the place where they should lie."""
    course = _Course(edits)
    for image, paths in course.places.items():
        _bring(folder, image, paths)
    for file, contents in course.contents.items():
        present, wanted = sidecars.content(file), contents[-1]
        if present != wanted and _is_ours(present, contents):
            sidecars.replace(file, present, wanted)


def sync(folder: Path, edits: Iterable[Edit]) -> None:
    """Waits until the files of these edits are on the disk."""
    files = [folder / file for file in _Course(edits).contents]
    there = [file for file in files if file.exists()]
    if len(there) > _ONE_BY_ONE and hasattr(os, "sync"):
        os.sync()
        return
    for file in there:
        sync_file(file)
    for parent in {file.parent for file in files if file.parent.is_dir()}:
        sync_folder(parent)


class _Course:
    """Which contents each file went through, and where each image was, in order."""

    def __init__(self, edits: Iterable[Edit]) -> None:
        self.contents: dict[str, list[str | None]] = {}
        self.places: defaultdict[str, list[str]] = defaultdict(list)
        for edit in edits:
            is_seen = edit.by == "outside" and edit.undoes is None  # read from the file: there is nothing to carry out
            for change in edit.changes:
                self._follow(change, is_seen)

    def _follow(self, change: Change, is_seen: bool) -> None:
        if change.field == PLACE:
            self._move(change)
        elif change.file and is_seen:
            self.contents[change.file] = [change.after]
        elif change.file:
            self.contents.setdefault(change.file, []).extend((change.before, change.after))

    def _move(self, change: Change) -> None:
        before, after = str(change.before), str(change.after)
        self.places[change.image] += [before, after]
        for ending in SIDECARS:
            if stem(before) + ending in self.contents:
                self.contents[stem(after) + ending] = self.contents.pop(stem(before) + ending)


def _bring(folder: Path, image: str, paths: list[str]) -> None:
    """Moves an image to the last of these places from whichever it was left at."""
    if not (folder / paths[-1]).exists():
        any(move_image(folder, image, path, paths[-1]) for path in reversed(paths[:-1]))


def _is_ours(present: str | None, contents: list[str | None]) -> bool:
    """Whether a file was left so by us: with one of its contents, torn between two, or emptied by a power failure."""
    if present is None or present in contents:
        return present in contents
    pairs = zip(contents, contents[1:])
    return not present.strip("\0") or any(is_torn(present, *pair) for pair in pairs if None not in pair)
