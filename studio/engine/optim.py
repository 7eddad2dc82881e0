"""The rule of a recipe that turns gradients into steps, and all that it remembers, as named tensors.

A rule remembers tensors for each parameter, and some rules a few numbers for all: both go into the state to resume
from, so that every rule goes on to the bit. What they are called there is the library's choice.
"""

from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from importlib.util import find_spec

import torch
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer

from studio.core.errors import UserError
from studio.core.recipe import Recipe

Parameters = Sequence[nn.Parameter]

_FUSED_DEVICES = ("cpu", "cuda", "mps")
_SHARED = "optimizer"                                                     # what stands for the numbers for all
_REMEMBERED = ("k", "d", "d_max", "d_numerator", "weight_sum", "lr_max")  # of Prodigy and schedule-free AdamW
_LIBRARIES = {"adamw_8bit": "bitsandbytes", "prodigy": "prodigyopt", "adamw_schedulefree": "schedulefree"}


def require_installed(recipe: Recipe) -> None:
    """Raises UserError naming the library that the recipe's optimizer needs and this installation does not have."""
    library = _LIBRARIES.get(recipe.optimizer)
    if library and find_spec(library) is None:
        raise UserError(f"The optimizer {recipe.optimizer} needs {library}, which is not installed",
                        f"Run `pip install {library}` in the studio's environment, or choose another optimizer.")


def build_optimizer(parameters: Parameters, recipe: Recipe) -> Optimizer:
    """The rule that the recipe names."""
    return _RULES[recipe.optimizer](parameters, recipe)


def flags(optimizer: Optimizer) -> str:
    """Which implementation runs; another one differs in the last bits, so this belongs in the state."""
    if isinstance(optimizer, AdamW):
        group = optimizer.param_groups[0]
        return f"AdamW fused={group['fused']} foreach={group['foreach']} eps={group['eps']}"
    library = type(optimizer).__module__.partition(".")[0]
    return f"{type(optimizer).__name__} of {library} {version(library)}"


def clip_gradients(optimizer: Optimizer, limit: float) -> Tensor:
    """The norm of the gradient before it was shortened to `limit` (0: left as it is); on the device, as a scalar."""
    return nn.utils.clip_grad_norm_(optimizer.param_groups[0]["params"], limit or torch.inf)


def take_step(optimizer: Optimizer, rate: float) -> None:
    """One step at `rate`; the gradients are then forgotten."""
    optimizer.param_groups[0]["lr"] = rate
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)


@torch.no_grad()
def averaged(optimizer: Optimizer) -> list[Tensor] | None:
    """The weights that schedule-free AdamW means to be used, in the order of its parameters; None for other rules.

    It takes gradients at y = (1 - beta1) z + beta1 x and keeps z; x is what is used (Defazio et al. 2024, arXiv
    2405.15682). Solved here for x, since the library's own way there and back does not return to the same bits.
    """
    (group,) = optimizer.param_groups
    states = [optimizer.state.get(each, {}) for each in group["params"]]
    if not all("z" in state for state in states):
        return None
    share = 1 - 1 / group["betas"][0]
    return [torch.lerp(y, state["z"], share) for y, state in zip(group["params"], states, strict=True)]


def memories(optimizer: Optimizer, names: Sequence[str]) -> dict[str, Tensor]:
    """`name.exp_avg` and the like for each parameter, in the order they were given, and `optimizer.k` for them all.

    Empty before the first step. Numbers become scalars: int64 if they are whole, else float64.
    """
    (group,) = optimizer.param_groups
    states = {name: optimizer.state.get(each, {}) for name, each in zip(names, group["params"], strict=True)}
    if not any(states.values()):
        return {}
    states[_SHARED] = {name: group[name] for name in _REMEMBERED if name in group}
    return {f"{name}.{part}": _as_tensor(value) for name, state in states.items() for part, value in state.items()}


def load_memories(optimizer: Optimizer, names: Sequence[str], tensors: Mapping[str, Tensor]) -> None:
    """The inverse of `memories`; what `tensors` hold besides is passed over."""
    (group,) = optimizer.param_groups
    found: dict[str, dict[str, Tensor]] = {}
    for full, tensor in tensors.items():
        name, _, part = full.rpartition(".")
        found.setdefault(name, {})[part] = tensor
    for name, parameter in zip(names, group["params"], strict=True):
        parts = found.get(name, {}).items()
        optimizer.state[parameter] = {part: _as_it_was(tensor, parameter) for part, tensor in parts}
    group |= {part: _as_it_was(tensor) for part, tensor in found.get(_SHARED, {}).items()}


def _adamw(parameters: Parameters, recipe: Recipe) -> Optimizer:
    """Fused where torch has it; fused and plain differ in their last bits."""
    fused = parameters[0].device.type in _FUSED_DEVICES
    return AdamW(parameters, **_settings(recipe), weight_decay=recipe.weight_decay, fused=fused)


def _adamw_8bit(parameters: Parameters, recipe: Recipe) -> Optimizer:
    """Moments of 4096 numbers and more in 8 bits each, by blocks (Dettmers et al. 2022, arXiv 2110.02861)."""
    from bitsandbytes.optim import AdamW8bit

    return AdamW8bit(parameters, **_settings(recipe), weight_decay=recipe.weight_decay)


def _prodigy(parameters: Parameters, recipe: Recipe) -> Optimizer:
    """Finds the size of its steps (Mishchenko and Defazio 2024, arXiv 2306.06101); the learning rate is a factor on it.

    Guarded, a warm-up does not reach the search itself: without that, steps kept small at first are taken for a sign
    that far larger ones are needed, and the rate jumps when the warm-up ends.
    """
    from prodigyopt import Prodigy

    prodigy = Prodigy(parameters, **_settings(recipe), use_bias_correction=True, safeguard_warmup=True)
    prodigy.param_groups[0]["weight_decay"] = recipe.weight_decay  # in the constructor it would print a line
    return prodigy


def _schedulefree(parameters: Parameters, recipe: Recipe) -> Optimizer:
    """AdamW whose steps need no falling rate, since an average of them is what is used; see `averaged`."""
    from schedulefree import AdamWScheduleFree

    optimizer = AdamWScheduleFree(parameters, **_settings(recipe), weight_decay=recipe.weight_decay)
    optimizer.train()  # for good: `averaged` does without the other mode
    return optimizer


_RULES: Mapping[str, Callable[[Parameters, Recipe], Optimizer]] = {
    "adamw": _adamw, "adamw_8bit": _adamw_8bit, "prodigy": _prodigy, "adamw_schedulefree": _schedulefree,
}


def _settings(recipe: Recipe) -> dict[str, object]:
    return {"lr": recipe.learning_rate, "betas": (recipe.beta1, recipe.beta2)}


def _as_tensor(value: Tensor | float | int) -> Tensor:
    if isinstance(value, Tensor):
        return value
    return torch.tensor(value, dtype=torch.int64 if isinstance(value, int) else torch.float64)


def _as_it_was(tensor: Tensor, parameter: Tensor | None = None) -> Tensor | float | int:
    """A number again, if its type says so; a tensor on the parameter's device and of its own storage."""
    if tensor.ndim == 0 and tensor.dtype in (torch.int64, torch.float64):
        return tensor.item()
    return tensor.to(parameter.device, copy=True) if parameter is not None else tensor
