"""LoRAs of random numbers, of each kind, for the modules of a small Anima."""

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor, nn

from studio.core.recipe import Recipe
from studio.engine.anima.shapes import AdapterConfig, TransformerConfig, build_conditioner, build_transformer
from studio.engine.lora.factors import Delta, Dora, Factors, LoKr
from studio.engine.lora.inject import add_adapter, adapter_parameters

KINDS = ("lora", "lokr", "whole lokr", "dora")


def small_transformer(layers: int = 2) -> nn.Module:
    """24 wide, the same numbers each time, frozen."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return build_transformer(TransformerConfig(2, 12, layers, 48, 20, 8)).requires_grad_(False).eval()


def small_conditioner() -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return build_conditioner(AdapterConfig(8, 16, 20, 2, 2, 32, 64)).requires_grad_(False).eval()


def trained_transformer(recipe: Recipe, seed: int = 2) -> nn.Module:
    """`small_transformer` with an adapter that changes something."""
    transformer = small_transformer()
    add_adapter(transformer, recipe, seed=1)
    stir(transformer, seed)
    return transformer


@torch.no_grad()
def stir(transformer: nn.Module, seed: int = 3) -> None:
    own = torch.Generator().manual_seed(seed)
    for value in adapter_parameters(transformer):
        value.add_(torch.randn(value.shape, generator=own) * 0.2)


def velocity_of(transformer: nn.Module) -> Tensor:
    """What a transformer answers to two fixed latents."""
    own = torch.Generator().manual_seed(5)
    dtype = next(transformer.parameters()).dtype
    latents, text = torch.randn((2, 17, 1, 8, 8), generator=own), torch.randn((2, 6, 20), generator=own)
    return transformer(latents.to(dtype), torch.tensor([0.3, 0.8]), text.to(dtype), return_dict=False)[0]


def deltas(shapes: Mapping[str, tuple[int, int]], kind: str = "lora", alpha: float = 3.0, rank: int = 4,
           seed: int = 0) -> dict[str, Delta]:
    """One delta of this kind for each module, all different."""
    own = torch.Generator().manual_seed(seed)
    return {name: delta(shape, kind, alpha, rank, own) for name, shape in shapes.items()}


def delta(shape: tuple[int, int], kind: str, alpha: float, rank: int, own: torch.Generator) -> Delta:
    outputs, inputs = shape
    if kind == "lora":
        return Factors(_drawn(own, rank, inputs), _drawn(own, outputs, rank), alpha)
    if kind == "lokr":
        return LoKr((_drawn(own, 2, 2),), (_drawn(own, outputs // 2, rank), _drawn(own, rank, inputs // 2)), alpha)
    if kind == "whole lokr":
        return LoKr((_drawn(own, 2, 2),), (_drawn(own, outputs // 2, inputs // 2),), alpha)
    inner = delta(shape, "lora", alpha, rank, own)
    return Dora(inner, _drawn(own, outputs, 1).abs() + 1)


def shapes_of(places: Mapping[str, nn.Module]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(module.weight.shape) for name, module in places.items()}


def parts_of(found: Delta) -> Iterable[Tensor]:
    """Every tensor of a delta."""
    if isinstance(found, Dora):
        return (*parts_of(found.factors), found.magnitude)
    if isinstance(found, LoKr):
        return (*found.left, *found.right)
    return (found.down, found.up) if isinstance(found, Factors) else (found.values,)


def _drawn(own: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(shape, generator=own) * 0.3
