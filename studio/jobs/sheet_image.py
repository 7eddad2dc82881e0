"""One picture of a whole sheet: heads, cells and captions on a neutral ground, so that only the cells have colour.

A sheet may be larger than memory: it is drawn in strips, a row of cells at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from studio.jobs.sheet_places import Box, ColumnHead, Placed, RowHead, SheetPicture, Shown, Text, placed
from studio.jobs.sheet_text import ELLIPSIS, fitted, font
from studio.store.png_strips import write_strips

__all__ = ("ELLIPSIS", "ColumnHead", "RowHead", "SheetPicture", "fitted", "font", "shared_words",
           "strips", "write_sheet")

_GROUND, _EMPTY = (38, 38, 38), (48, 48, 48)


def write_sheet(sheet: SheetPicture, path: Path) -> Iterator[int]:
    """Writes the labelled sheet as a PNG of any size; yields how many of its pixel rows are done, the last all of them.

    The file appears when all are; whoever stops asking leaves none.
    """
    plan = placed(sheet)
    yield from write_strips(path, plan.size, (strip for _, strip in strips(plan)))


def strips(plan: Placed) -> Iterator[tuple[int, Image.Image]]:
    """The sheet from top to bottom as (top, RGB picture of the whole width)."""
    for top, bottom in plan.bands:
        band = Box(0, top, plan.size[0], bottom - top)
        strip = Image.new("RGB", (band.width, band.height), _GROUND)
        _paint(strip, plan, band)
        yield top, strip


def shared_words(prompts: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """What all prompts say, and what each says beyond that: ('1girl', ('sitting', 'running'))."""
    parts = [[part.strip() for part in prompt.split(",") if part.strip()] for prompt in prompts]
    if len(set(prompts)) < 2:
        return "", tuple(prompts)
    shared = [part for part in parts[0] if all(part in other for other in parts)]
    own = (", ".join(part for part in words if part not in shared) for words in parts)
    return ", ".join(shared), tuple(words or prompt for words, prompt in zip(own, prompts, strict=True))


def _paint(strip: Image.Image, plan: Placed, band: Box) -> None:
    """What of the sheet stands in this band."""
    pen = ImageDraw.Draw(strip)
    for each in plan.fills:
        if _meets(each.box, band):
            strip.paste(each.colour, _within(each.box, band))
    for each in plan.cells:
        if _meets(each.box, band):
            _paint_cell(strip, each, band)
    for each in plan.texts:
        if _meets(each.box, band):
            _write(pen, each, band)


def _paint_cell(strip: Image.Image, cell: Shown, band: Box) -> None:
    box = cell.box
    if cell.path is None:
        strip.paste(_EMPTY, _within(box, band))
        return
    with Image.open(cell.path) as picture:
        scale = min(box.width / picture.width, box.height / picture.height)
        size = (round(picture.width * scale), round(picture.height * scale))
        shown = picture.convert("RGB")
        shown = shown if size == picture.size else shown.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    if size != (box.width, box.height):
        strip.paste(_GROUND, _within(box, band))  # a pinned cell's frame lies under all of it
    strip.paste(shown, (box.left + (box.width - size[0]) // 2, box.top - band.top + (box.height - size[1]) // 2))


def _write(pen: ImageDraw.ImageDraw, text: Text, band: Box) -> None:
    pen.text((text.box.left, text.box.top - band.top), text.text, text.colour, text.font)


def _meets(box: Box, band: Box) -> bool:
    return box.top < band.bottom and box.bottom > band.top


def _within(box: Box, band: Box) -> tuple[int, int, int, int]:
    """The box as corners in a strip's own pixels; Pillow cuts what hangs over."""
    return box.left, box.top - band.top, box.right, box.bottom - band.top
