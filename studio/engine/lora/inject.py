"""Puts a trainable adapter on a frozen DiT, through peft, in float32 and without touching the global random state."""

import math
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from peft import LoKrConfig, LoraConfig, inject_adapter_in_model
from peft.tuners.lokr.layer import Linear as LoKrLinear
from peft.tuners.lora.dora import DoraLinearLayer
from peft.tuners.tuners_utils import BaseTunerLayer
from torch import Tensor, nn
from torch.nn import functional

from studio.core.recipe import Recipe
from studio.engine.lora.factors import Delta, Dora, Factors, LoKr, relative_magnitude
from studio.engine.lora.targets import adapted_modules, trained_modules

_ADAPTER = "character"
# Our name of a trained tensor -> where peft keeps it below a layer, (module, attribute); in the optimizer's order.
_PLACES = {
    "down": (f"lora_A.{_ADAPTER}", "weight"),
    "up": (f"lora_B.{_ADAPTER}", "weight"),
    "magnitude": (f"lora_magnitude_vector.{_ADAPTER}", "weight"),
    "w1": ("lokr_w1", _ADAPTER),
    "w1_a": ("lokr_w1_a", _ADAPTER),
    "w1_b": ("lokr_w1_b", _ADAPTER),
    "w2": ("lokr_w2", _ADAPTER),
    "w2_a": ("lokr_w2_a", _ADAPTER),
    "w2_b": ("lokr_w2_b", _ADAPTER),
}
_ZERO_AT_FIRST = ("up", "w2", "w2_b")


def add_adapter(transformer: nn.Module, recipe: Recipe, seed: int) -> None:
    """Freezes `transformer` and adds the recipe's adapter, which starts as a change of nothing.

    As in the LoRA paper and in LyCORIS the last factor is zero and the others are Kaiming-uniform with a = sqrt(5).
    peft would make them in the base's dtype, where small steps vanish in bfloat16, and from the global generator: here
    they are float32, from `seed`.
    """
    if adapter_layers(transformer):
        raise ValueError("this transformer already carries an adapter")
    transformer.requires_grad_(False)
    with torch.random.fork_rng(devices=[]):  # building an nn.Linear draws
        inject_adapter_in_model(_config(transformer, recipe), transformer, _ADAPTER)
    own = torch.Generator("cpu").manual_seed(seed)
    for layer in adapter_layers(transformer).values():
        _prepare(layer)
        _initialise(layer, own)


def remove_adapter(transformer: nn.Module) -> None:
    """Takes the adapter off; the base, which never changed, stays as it was."""
    for module in adapted_modules(transformer).values():
        transformer.set_submodule(module, transformer.get_submodule(module).base_layer)
    del transformer.peft_config


def adapter_layers(transformer: nn.Module) -> dict[str, BaseTunerLayer]:
    """Original name -> peft layer, in the model's order; empty without an adapter."""
    return {name: transformer.get_submodule(module) for name, module in adapted_modules(transformer).items()}


def adapter_parameters(transformer: nn.Module) -> list[nn.Parameter]:
    """What the optimizer trains, module by module in the model's order."""
    return list(_named(transformer).values())


def adapter_names(transformer: nn.Module) -> list[str]:
    """A stable name for each of `adapter_parameters`: `blocks.0.mlp.layer1.down`."""
    return list(_named(transformer))


def adapter_modules(transformer: nn.Module) -> dict[str, Delta]:
    """Original name -> what it does to that weight now: live and detached, but for a DoRA's magnitude, which is new."""
    return {name: _delta(layer) for name, layer in adapter_layers(transformer).items()}


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


class _ExactDora(DoraLinearLayer):
    """peft's DoRA, the lengths taken in float32 even under autocast, and no identity matrix sent through the factors.

    That matrix is (in, in), 256 MiB for the public release's widest module; and lengths from bfloat16 products shift
    every row of the base a little.
    """

    def get_lora_weight(self, lora_A: nn.Module, lora_B: nn.Module, adapter_name: str | None = None) -> Tensor:
        """(out, in), float32; peft uses it for the lengths alone, which no gradient passes."""
        with torch.no_grad(), torch.autocast(lora_A.weight.device.type, enabled=False):
            return lora_B.weight @ lora_A.weight


