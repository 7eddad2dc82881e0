"""Sheets of the shipped plans, drawn without a model: a colour for each cell."""

from __future__ import annotations

from collections.abc import Sequence

from studio.core.axes import Axis
from studio.core.sheet_plan import load_plan, sheet_of, with_axis
from studio.core.sweep import Sheet
from studio.core.recipe import load_recipe
from studio.store import sweeps
from studio.store.sweeps import SheetFolder
from studio.store.workspace import Workspace
from tests.ui.written_sheets import Draw, hash_of, plain

SIZE = (104, 152)
SPEED = (("5" * 64, 1.0),)  # the LoRA that every picture of the profile "turbo" wears


def planned(place: Workspace, name: str, epochs: int = 8, of: str = "a", axes: Sequence[Axis] = (),
            loras: tuple[tuple[str, float], ...] = SPEED) -> Sheet:
    """A shipped plan for the run `of` of `written_epochs`, with axes in the place of its own."""
    plan = load_plan(name)
    for axis in axes:
        plan = with_axis(plan, axis)
    checkpoints = {epoch: hash_of(of, epoch) for epoch in range(1, epochs + 1)}
    return sheet_of(plan, load_recipe("practice"), place.project.characters, checkpoints, "b" * 64, loras)


def written(place: Workspace, sheet: Sheet, draw: Draw | None = None, only: int | None = None) -> SheetFolder:
    """The sheet in the project; `only` so many of its cells are drawn."""
    folder = sweeps.create_sheet(place, sheet)
    for cell in sheet.expand()[:only]:
        (draw or plain(SIZE))(folder.cell(cell.key), cell)
    return folder
