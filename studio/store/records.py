"""What is known of each image of a project, joined: the file, its caption, and all that was said of it?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from studio.core.dataset import ImageItem, dataset_of
from studio.core.edits import PLACE, Edit, State, recorded
from studio.core.errors import UserError
from studio.core.record import Record
from studio.store.edits import Desk, read_edits
from studio.store.image_index import ImageIndex
from studio.store.sidecars import Sidecars
from studio.store.workspace import Workspace


def records(place: Workspace) -> tuple[Record, ...]:
    """Every image of a project, by character and name; no image or caption changes, so anybody may look."""
    return tuple(_joined(place, ImageIndex(place).items(), Sidecars(place.folder), read_edits(place)))


class Records:
    """The records of a project that is worked on; after an edit only those that it concerns are made anew."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._index = desk, ImageIndex(desk.place)
        self._by_path: dict[str, Record] = {}
        self._paths: defaultdict[str, list[str]] = defaultdict(list)
        self.rescan()

    @property
    def all(self) -> tuple[Record, ...]:
        """By character and name."""
        return tuple(self._by_path.values())

    @property
    def troubles(self) -> tuple[str, ...]:
        """Why some files are no records, each a sentence."""
        return self._index.troubles

    def of(self, *images: str) -> tuple[Record, ...]:
        """The records of some images by their ids; equal files in two places are two records."""
        return tuple(self._by_path[path] for image in images for path in self._paths.get(image, ()))

    def rescan(self) -> Edit | None:
        """Looks at the folders anew; returns what other programs did to captions, if anything."""
        items = self._index.items()
        noticed = self._desk.notice(items)
        self._by_path = {record.image.path.as_posix(): record for record in self._joined(items)}
        self._paths.clear()
        for path, record in self._by_path.items():
            self._paths[record.id].append(path)
        return noticed

    def refresh(self, images: Iterable[str]) -> tuple[Record, ...]:
        """Makes the records of some images anew and returns them."""
        old = self.of(*dict.fromkeys(images))
        new = tuple(self._joined([record.image for record in old]))
        self._by_path |= {record.image.path.as_posix(): record for record in new}
        return new

    def after(self, edit: Edit | None) -> tuple[Record, ...]:
        """The records that an edit changed; those that it threw away are left out, and no longer in `all`."""
        if edit is None:
            return ()
        if any(change.field == PLACE for change in edit.changes):
            self.rescan()
        return self.refresh(change.image for change in edit.changes)

    def _joined(self, items: Iterable[ImageItem]) -> Iterable[Record]:
        return _joined(self._desk.place, tuple(items), self._desk.sidecars, self._desk.state)


def _joined(place: Workspace, items: Iterable[ImageItem], sidecars: Sidecars, state: State) -> Iterable[Record]:
    dataset = dataset_of(place.project.characters, items, place.project.groups)
    for item in items:
        image = replace(item, caption=_caption(sidecars, item))
        yield recorded(image, state, dataset.repeats_of(image))


def _caption(sidecars: Sidecars, image: ImageItem) -> str | None:
    """A caption that cannot be read is none to look at; who wants to change it hears why not."""
    try:
        return sidecars.caption(image.path.as_posix())
    except UserError:
        return None
