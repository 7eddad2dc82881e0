"""A project of small captioned images, and its desk."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from studio.core.dataset import ImageItem
from studio.core.project import Character, with_character
from studio.store import workspace
from studio.store.edits import Desk
from studio.store.image_index import ImageIndex

CAPTION = "1girl, mira, smile, number {}. She stands there, and waves."


def write_set(folder: Path, captions: Mapping[str, bytes | None]) -> Path:
    """A project with Mira's and nobody's images: names to what their caption files hold."""
    with workspace.create(folder, "Set") as place:
        for character in (Character("Mira", "mira", 3), Character("Suzu", "suzu")):
            place.save(with_character(place.project, character))
        images = place.images / "Mira"
        images.mkdir()
        for number, (name, raw) in enumerate(captions.items()):
            Image.new("RGB", (4, 4), (number % 256, number // 256, 0)).save(images / f"{name}.png")
            if raw is not None:
                (images / f"{name}.txt").write_bytes(raw)
    return folder


def write_numbered(folder: Path, count: int) -> Path:
    """A project of so many captions that differ in a number."""
    return write_set(folder, {f"{number:04}": CAPTION.format(number).encode() + b"\n" for number in range(count)})


@contextmanager
def at_desk(folder: Path) -> Iterator[Desk]:
    """The project's desk, as after starting the program; it is not closed properly, as in a crash."""
    with workspace.open_project(folder) as place:
        yield Desk(place, clock=lambda: 0.0)


def images(desk: Desk) -> tuple[ImageItem, ...]:
    """All images there are."""
    return ImageIndex(desk.place).items()


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of the project's images and trash, byte for byte."""
    return {path.relative_to(folder).as_posix(): path.read_bytes()
            for top in ("images", "trash") for path in sorted((folder / top).rglob("*")) if path.is_file()}
