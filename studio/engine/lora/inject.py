"""Puts a trainable LoRA on a frozen DiT, through peft, in float32 and without touching the global random state."""

import math
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from peft import LoraConfig, inject_adapter_in_model
from peft.tuners.lora import LoraLayer
from torch import Tensor, nn

from studio.engine.lora.factors import Factors
from studio.engine.lora.targets import trained_modules

_ADAPTER = "character"


def add_lora(transformer: nn.Module, rank: int, alpha: float, seed: int) -> None:
    """Freezes `transformer` and adds an adapter that starts as a change of nothing.

    As in the LoRA paper `down` is Kaiming-uniform with a = sqrt(5) and `up` is zero. peft would make both in the base's
    dtype, where small steps vanish in bfloat16, and from the global generator: here they are float32, from `seed`.
    """
    if adapter_layers(transformer):
        raise ValueError("this transformer already carries a LoRA")
    config = LoraConfig(r=rank, lora_alpha=alpha, target_modules=list(trained_modules(transformer).values()))
    transformer.requires_grad_(False)
    with torch.random.fork_rng(devices=[]):  # building an nn.Linear draws
        inject_adapter_in_model(config, transformer, _ADAPTER)
    _initialise(transformer, torch.Generator("cpu").manual_seed(seed))


def remove_lora(transformer: nn.Module) -> None:
    """Takes the adapter off; the base, which never changed, stays as it was."""
    for module in trained_modules(transformer).values():
        transformer.set_submodule(module, transformer.get_submodule(module).base_layer)
    del transformer.peft_config


def adapter_layers(transformer: nn.Module) -> dict[str, LoraLayer]:
    """Original name -> peft layer, in the model's order; empty without an adapter."""
    found = {name: transformer.get_submodule(module) for name, module in trained_modules(transformer).items()}
    return {name: layer for name, layer in found.items() if isinstance(layer, LoraLayer)}


def adapter_factors(transformer: nn.Module) -> dict[str, Factors]:
    """Original name -> the live factors, float32 and detached: they move as training goes on."""
    return {name: _live(layer) for name, layer in adapter_layers(transformer).items()}


def adapter_parameters(transformer: nn.Module) -> list[nn.Parameter]:
    """What the optimizer trains: down and up of each module, in the model's order."""
    layers = adapter_layers(transformer).values()
    return [factor for layer in layers for factor in (layer.lora_A[_ADAPTER].weight, layer.lora_B[_ADAPTER].weight)]


@contextmanager
def disabled(transformer: nn.Module) -> Iterator[None]:
    """The untouched base for a while: the adapter stays in place, keeps its gradients' flags, and is not run.

    peft's own `enable_adapters` rewrites `requires_grad` on its way out and back, so only the flag is set here.
    """
    layers = adapter_layers(transformer).values()
    before = [layer._disable_adapters for layer in layers]
    try:
        for layer in layers:
            layer._disable_adapters = True
        yield
    finally:
        for layer, flag in zip(layers, before, strict=True):
            layer._disable_adapters = flag


def _initialise(transformer: nn.Module, generator: torch.Generator) -> None:
    for layer in adapter_layers(transformer).values():
        down, up = layer.lora_A[_ADAPTER], layer.lora_B[_ADAPTER]
        drawn = torch.empty(down.weight.shape, dtype=torch.float32)
        nn.init.kaiming_uniform_(drawn, a=math.sqrt(5), generator=generator)
        down.weight = _trainable(drawn, layer)
        up.weight = _trainable(torch.zeros(up.weight.shape, dtype=torch.float32), layer)


def _trainable(values: Tensor, layer: LoraLayer) -> nn.Parameter:
    return nn.Parameter(values.to(layer.get_base_layer().weight.device))


def _live(layer: LoraLayer) -> Factors:
    down, up = layer.lora_A[_ADAPTER].weight, layer.lora_B[_ADAPTER].weight
    return Factors(down.detach(), up.detach(), float(layer.lora_alpha[_ADAPTER]))
