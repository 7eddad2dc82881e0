"""The optimizer of a recipe, its learning rate at a step, and its state as named tensors."""

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from studio.core.recipe import Recipe

_MOMENTS = ("step", "exp_avg", "exp_avg_sq")
_FUSED_DEVICES = ("cpu", "cuda", "mps")


def build_optimizer(parameters: Sequence[nn.Parameter], recipe: Recipe) -> torch.optim.AdamW:
    """AdamW, fused where torch has it; fused and plain differ in their last bits, so `flags` belongs in the state."""
    return torch.optim.AdamW(
        parameters,
        lr=recipe.learning_rate,
        betas=(recipe.beta1, recipe.beta2),
        weight_decay=recipe.weight_decay,
        fused=parameters[0].device.type in _FUSED_DEVICES,
    )


def flags(optimizer: torch.optim.AdamW) -> str:
    """Which of torch's implementations runs."""
    group = optimizer.param_groups[0]
    return f"AdamW fused={group['fused']} foreach={group['foreach']} eps={group['eps']}"


def learning_rate(recipe: Recipe, step: int) -> float:
    """Constant after a linear warm-up; steps count from 1."""
    return recipe.learning_rate * min(1.0, step / max(1, recipe.warmup_steps))


def clip_gradients(optimizer: torch.optim.AdamW, limit: float) -> float:
    """The norm of the gradient before it was shortened to `limit` (0: left as it is)."""
    parameters = optimizer.param_groups[0]["params"]
    return float(nn.utils.clip_grad_norm_(parameters, limit or math.inf))


def take_step(optimizer: torch.optim.AdamW, rate: float) -> None:
    """One step at `rate`; the gradients are then forgotten."""
    optimizer.param_groups[0]["lr"] = rate
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)


def moments(optimizer: torch.optim.AdamW, names: Sequence[str]) -> dict[str, Tensor]:
    """`name.exp_avg` and the like for each parameter, in the order they were given; empty before the first step."""
    parameters = optimizer.param_groups[0]["params"]
    states = zip(names, (optimizer.state.get(each, {}) for each in parameters), strict=True)
    return {f"{name}.{moment}": value for name, state in states for moment, value in state.items()}


def load_moments(optimizer: torch.optim.AdamW, names: Sequence[str], tensors: Mapping[str, Tensor]) -> None:
    """The inverse of `moments`."""
    states = {
        place: {moment: tensors[f"{name}.{moment}"].clone() for moment in _MOMENTS}
        for place, name in enumerate(names)
        if f"{name}.{_MOMENTS[0]}" in tensors
    }
    optimizer.load_state_dict({**optimizer.state_dict(), "state": states})
