"""What is known of each image of a project, joined: the file, its caption, and all that was said of it?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from studio.core.dataset import ImageItem, dataset_of
from studio.core.edits import PLACE, SIDECARS, Edit, State, recorded, stem
from studio.core.record import Record
from studio.store.edits import Desk, read_edits
from studio.store.image_index import ImageIndex, Reading
from studio.store.sidecars import Sidecars, caption_in
from studio.store.workspace import Workspace


def records(place: Workspace) -> tuple[Record, ...]:
    """Every image of a project, by character and name; no image or caption changes, so anybody may look."""
    items = ImageIndex(place).items()
    files = (stem(item.path.as_posix()) + ending for item in items for ending in SIDECARS)
    return tuple(_joined(place, items, Sidecars(place.folder).contents(files), read_edits(place)))


class Records:
    """The records of a project that is worked on; after an edit only those that it concerns are made anew.

    With `at_once` no look at the folders reads more than so many files that nobody read before. The others are `unread`
    and no records until somebody else has read them, see `learn`.
    """

    def __init__(self, desk: Desk, at_once: int | None = None) -> None:
        self._desk, self._index, self._at_once = desk, ImageIndex(desk.place), at_once
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

    @property
    def unread(self) -> tuple[str, ...]:
        """The files, by their paths, of which nobody knows yet what they are."""
        return self._index.unread

    def of(self, *images: str) -> tuple[Record, ...]:
        """The records of some images by their ids; equal files in two places are two records."""
        return tuple(self._by_path[path] for image in images for path in self._paths.get(image, ()))

    def rescan(self) -> Edit | None:
        """Looks at the folders anew; returns what other programs did to captions, if anything."""
        items = self._index.items(self._at_once)
        noticed, contents = self._desk.look(items)
        self._by_path = _by_path(self._joined(items, contents))
        self._paths.clear()
        self._find_paths(self._by_path)
        return noticed

    def learn(self, readings: Iterable[Reading]) -> tuple[Record, ...]:
        """Takes in what somebody read of `unread` files; returns their records, each in its place from here on."""
        items = self._index.take(readings)
        _, contents = self._desk.look(items, again=False)
        new = _by_path(self._joined(items, contents))
        both = self._by_path | new
        self._by_path = {path: both[path] for path in self._index.in_order(both)}
        self._find_paths(new)
        return tuple(new.values())

    def refresh(self, images: Iterable[str]) -> tuple[Record, ...]:
        """Makes the records of some images anew and returns them."""
        old = self.of(*dict.fromkeys(images))
        items = [record.image for record in old]
        new = _by_path(self._joined(items, self._desk.contents(items)))
        self._by_path |= new
        return tuple(new.values())

    def after(self, edit: Edit | None) -> tuple[Record, ...]:
        """The records that an edit changed; those that it threw away are left out, and no longer in `all`."""
        if edit is None:
            return ()
        if moves := {str(change.before): str(change.after) for change in edit.changes if change.field == PLACE}:
            self._index.follow(moves)
            self.rescan()
        return self.refresh(change.image for change in edit.changes)

    def _joined(self, items: Sequence[ImageItem], contents: Mapping[str, str | None]) -> Iterator[Record]:
        return _joined(self._desk.place, items, contents, self._desk.state)

    def _find_paths(self, new: Mapping[str, Record]) -> None:
        for path, record in new.items():
            if path not in self._paths[record.id]:
                self._paths[record.id].append(path)


def _by_path(records: Iterable[Record]) -> dict[str, Record]:
    return {record.image.path.as_posix(): record for record in records}


def _joined(place: Workspace, items: Sequence[ImageItem], contents: Mapping[str, str | None],
            state: State) -> Iterator[Record]:
    repeats = _repeats(place, items)
    for item in items:
        caption = caption_in(contents, item.path.as_posix())
        image = ImageItem(item.id, item.path, item.width, item.height, item.characters, caption)
        yield recorded(image, state, repeats[item.characters])


def _repeats(place: Workspace, items: Iterable[ImageItem]) -> dict[tuple[str, ...], int]:
    """How often an epoch shows an image, by whom it shows."""
    casts = {item.characters: item for item in items}
    dataset = dataset_of(place.project.characters, casts.values(), place.project.groups)
    return {names: dataset.repeats_of(item) for names, item in casts.items()}
