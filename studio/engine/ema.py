"""A running average of weights in training, and how other weights stand in for the live ones for a while."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn


@torch.no_grad()
def follow(averages: Sequence[Tensor], parameters: Sequence[nn.Parameter], decay: float, step: int) -> None:
    """Moves the averages towards the weights after `step`, counted from 1; what they held before step 1 is forgotten.

    The weights after step i count decay^(n - i) in n steps, over the sum of these: as Adam corrects its moments (Kingma
    and Ba 2015, arXiv 1412.6980, 3), so that the start of the run, when the LoRA is nothing yet, is not averaged in.
    """
    torch._foreach_lerp_(list(averages), list(parameters), (1 - decay) / (1 - decay**step))


@contextmanager
def standing_in(values: Sequence[Tensor] | None, parameters: Sequence[nn.Parameter]) -> Iterator[None]:
    """The parameters hold `values` inside, if there are any; after that the very storage they held before."""
    before = [parameter.data for parameter in parameters]
    try:
        _hold(parameters, values or before)
        yield
    finally:
        _hold(parameters, before)


def _hold(parameters: Sequence[nn.Parameter], values: Sequence[Tensor]) -> None:
    for parameter, value in zip(parameters, values, strict=True):
        parameter.data = value
