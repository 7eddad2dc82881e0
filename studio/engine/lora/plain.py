"""A LoKr as a plain LoRA: fewer numbers of the same change, and how much of it is lost."""

import dataclasses

import torch
from torch import Tensor

from studio.core.errors import UserError
from studio.engine.lora.factors import Factors, LoKr
from studio.engine.lora.formats import LoraFile


def as_plain(lora: LoraFile, rank: int) -> tuple[LoraFile, float]:
    """`lora` with every LoKr as factors of at most this rank, and the largest share of a module's change that is lost.

    The share is |lost| / |change| in the Frobenius norm. Plain modules stay as they are. UserError for a module that no
    plain LoRA can stand for.
    """
    modules, lost = {}, [0.0]
    for name, delta in lora.modules.items():
        if isinstance(delta, LoKr):
            modules[name], share = nearest_factors(delta, rank)
            lost.append(share)
        elif isinstance(delta, Factors):
            modules[name] = delta
        else:
            raise UserError(f"{lora.name} is a {type(delta).__name__} at {name}, which no plain LoRA can stand for",
                            "Write it in kohya's or ComfyUI's format as it is.")
    return dataclasses.replace(lora, modules=modules), max(lost)


def nearest_factors(delta: LoKr, rank: int) -> tuple[Factors, float]:
    """The best factors of at most this rank, float32, and the share that is lost.

    Singular vectors of a Kronecker product are the Kronecker products of its sides', so only the small sides are taken
    apart.
    """
    (up_a, size_a, down_a), (up_b, size_b, down_b) = (_taken_apart(side) for side in (delta.left, delta.right))
    sizes = torch.outer(size_a, size_b).flatten() * abs(delta.scale)
    kept = sizes.argsort(descending=True, stable=True)[:rank]
    a, b = kept // len(size_b), kept % len(size_b)
    root = sizes[kept].sqrt()
    up = _columns(up_a[:, a], up_b[:, b]) * root * (1 if delta.scale >= 0 else -1)
    down = _columns(down_a.T[:, a], down_b.T[:, b]) * root
    return Factors(down.T.float().contiguous(), up.float().contiguous(), float(len(kept))), _share_lost(sizes, kept)


def _taken_apart(side: tuple[Tensor, ...]) -> tuple[Tensor, Tensor, Tensor]:
    first, *second = (part.double() for part in side)
    return torch.linalg.svd(first @ second[0] if second else first, full_matrices=False)


def _columns(left: Tensor, right: Tensor) -> Tensor:
    """Column by column the Kronecker product: (m, n), (p, n) -> (m * p, n)."""
    return (left[:, None, :] * right[None, :, :]).flatten(0, 1)


def _share_lost(sizes: Tensor, kept: Tensor) -> float:
    whole = sizes.square().sum()
    lost = whole - sizes[kept].square().sum()
    return float((lost.clamp(min=0) / whole).sqrt()) if whole > 0 else 0.0
