"""Is there room on the disk for what a run leaves behind?"""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path

from studio.core.errors import UserError
from studio.core.keep import most_kept, saved_epochs
from studio.core.planner import STATES, state_bytes
from studio.core.recipe import Recipe
from studio.core.schedule import Plan
from studio.store.runs import RunFolder

_SPARE = 256 * 2**20  # bytes that are left free whatever a run needs


def require_room(run: RunFolder, recipe: Recipe, plan: Plan, numbers: int, width: int) -> None:
    """Raises UserError when the checkpoints and states still to come do not fit on the disk.

    `numbers` are those of the LoRA's factors, of `width` bytes each in a checkpoint.
    """
    there = [epoch for epoch in saved_epochs(recipe, plan) if run.checkpoint(epoch).exists()]
    require_room_in(run.folder, recipe, plan, numbers, width, there)


def require_room_in(folder: Path, recipe: Recipe, plan: Plan, numbers: int, width: int,
                    there: Collection[int] = ()) -> None:
    """`require_room` for a run in this folder that has checkpoints of some epochs already."""
    missing = most_kept(recipe, plan, there) - len(there)
    needed = missing * numbers * width + STATES * state_bytes(numbers, recipe) + _SPARE
    free = free_bytes(folder)
    if needed > free:
        raise UserError(f"The run needs {needed / 2**30:.1f} GiB on the disk, {free / 2**30:.1f} GiB are free",
                        "Make room, save fewer epochs with --save-every, or keep fewer with --keep-last.")


def free_bytes(folder: Path) -> int:
    """The room on the disk that holds `folder`."""
    return shutil.disk_usage(folder).free
