"""Which images does a project hold, and how does one more get in?

`images/<character>/` holds the originals with a caption file each, `images/<character>+<character>/` those that show
several. The files are the truth: an image that is put there or taken away by hand is there or gone at the next look.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from studio.core.dataset import Dataset, ImageItem, dataset_of
from studio.core.errors import UserError
from studio.core.project import Character, Group, Project
from studio.store.atomic import part_of, sync_folder, write_atomic
from studio.store.captions import caption_path, read_caption, write_caption
from studio.store.images import Picture, id_of_file, is_image, size_of_file
from studio.store.names import numbered, safe_name
from studio.store.workspace import Workspace


def dataset(workspace: Workspace) -> Dataset:
    """All images of the project's characters with their captions, as training would see them now."""
    characters, groups = workspace.project.characters, workspace.project.groups
    images = (item for shown in (*characters, *groups) for item in images_of(workspace, shown))
    return dataset_of(characters, images, groups)


def images_of(workspace: Workspace, shown: Character | Group) -> tuple[ImageItem, ...]:
    """The images of one character alone, or of a group, by name."""
    names = shown.characters if isinstance(shown, Group) else (shown.name,)
    return tuple(_item(workspace, names, path) for path in _image_files(folder_of(workspace, shown.name)))


def folder_of(workspace: Workspace, shown: str) -> Path:
    """Where the images of a character or a group lie, by its name."""
    return workspace.images / safe_name(shown)


def check_folder(project: Project, shown: str) -> None:
    """Raises UserError when images of others would land in the same folder; some disks ignore case."""
    for other in (*project.characters, *project.groups):
        if other.name != shown and safe_name(other.name).casefold() == safe_name(shown).casefold():
            raise UserError(f"'{shown}' and '{other.name}' are too much alike for the names of folders",
                            "Choose another name.")


class Shelf:
    """The image files of a project while others are added: knows which bytes are there and which names are taken."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._by_size: defaultdict[int, list[Path]] = defaultdict(list)
        self._stems: dict[Path, dict[str, list[str]]] = {}
        for path in _image_files(workspace.images, "**/*"):
            self._by_size[path.stat().st_size].append(path)

    def twin(self, picture: Picture) -> Path | None:
        """The image with exactly these bytes; only files of the same length are read."""
        candidates = self._by_size[len(picture.content)]
        return next((path for path in candidates if id_of_file(path) == picture.id), None)

    def keep(self, picture: Picture, name: str, shown: str, caption: str | None, link: Path | None = None) -> Path:
        """Puts an image of a character or a group in under a free name like `name` and returns its file.

        The caption comes first: once the image is there, nothing is missing. With `link` the image is not copied but
        shares the bytes of that file, where the disk allows it and the file still holds them.
        """
        folder = folder_of(self._workspace, shown)
        folder.mkdir(exist_ok=True)
        path = self._free_path(folder, name, caption)
        if caption:
            write_caption(path, caption)
        if link is None or not _linked(link, path, picture.id):
            write_atomic(path, picture.content)
        self._by_size[len(picture.content)].append(path)
        return path

    def _free_path(self, folder: Path, name: str, caption: str | None) -> Path:
        """No two images may share a stem: they would share a caption."""
        if folder not in self._stems:
            self._stems[folder] = _stems(folder)
        stems, suffix = self._stems[folder], Path(name).suffix.lower()
        for stem in numbered(safe_name(Path(name).stem)):
            path = folder / f"{stem}{suffix}"
            if _is_free(path, stems.get(stem.casefold(), []), caption):
                stems[stem.casefold()] = [path.name]
                return path
        raise AssertionError("numbers do not end")

    def relative(self, path: Path) -> str:
        """A file of the project as events name it."""
        return path.relative_to(self._workspace.folder).as_posix()


def _image_files(folder: Path, pattern: str = "*") -> tuple[Path, ...]:
    return tuple(sorted(path for path in folder.glob(pattern) if is_image(path) and path.is_file()))


def _item(workspace: Workspace, names: tuple[str, ...], path: Path) -> ImageItem:
    width, height = size_of_file(path)
    return ImageItem(id_of_file(path), path.relative_to(workspace.folder), width, height, names, read_caption(path))


def _stems(folder: Path) -> dict[str, list[str]]:
    """The names of all files by their stems; some disks ignore case."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name in os.listdir(folder):
        found[Path(name).stem.casefold()].append(name)
    return dict(found)


def _is_free(path: Path, names: Sequence[str], caption: str | None) -> bool:
    """Whether an image may lie there: nothing does, or its caption alone, as a crash between the two leaves it."""
    text = caption_path(path)
    if not names:  # by what was listed; somebody may have put a file there since
        return not path.exists() and not text.exists()
    return names == [text.name] and caption is not None and read_caption(path) == caption


def _linked(source: Path, path: Path, id: str) -> bool:
    """Makes `path` another name of the file, unless that lies on another disk or changed since it was read."""
    part = part_of(path)
    part.unlink(missing_ok=True)
    try:
        os.link(source.resolve(), part)
    except OSError:
        return False
    if id_of_file(part) != id:
        part.unlink()
        return False
    os.replace(part, path)
    sync_folder(path.parent)
    return True
