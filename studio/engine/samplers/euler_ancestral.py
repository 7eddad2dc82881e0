"""Euler with fresh noise at each step, in the form that rectified flow needs (ComfyUI's `euler_ancestral_RF`, eta 1).

A step first falls below its target, to s_d = s'^2 / s, and then climbs back to s' on fresh noise: the picture's share
is scaled from 1 - s_d down to 1 - s', and what the noise's variance lacks of s'^2 is drawn anew. Weights are float64
scalars, so the method also runs on devices that have no float64.
"""

from math import sqrt

from torch import Tensor

from studio.engine.samplers.common import Denoiser, StepCallback, StepNoise


def euler_ancestral(
    model: Denoiser, x: Tensor, sigmas: Tensor, *, noise: StepNoise, callback: StepCallback | None = None
) -> Tensor:
    """First order, one model call a step, fresh noise at every step but the last."""
    for step, (sigma, following) in enumerate(zip(sigmas[:-1], sigmas[1:], strict=True), start=1):
        picture = model(x, sigma)
        x = picture if following == 0 else _stepped(x, picture, float(sigma), float(following), noise(sigma, following))
        if callback:
            callback(step)
    return x


def _stepped(x: Tensor, picture: Tensor, sigma: float, following: float, noise: Tensor) -> Tensor:
    down = following**2 / sigma
    shrink = (1 - following) / (1 - down)
    fallen = down / sigma * x + (1 - down / sigma) * picture
    return shrink * fallen + sqrt(following**2 - (shrink * down) ** 2) * noise
