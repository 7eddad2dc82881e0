"""Is there room on the disk for what a run leaves behind?"""

from __future__ import annotations

import shutil
from pathlib import Path

from studio.core.errors import UserError
from studio.core.keep import outdated_epochs, saved_epochs
from studio.core.recipe import Recipe
from studio.core.schedule import Plan
from studio.store.runs import RunFolder

_SPARE = 256 * 2**20            # bytes that are left free whatever a run needs
_STATES, _STATE_WIDTH = 2, 4    # of a run, each of float32
# How many numbers a state holds for each one that is trained: itself, and what its optimizer remembers.
_COPIES = {"adamw": 3, "adamw_8bit": 3, "prodigy": 5, "adamw_schedulefree": 3}


def require_room(run: RunFolder, recipe: Recipe, plan: Plan, numbers: int, width: int) -> None:
    """Raises UserError when the checkpoints and states still to come do not fit on the disk.

    `numbers` are those of the LoRA's factors, of `width` bytes each in a checkpoint.
    """
    copies = _COPIES[recipe.optimizer] + bool(recipe.ema)
    needed = numbers * (_missing(run, recipe, plan) * width + _STATES * copies * _STATE_WIDTH) + _SPARE
    free = free_bytes(run.folder)
    if needed > free:
        raise UserError(f"The run needs {needed / 2**30:.1f} GiB on the disk, {free / 2**30:.1f} GiB are free",
                        "Make room, save fewer epochs with --save-every, or keep fewer with --keep-last.")


def _missing(run: RunFolder, recipe: Recipe, plan: Plan) -> int:
    """How many checkpoints more it will hold at its largest; a new one is there before an old one goes."""
    there = {epoch for epoch in saved_epochs(recipe, plan) if run.checkpoint(epoch).exists()}
    before = most = len(there)
    for epoch in saved_epochs(recipe, plan):
        there.add(epoch)
        most = max(most, len(there))
        there.difference_update(outdated_epochs(recipe, there, epoch))
    return most - before


def free_bytes(folder: Path) -> int:
    """The room on the disk that holds `folder`."""
    return shutil.disk_usage(folder).free
