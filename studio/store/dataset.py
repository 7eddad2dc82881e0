"""Which images does a project hold, and how does one more get in?

`images/<character>/` holds the originals with a caption file each. The files are the truth: an image that is put there
or taken away by hand is there or gone at the next look.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from studio.core.dataset import Dataset, ImageItem, dataset_of
from studio.core.errors import UserError
from studio.core.project import Character, Project
from studio.store.atomic import write_atomic
from studio.store.captions import read_caption, write_caption
from studio.store.images import Picture, id_of_file, is_image, size_of_file
from studio.store.names import free_name, safe_name
from studio.store.workspace import Workspace


def dataset(workspace: Workspace) -> Dataset:
    """All images of the project's characters with their captions, as training would see them now."""
    characters = workspace.project.characters
    return dataset_of(characters, (item for each in characters for item in images_of(workspace, each)))


def images_of(workspace: Workspace, character: Character) -> tuple[ImageItem, ...]:
    """The images of one character, by name."""
    return tuple(_item(workspace, character, path) for path in _image_files(folder_of(workspace, character.name)))


def folder_of(workspace: Workspace, character: str) -> Path:
    """Where a character's images lie."""
    return workspace.images / safe_name(character)


def check_folder(project: Project, character: str) -> None:
    """Raises UserError when another character's images would land in the same folder; some disks ignore case."""
    for other in project.characters:
        if other.name != character and safe_name(other.name).casefold() == safe_name(character).casefold():
            raise UserError(f"'{character}' and '{other.name}' are too much alike for the names of folders",
                            "Choose another name.")


class Shelf:
    """The image files of a project while others are added: knows which bytes are there and which names are taken."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._by_size: defaultdict[int, list[Path]] = defaultdict(list)
        for path in _image_files(workspace.images, "**/*"):
            self._by_size[path.stat().st_size].append(path)

    def twin(self, picture: Picture) -> Path | None:
        """The image with exactly these bytes; only files of the same length are read."""
        candidates = self._by_size[len(picture.content)]
        return next((path for path in candidates if id_of_file(path) == picture.id), None)

    def keep(self, picture: Picture, name: str, character: str, caption: str | None) -> Path:
        """Puts an image in under a free name like `name` and returns its file.

        The caption comes first: once the image is there, nothing is missing.
        """
        folder = folder_of(self._workspace, character)
        folder.mkdir(exist_ok=True)
        path = folder / _free_file(folder, name)
        if caption:
            write_caption(path, caption)
        write_atomic(path, picture.content)
        self._by_size[len(picture.content)].append(path)
        return path

    def relative(self, path: Path) -> str:
        """A file of the project as events name it."""
        return path.relative_to(self._workspace.folder).as_posix()


def _image_files(folder: Path, pattern: str = "*") -> tuple[Path, ...]:
    return tuple(sorted(path for path in folder.glob(pattern) if is_image(path) and path.is_file()))


def _item(workspace: Workspace, character: Character, path: Path) -> ImageItem:
    width, height = size_of_file(path)
    return ImageItem(id_of_file(path), path.relative_to(workspace.folder), width, height, character.name,
                     read_caption(path))


def _free_file(folder: Path, name: str) -> str:
    """No two images may share a stem: they would share a caption."""
    wanted = Path(name)
    taken = {path.stem.casefold() for path in folder.iterdir()}
    return free_name(safe_name(wanted.stem), taken) + wanted.suffix.lower()
