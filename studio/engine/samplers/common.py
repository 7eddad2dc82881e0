"""What a sampler is: one short function that walks from noise to a picture along a list of noise levels."""

from collections.abc import Callable
from typing import Protocol

from torch import Tensor

Denoiser = Callable[[Tensor, Tensor], Tensor]  # (x, sigma) -> the picture it predicts; sigma a scalar of `sigmas`
StepNoise = Callable[[Tensor, Tensor], Tensor]  # (sigma, next sigma) -> standard normal noise shaped like x
StepCallback = Callable[[int], None]  # called with the number of steps done


class Sampler(Protocol):
    """k-diffusion's shape: `sigmas` fall from 1 to 0 and `x` starts as pure noise at the first of them.

    The flow is x = (1 - sigma) picture + sigma noise. A deterministic sampler never asks for `noise`.
    """

    def __call__(
        self, model: Denoiser, x: Tensor, sigmas: Tensor, *, noise: StepNoise, callback: StepCallback | None = None
    ) -> Tensor: ...
