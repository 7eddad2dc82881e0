"""How is a sheet laid out in an article? The target and step 0 first, then epochs to the right; all else downwards.

A sheet of one epoch, or without any, keeps its own rows and columns. What takes one value only is no head: it is told
once for the whole sheet.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from studio.core.axes import BASE, EPOCH, Axis, Pairs
from studio.core.spec import RenderSpec, key_of
from studio.core.sweep import Cell, Sheet


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows and columns by the (axis, value) pairs that tell them apart, and the cell of each place.

    `starts` are the keys of the cells at step 0, one a row: the row's first picture without the LoRA.
    """

    rows: tuple[Pairs, ...]
    columns: tuple[Pairs, ...]
    cells: tuple[tuple[Cell | None, ...], ...]
    starts: tuple[str, ...]

    @property
    def prompts(self) -> tuple[str, ...]:
        """What each row asks for, as its first cell says it."""
        return tuple(next((cell.spec.prompt for cell in row if cell), "") for row in self.cells)

    @property
    def all_cells(self) -> tuple[Cell, ...]:
        return tuple(cell for row in self.cells for cell in row if cell)


def grid_of(sheet: Sheet) -> Grid:
    """The places of all cells of a sheet. Raises `UserError` for a sheet that means nothing."""
    cells = sheet.expand()
    across = _across(sheet)
    varied = {axis.name for axis in sheet.axes if len(axis.values) > 1}
    at = {(_pairs(cell, varied - across), _pairs(cell, varied & across)): cell for cell in cells}
    rows = tuple(dict.fromkeys(row for row, _ in at))
    columns = tuple(column for column in dict.fromkeys(column for _, column in at) if (EPOCH, BASE) not in column)
    placed = tuple(tuple(at.get((row, column)) for column in columns) for row in rows)
    firsts = {row: cell for (row, _), cell in reversed(at.items())}
    return Grid(rows, columns, placed, tuple(key_of(_start(sheet, firsts[row].spec)) for row in rows))


def constants(sheet: Sheet) -> tuple[Axis, ...]:
    """The axes that vary nothing."""
    return tuple(axis for axis in sheet.axes if len(axis.values) == 1)


def _across(sheet: Sheet) -> frozenset[str]:
    """The names of the axes that run to the right."""
    epochs = next((axis for axis in sheet.axes if axis.name == EPOCH), None)
    if epochs and len([value for value in epochs.values if value != BASE]) > 1:
        return frozenset((EPOCH,))
    return _names(sheet.columns + sheet.within)


def _names(axes: Iterable[Axis]) -> frozenset[str]:
    return frozenset(axis.name for axis in axes)


def _pairs(cell: Cell, names: Iterable[str]) -> Pairs:
    wanted = frozenset(names)
    return tuple(pair for pair in cell.values if pair[0] in wanted)


def _start(sheet: Sheet, spec: RenderSpec) -> RenderSpec:
    """The same picture without the LoRA that is judged; what every cell wears stays on."""
    return replace(spec, loras=sheet.spec.loras)
