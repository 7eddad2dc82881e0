"""Where are the captions as another tool wrote them, when they held more than a caption?

By the id of their image in `captions/originals/`. The caption beside the image is what counts; the original is there so
that an export for that tool gives back every field that nobody touched.
"""

from __future__ import annotations

from pathlib import Path

from studio.store.atomic import write_atomic
from studio.store.workspace import Workspace


def keep_original(place: Workspace, image: str, text: str) -> None:
    """Keeps the JSON caption of an image, unless one is there already."""
    path = _path(place, image)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, text)


def original_of(place: Workspace, image: str) -> str:
    """The JSON caption of an image as it was imported; empty without one."""
    path = _path(place, image)
    return path.read_text("utf-8", "replace") if path.is_file() else ""


def _path(place: Workspace, image: str) -> Path:
    return place.folder / "captions" / "originals" / f"{image}.json"