class _ThinLoKr(LoKrLinear):
    """peft's LoKr without its product: kron(left, right) x is left (right x), x cut into rows.

    peft forms a matrix as large as the weight for each linear at each step, and keeps it for the way back; it answers
    in the format of the input, twice as large under autocast; and it draws a number each time.
    """

    def forward(self, x: Tensor) -> Tensor:
        result = self.base_layer(x)
        if self.disable_adapters:
            return result
        left, right = _sides(self)
        rows = self._cast_input_dtype(x, torch.float32).unflatten(-1, (left[-1].shape[1], right[-1].shape[1]))
        columns = _through(right, rows).transpose(-1, -2)
        change = _through(left, columns).transpose(-1, -2).flatten(-2) * self.scaling[_ADAPTER]
        return (result + change).to(result.dtype)


def _config(transformer: nn.Module, recipe: Recipe) -> LoraConfig | LoKrConfig:
    modules = list(trained_modules(transformer, recipe.train_adaln).values())
    rank, alpha = recipe.rank, recipe.alpha
    if recipe.adapter == "lokr":
        return LoKrConfig(r=rank, alpha=alpha, decompose_factor=recipe.lokr_factor, target_modules=modules)
    return LoraConfig(r=rank, lora_alpha=alpha, use_dora=recipe.adapter == "dora", target_modules=modules)


def _prepare(layer: BaseTunerLayer) -> None:
    """Takes peft's habits off a new layer."""
    if isinstance(layer, LoKrLinear):
        layer.__class__ = _ThinLoKr  # the same parameters, another way through them
        if _lokr(layer).rank is None:
            layer.scaling[_ADAPTER] = 1.0  # peft scales by alpha / rank even where nothing has a rank
    elif layer.lora_magnitude_vector:
        exact = _ExactDora(fan_in_fan_out=False)
        exact.weight = layer.lora_magnitude_vector[_ADAPTER].weight
        layer.lora_magnitude_vector[_ADAPTER] = exact


def _initialise(layer: BaseTunerLayer, generator: torch.Generator) -> None:
    weight = layer.get_base_layer().weight
    for name, value in _tensors(layer).items():
        fresh = torch.zeros(value.shape, dtype=torch.float32)
        if name == "magnitude":
            fresh = torch.linalg.vector_norm(weight.float(), dim=1)
        elif name not in _ZERO_AT_FIRST:
            nn.init.kaiming_uniform_(fresh, a=math.sqrt(5), generator=generator)
        module, attribute = _PLACES[name]
        setattr(layer.get_submodule(module), attribute, nn.Parameter(fresh.to(weight.device)))


def _named(transformer: nn.Module) -> dict[str, nn.Parameter]:
    layers = adapter_layers(transformer)
    return {f"{name}.{part}": value for name, layer in layers.items() for part, value in _tensors(layer).items()}


def _tensors(layer: BaseTunerLayer) -> dict[str, nn.Parameter]:
    """Our name -> parameter, for the places that this kind of layer has filled."""
    inside = dict(layer.named_parameters())
    return {name: inside[key] for name, place in _PLACES.items() if (key := ".".join(place)) in inside}


def _delta(layer: BaseTunerLayer) -> Factors | LoKr | Dora:
    if isinstance(layer, LoKrLinear):
        return _lokr(layer)
    parts = {name: value.detach() for name, value in _tensors(layer).items()}
    factors = Factors(parts["down"], parts["up"], float(layer.lora_alpha[_ADAPTER]))
    if "magnitude" not in parts:
        return factors
    weight = layer.get_base_layer().weight.detach().to(factors.up.device, torch.float32)
    return Dora(factors, relative_magnitude(parts["magnitude"], factors, weight))


def _lokr(layer: LoKrLinear) -> LoKr:
    left, right = (tuple(part.detach() for part in side) for side in _sides(layer))
    whole = len(left) == len(right) == 1  # alpha means nothing then, and LyCORIS writes the rank in its place
    return LoKr(left, right, float(layer.r[_ADAPTER] if whole else layer.alpha[_ADAPTER]))


def _sides(layer: LoKrLinear) -> tuple[tuple[nn.Parameter, ...], tuple[nn.Parameter, ...]]:
    """The left and the right factor, each whole or in two thin ones."""
    left = (layer.lokr_w1,) if layer.lokr_w1 else (layer.lokr_w1_a, layer.lokr_w1_b)
    right = (layer.lokr_w2,) if layer.lokr_w2 else (layer.lokr_w2_a, layer.lokr_w2_b)
    return tuple(part[_ADAPTER] for part in left), tuple(part[_ADAPTER] for part in right)


def _through(side: tuple[nn.Parameter, ...], x: Tensor) -> Tensor:
    """x times the side's product, (..., columns) -> (..., rows)."""
    for part in reversed(side):
        x = functional.linear(x, part)
    return x
