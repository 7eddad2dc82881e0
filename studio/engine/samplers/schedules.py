"""The noise levels a sampler visits, by ComfyUI's rules for a flow with a table of 1000 of them."""

from itertools import groupby
from typing import Protocol

import torch
from torch import Tensor

from studio.core.errors import UserError
from studio.engine.samplers.beta_table import beta_index

SHIFT = 3.0  # Anima's timestep shift
TABLE_SIZE = 1000


class Schedule(Protocol):
    """(steps + 1,) float32 from 1 down to 0; fewer where a schedule says so. UserError unless 1 <= steps <= 1000."""

    def __call__(self, steps: int, shift: float = SHIFT) -> Tensor: ...


def simple(steps: int, shift: float = SHIFT) -> Tensor:
    """`simple_scheduler`: every (1000 / steps)-th entry of the shifted table from the top."""
    _require_possible(steps)
    stride = TABLE_SIZE / steps
    return _down_to_0(_table(shift)[[TABLE_SIZE - 1 - int(step * stride) for step in range(steps)]])


def sgm_uniform(steps: int, shift: float = SHIFT) -> Tensor:
    """`normal_scheduler(sgm=True)`: even steps from the table's last entry to its first, which is left out; shifted.

    The ends of the table are shifted already, so small levels are stretched twice: that is how ComfyUI has it.
    """
    _require_possible(steps)
    table = _table(shift)
    return _down_to_0(shifted(torch.linspace(float(table[-1]), float(table[0]), steps + 1)[:-1], shift))


def beta(steps: int, shift: float = SHIFT) -> Tensor:
    """`beta_scheduler` (Lee et al., arXiv 2407.12173): entries at the quantiles of Beta(0.6, 0.6), dense at both ends.

    Neighbours that fall on one entry are one step, so of 139 steps and more some fall away.
    """
    _require_possible(steps)
    picked = [index for index, _ in groupby(beta_index(1 - step / steps, TABLE_SIZE) for step in range(steps))]
    return _down_to_0(_table(shift)[picked])


def shifted(t: Tensor | float, shift: float = SHIFT) -> Tensor | float:
    """Stretches time towards noise: shift t / (1 + (shift - 1) t)."""
    return shift * t / (1 + (shift - 1) * t)


def _table(shift: float) -> Tensor:
    return shifted(torch.arange(1, TABLE_SIZE + 1, dtype=torch.float32) / TABLE_SIZE, shift)


def _down_to_0(sigmas: Tensor) -> Tensor:
    return torch.cat((sigmas, torch.zeros(1)))


def _require_possible(steps: int) -> None:
    if not 1 <= steps <= TABLE_SIZE:
        raise UserError(f"{steps} steps are not possible", f"Use 1 to {TABLE_SIZE} steps.")
