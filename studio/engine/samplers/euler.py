"""The Euler method on the probability flow."""

from torch import Tensor

from studio.engine.samplers.common import Denoiser, StepCallback, StepNoise


def euler(
    model: Denoiser, x: Tensor, sigmas: Tensor, *, noise: StepNoise, callback: StepCallback | None = None
) -> Tensor:
    """First order, one model call a step: follows dx/dsigma = (x - picture) / sigma."""
    for step, (sigma, following) in enumerate(zip(sigmas[:-1], sigmas[1:], strict=True), start=1):
        slope = (x - model(x, sigma)) / sigma
        x = x + slope * (following - sigma)
        if callback:
            callback(step)
    return x
