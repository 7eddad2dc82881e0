"""What the heads of a sheet's picture say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from studio.core.axes import EPOCH, Value, is_text, places
from studio.core.spec import spelled
from studio.core.sweep import Cell, Sheet
from studio.jobs.sheet_image import ColumnHead, RowHead, SheetPicture, shared_words
from studio.store.sweeps import SheetFolder

Notes = Mapping[Value, tuple[str, ...]]


def layout(sheet: Sheet, folder: SheetFolder, project: str, base: str, notes: Notes,
           chosen: int | None = None) -> SheetPicture:
    """The sheet as it is drawn; `notes` stand under an epoch's name or the base's, the `chosen` epoch is marked."""
    cells = {(cell.row, cell.column): cell for cell in sheet.expand()}
    shape = range(len(sheet.row_labels)), range(len(sheet.column_labels))
    shared, columns = _columns(sheet, cells)
    paths = {place: folder.cell(cell.key) for place, cell in cells.items()}
    return SheetPicture(
        title=f"{project} · {sheet.title} · {base}",
        subtitle=f"Every prompt: {shared}" if shared else "",
        footer=_footer(sheet, base),
        rows=_rows(sheet, notes, chosen),
        columns=columns,
        cells=tuple(tuple(_present(paths[row, column]) for column in shape[1]) for row in shape[0]),
    )


def _present(path: Path) -> Path | None:
    return path if path.is_file() else None


def _rows(sheet: Sheet, notes: Notes, chosen: int | None) -> tuple[RowHead, ...]:
    """A row that has no epoch of its own has no notes."""
    epochs = [dict(values).get(EPOCH) for values in places(sheet.rows)]
    return tuple(_row(label, epoch, notes, epoch is not None and epoch == chosen)
                 for label, epoch in zip(sheet.row_labels, epochs, strict=True))


def _row(label: str, epoch: Value | None, notes: Notes, chosen: bool) -> RowHead:
    return RowHead(label, (("chosen",) if chosen else ()) + notes.get(epoch, ()), chosen)


def _columns(sheet: Sheet, cells: Mapping[tuple[int, int], Cell]) -> tuple[str, tuple[ColumnHead, ...]]:
    """What all prompts share, and a head for each column: what its prompt says beyond that, and its other values."""
    found = places(sheet.columns)
    prompts = [_prompt_of_column(column, cells) for column in range(len(found))]
    shared, own = shared_words(prompts) if all(prompts) else ("", [_texts(place) for place in found])
    return shared, tuple(ColumnHead(words, _label(sheet, place)) for words, place in zip(own, found, strict=True))


def _texts(place: Sequence[tuple[str, Value]]) -> str:
    """The words that a column's own axes put into prompts."""
    return ", ".join(str(value) for name, value in place if is_text(name))


def _label(sheet: Sheet, place: Sequence[tuple[str, Value]]) -> str:
    """The values of a column that its prompt does not tell."""
    pairs = zip(sheet.columns, place, strict=True)
    return ", ".join(axis.label(value) for axis, (_, value) in pairs if not is_text(axis.name))


def _prompt_of_column(column: int, cells: Mapping[tuple[int, int], Cell]) -> str:
    """The prompt of a column, empty where its rows differ in it."""
    prompts = {cell.spec.prompt for (_, place), cell in cells.items() if place == column}
    return prompts.pop() if len(prompts) == 1 else ""


def _footer(sheet: Sheet, base: str) -> str:
    """The settings that no axis varies."""
    spec, varied = sheet.spec, {axis.name for axis in sheet.rows + sheet.columns}
    named = {
        "sampler": spelled(spec.sampler), "scheduler": spelled(spec.scheduler), "steps": f"{spec.steps} steps",
        "cfg": f"CFG {spec.cfg:g}", "size": f"{spec.width} × {spec.height}", "seed": f"seed {spec.seed}",
    }  # fmt: skip
    drawn_by = [f"drawn by {spec.drawn_by}"] if spec.drawn_by else []
    return " · ".join([text for name, text in named.items() if name not in varied] + [f"base: {base}"] + drawn_by)
