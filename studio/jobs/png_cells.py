"""Takes the cells of a sheet from pictures that were rendered before; they are copied, and stay where they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.errors import UserError
from studio.core.events import Facts
from studio.core.sheet_forecast import FOUND_IN
from studio.core.sweep import Cell
from studio.jobs.execute import Stop
from studio.store.comfy_graph import ModelNames
from studio.store.images import open_rgb

if TYPE_CHECKING:
    from PIL import Image


class PngCells:
    """The pictures of a folder that were matched with cells, by their keys."""

    def __init__(self, folder: str, found: Mapping[str, Path], stop: Stop) -> None:
        self._folder, self._found, self._stop = folder, found, stop

    def facts(self) -> Facts:
        """What is recorded beside each of them."""
        return {FOUND_IN: self._folder}

    def pictures(self, cells: Sequence[Cell],
                 on_step: Callable[[int, int], None]) -> Iterator[tuple[Cell, Image.Image, ModelNames | None]]:
        """Ends early once it is stopped. Raises UserError for a picture that is damaged or of another size."""
        for cell in cells:
            if self._stop.is_set():
                return
            if path := self._found.get(cell.key):
                yield cell, _picture(path, cell), None


def _picture(path: Path, cell: Cell) -> Image.Image:
    image = open_rgb(path)
    if image.size != (cell.spec.width, cell.spec.height):
        raise UserError(f"{path} is {image.width} x {image.height}, and was of another size a moment ago",
                        "Leave the folder alone while it is read.")
    return image
