"""How does an image go to another folder of the project together with its captions, and come back?"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from studio.core.edits import SIDECARS, stem
from studio.store.images import SUFFIXES, id_of_file
from studio.store.names import free_name

TRASH = "trash"

_BELONGINGS = (*SIDECARS, ".json")


def move_image(folder: Path, id: str, before: str, after: str) -> bool:
    """Moves an image by its paths relative to the project, captions first: as long as it is there, it is to be moved.

    Returns False and does nothing where another image lies at `before`, none, or one at `after`.
    """
    source, target = folder / before, folder / after
    if target.exists() or not source.is_file() or id_of_file(source) != id:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    for path in _belongings(source):
        os.replace(path, target.with_suffix(path.suffix))
    os.replace(source, target)
    return True


def free_path(folder: Path, wanted: str, taken: Collection[str] = ()) -> str:
    """`wanted`, or a name like it that no image or caption has; `taken` are paths that will be there soon."""
    path = folder / wanted
    names = {stem(each).rpartition("/")[2].casefold() for each in taken}
    if path.parent.is_dir():
        names |= {stem(name).casefold() for name in os.listdir(path.parent)}
    return Path(wanted).with_name(free_name(path.stem, names) + path.suffix).as_posix()


def has_image(folder: Path, file: str) -> bool:
    """Whether the caption file belongs to an image that is there."""
    return any((folder / (stem(file) + suffix)).exists() for suffix in SUFFIXES)


def _belongings(image: Path) -> Iterator[Path]:
    """The caption files that would be left alone without the image; two images of one stem share theirs."""
    others = (image.with_suffix(suffix) for suffix in SUFFIXES if suffix != image.suffix)
    if not any(other.exists() for other in others):
        yield from (path for suffix in _BELONGINGS if (path := image.with_suffix(suffix)).is_file())
