"""What a LoRA does to one weight: a closed set of forms, each meaning what it means to ComfyUI.

Factors      two thin matrices: a plain LoRA
LoKr         a Kronecker product of two small ones, either of which may be a product of thin ones itself
Dora         either of these, and a length for each row or column of the weight they change
Difference   the change as it is, for a weight of any shape
"""

from dataclasses import dataclass

import torch
from torch import Tensor

_TINY = torch.finfo(torch.float32).eps


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
    def shape(self) -> tuple[int, ...]:
        """(out, in): the shape of the weight this fits."""
        return self.up.shape[0], self.down.shape[1]

    def delta(self, weight: Tensor) -> Tensor:
        """What strength 1 adds to the pristine `weight`, (out, in), float32: float32, on its device."""
        return (_wide(self.up, weight) * self.scale) @ _wide(self.down, weight)

    def folded(self) -> "Factors":
        """The same change with alpha = rank, the factors in float32: folding in bfloat16 would cost 4e-6."""
        return Factors(self.down.float(), self.up.float() * self.scale, float(self.rank))

    def to(self, device: torch.device | str, dtype: torch.dtype) -> "Factors":
        return Factors(self.down.to(device, dtype), self.up.to(device, dtype), self.alpha)


@dataclass(frozen=True, slots=True, eq=False)
class LoKr:
    """The weight gains scale * kron(left, right); a side is one matrix, or two to be multiplied.

    Alpha acts only through the rank of a side that is a product, the right one's if both are. Where both sides are
    whole the scale is 1, whatever alpha says: so ComfyUI has it, and so LyCORIS trains.
    """

    left: tuple[Tensor, ...]
    right: tuple[Tensor, ...]
    alpha: float | None = None

    @property
    def rank(self) -> int | None:
        """The inner size of the last side that is a product; None where both are whole."""
        return next((side[1].shape[0] for side in (self.right, self.left) if len(side) == 2), None)

    @property
    def scale(self) -> float:
        return 1.0 if self.rank is None or self.alpha is None else self.alpha / self.rank

    @property
    def shape(self) -> tuple[int, ...]:
        """(out, in): the shape of the weight this fits."""
        outputs, inputs = (self.left[0].shape[0] * self.right[0].shape[0], self.left[-1].shape[1])
        return outputs, inputs * self.right[-1].shape[1]

    def delta(self, weight: Tensor) -> Tensor:
        """What strength 1 adds to the pristine `weight`, (out, in), float32: float32, on its device."""
        left, right = (_product([_wide(part, weight) for part in side]) for side in (self.left, self.right))
        return torch.kron(left * self.scale, right)

    def folded(self) -> "LoKr":
        """The same change without an alpha, in float32."""
        first, *rest = (part.float() for part in self.right)
        return LoKr(tuple(part.float() for part in self.left), (first * self.scale, *rest))

    def to(self, device: torch.device | str, dtype: torch.dtype) -> "LoKr":
        left, right = (tuple(part.to(device, dtype) for part in side) for side in (self.left, self.right))
        return LoKr(left, right, self.alpha)


@dataclass(frozen=True, slots=True, eq=False)
class Dora:
    """Factors, and the length of each row (out, 1) or column (1, in) of the weight that they change.

    Lengths of columns are those of the changed weight. Lengths of rows are in ComfyUI's reading relative to those of
    the pristine weight: a row becomes magnitude / |pristine row| times the changed row. A trainer that keeps the length
    of the changed row, as the DoRA paper and peft do, converts its magnitude with `relative_magnitude`.
    """

    factors: Factors | LoKr
    magnitude: Tensor

    @property
    def shape(self) -> tuple[int, ...]:
        """(out, in): the shape of the weight this fits."""
        return self.factors.shape

    def delta(self, weight: Tensor) -> Tensor:
        """What strength 1 adds to the pristine `weight`, (out, in), float32: float32, on its device."""
        changed = weight + self.factors.delta(weight)
        lengths = row_lengths(weight) if self.magnitude.shape[1] == 1 else column_lengths(changed)
        return changed * (_wide(self.magnitude, weight) / lengths) - weight

    def folded(self) -> "Dora":
        """The same change with alpha in the factors, in float32."""
        return Dora(self.factors.folded(), self.magnitude.float())

    def to(self, device: torch.device | str, dtype: torch.dtype) -> "Dora":
        """Magnitudes stay in float32: rounded to bfloat16 they alone would move each row by up to 0.2 %."""
        return Dora(self.factors.to(device, dtype), self.magnitude.to(device, torch.float32))


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """The change itself, in the weight's own shape; norms come this way."""

    values: Tensor

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.values.shape)

    def delta(self, weight: Tensor) -> Tensor:
        """What strength 1 adds to the pristine `weight`: float32, on its device."""
        return _wide(self.values, weight)

    def folded(self) -> "Difference":
        return self

    def to(self, device: torch.device | str, dtype: torch.dtype) -> "Difference":
        return Difference(self.values.to(device, dtype))


Delta = Factors | LoKr | Dora | Difference


def relative_magnitude(magnitude: Tensor, factors: Factors | LoKr, weight: Tensor) -> Tensor:
    """(out,) lengths of changed rows, as peft trains them -> (out, 1), as `Dora` has them on this pristine weight."""
    changed = weight + factors.delta(weight)
    return magnitude[:, None] * (row_lengths(weight) / row_lengths(changed))


def row_lengths(weight: Tensor) -> Tensor:
    """(out, 1), never zero."""
    return torch.linalg.vector_norm(weight, dim=1, keepdim=True) + _TINY


def column_lengths(weight: Tensor) -> Tensor:
    """(1, in), never zero."""
    return torch.linalg.vector_norm(weight, dim=0, keepdim=True) + _TINY


def _wide(part: Tensor, like: Tensor) -> Tensor:
    return part.to(like.device, torch.float32)


def _product(side: list[Tensor]) -> Tensor:
    return side[0] if len(side) == 1 else side[0] @ side[1]
