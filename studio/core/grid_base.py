"""Which sheet shows step 0 of another one: the same prompts and seeds without the character's LoRA?"""

from __future__ import annotations

import dataclasses

from studio.core.axes import BASE, EPOCH, Axis
from studio.core.said import said
from studio.core.sweep import Sheet


def base_sheet(sheet: Sheet) -> Sheet | None:
    """The sheet with the base in the place of its epochs; None for one without an axis of epochs."""
    if EPOCH not in (axis.name for axis in sheet.axes):
        return None
    sides = {side: tuple(_based(axis) for axis in getattr(sheet, side)) for side in ("rows", "columns", "within")}
    return dataclasses.replace(sheet, title=str(said("{title}, step 0", title=sheet.title)), **sides)


def _based(axis: Axis) -> Axis:
    return Axis(EPOCH, (BASE,)) if axis.name == EPOCH else axis
