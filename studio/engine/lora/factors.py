"""The two thin matrices of a LoRA on one linear, and what they add to its weight."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Factors:
    """down is (rank, in), up is (out, rank); the weight gains alpha / rank * up @ down."""

    down: Tensor
    up: Tensor
    alpha: float

    @property
    def rank(self) -> int:
        return self.down.shape[0]

    @property
    def scale(self) -> float:
        return self.alpha / self.rank

    @property
    def shape(self) -> tuple[int, int]:
        """(out, in): the shape of the weight this fits."""
        return self.up.shape[0], self.down.shape[1]

    def delta(self, device: torch.device) -> Tensor:
        """What strength 1 adds to the weight: (out, in), float32."""
        return self.up.to(device, torch.float32) @ self.down.to(device, torch.float32) * self.scale

    def to(self, device: torch.device | str, dtype: torch.dtype) -> "Factors":
        return Factors(self.down.to(device, dtype), self.up.to(device, dtype), self.alpha)
