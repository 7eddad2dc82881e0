"""Is there room on the disk for what a run leaves behind?"""

from __future__ import annotations

import shutil
from pathlib import Path

from studio.core.errors import UserError
from studio.core.recipe import Recipe
from studio.core.schedule import Plan
from studio.store.runs import RunFolder

_SPARE = 256 * 2**20            # bytes that are left free whatever a run needs
_STATES, _COPIES = 2, 3         # states of a run; each holds the factors and two moments of them
_STATE_WIDTH = 4                # bytes of a float32


def require_room(run: RunFolder, recipe: Recipe, plan: Plan, numbers: int, width: int) -> None:
    """Raises UserError when the checkpoints and states still to come do not fit on the disk.

    `numbers` are those of the LoRA's factors, of `width` bytes each in a checkpoint.
    """
    last = plan.epoch_of(plan.steps)
    epochs = {*range(recipe.save_every, last, recipe.save_every), last}
    missing = sum(not run.checkpoint(epoch).exists() for epoch in epochs)
    needed = numbers * (missing * width + _STATES * _COPIES * _STATE_WIDTH) + _SPARE
    free = free_bytes(run.folder)
    if needed > free:
        raise UserError(f"The run needs {needed / 2**30:.1f} GiB on the disk, {free / 2**30:.1f} GiB are free",
                        "Make room, or save fewer epochs with --save-every.")


def free_bytes(folder: Path) -> int:
    """The room on the disk that holds `folder`."""
    return shutil.disk_usage(folder).free
