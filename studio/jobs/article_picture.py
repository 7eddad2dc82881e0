"""What the labelled picture of a sheet in an article shows: the target, step 0, then the cells."""

from __future__ import annotations

from studio.core.article import rendered
from studio.core.article_grid import constants
from studio.core.article_words import Words, label_of
from studio.core.axes import is_text
from studio.jobs.article_heads import Heads
from studio.jobs.article_sheet import SheetEvidence
from studio.jobs.sheet_places import ColumnHead, RowHead, SheetPicture

FITTING = 0.0                 # a scale by which a cell's long side is as below
_LONG_MIN, _LONG = 224, 304   # px; 304 is a quarter of 1216
_SMALLEST = 16                # px, of a side


def article_picture(evidence: SheetEvidence, title: str, words: Words, scale: float = FITTING,
                    with_pinned: bool = True) -> SheetPicture:
    """The sheet as it is drawn for an article, cells at `scale` of their own size.

    Without the pinned columns only the cells themselves are shown; one that would be empty is left out.
    """
    grid, heads = evidence.grid, Heads(evidence, words)
    named = words.named(evidence.sheet.title)
    cells = tuple(tuple(evidence.pictures.get(cell.key) if cell else None for cell in row) for row in grid.cells)
    columns = tuple(_column(heads.texts(pairs)) for pairs in grid.columns)
    if with_pinned:
        pinned = {ColumnHead(words("target"), "", pinned=True): evidence.targets,
                  ColumnHead(words("step 0"), heads.start, pinned=True): evidence.starts}
        shown = {head: paths for head, paths in pinned.items() if any(paths)}
        cells = tuple((*(paths[at] for paths in shown.values()), *row) for at, row in enumerate(cells))
        columns = (*shown, *columns)
    return SheetPicture(
        title=f"{title} · {named}",
        subtitle=heads.every_prompt,
        footer=footer(evidence, words),
        rows=tuple(_row(heads.texts(pairs), named) for pairs in grid.rows),
        columns=columns,
        cells=cells,
        cell=cell_size(evidence, scale),
    )


def cell_size(evidence: SheetEvidence, scale: float) -> tuple[int, int]:
    """A cell in pixels; where sizes vary, that of the largest picture."""
    sizes = {(cell.spec.width, cell.spec.height) for cell in evidence.grid.all_cells}
    width, height = max(width for width, _ in sizes), max(height for _, height in sizes)
    if scale == FITTING:
        scale = min(max(1.0, _LONG_MIN / max(width, height)), _LONG / max(width, height))
    return max(_SMALLEST, round(width * scale)), max(_SMALLEST, round(height * scale))


def footer(evidence: SheetEvidence, words: Words) -> str:
    """Profile, settings, seeds and base in a line; the files of the epochs stand in the text."""
    facts = rendered(evidence.sheet, evidence.grid.all_cells, evidence.base_title, words)
    left_out = (words("LoRA files"),)
    told = [f"{what} {value}" for what, value in facts if what not in left_out]
    fixed = [label_of(axis.name, axis.values[0], words) for axis in constants(evidence.sheet)
             if not is_text(axis.name) and axis.name != "seed"]
    return " · ".join((*dict.fromkeys(fixed), *told))


def _column(texts: tuple[str, ...]) -> ColumnHead:
    """The outer values over the inner one; a single value stands alone."""
    return ColumnHead(", ".join(texts[:-1]), texts[-1]) if len(texts) > 1 else ColumnHead(", ".join(texts), "")


def _row(texts: tuple[str, ...], otherwise: str) -> RowHead:
    label, *notes = texts or (otherwise,)
    return RowHead(label, tuple(notes))
