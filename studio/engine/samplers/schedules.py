"""The noise levels a sampler visits."""

from typing import Protocol

import torch
from torch import Tensor

from studio.core.errors import UserError

SHIFT = 3.0  # Anima's timestep shift
TABLE_SIZE = 1000


class Schedule(Protocol):
    def __call__(self, steps: int, shift: float = SHIFT) -> Tensor: ...


def simple(steps: int, shift: float = SHIFT) -> Tensor:
    """ComfyUI's `simple_scheduler`: every (1000 / steps)-th entry of the shifted table from the top, then 0.

    Returns (steps + 1,) float32. UserError unless 1 <= steps <= 1000.
    """
    if not 1 <= steps <= TABLE_SIZE:
        raise UserError(f"{steps} steps are not possible", f"Use 1 to {TABLE_SIZE} steps.")
    stride = TABLE_SIZE / steps
    picked = [TABLE_SIZE - 1 - int(step * stride) for step in range(steps)]
    return torch.cat((_table(shift)[picked], torch.zeros(1)))


def shifted(t: Tensor | float, shift: float = SHIFT) -> Tensor | float:
    """Stretches time towards noise: shift t / (1 + (shift - 1) t)."""
    return shift * t / (1 + (shift - 1) * t)


def _table(shift: float) -> Tensor:
    return shifted(torch.arange(1, TABLE_SIZE + 1, dtype=torch.float32) / TABLE_SIZE, shift)
