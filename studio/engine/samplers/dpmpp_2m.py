"""DPM-Solver++(2M) (Lu et al., arXiv 2211.01095) in t = -log sigma, as k-diffusion and ComfyUI run it.

The flow's slope (x - picture) / sigma is that of a variance-exploding diffusion, so the method holds as it stands. With
h = log(sigma / sigma') a step is x' = e^-h x + (1 - e^-h) picture: exact for a picture that stays, and of second order
with the picture drawn on along the line through the last two. Weights are float64 scalars.
"""

from math import log

from torch import Tensor

from studio.engine.samplers.common import Denoiser, StepCallback, StepNoise


def dpmpp_2m(
    model: Denoiser, x: Tensor, sigmas: Tensor, *, noise: StepNoise, callback: StepCallback | None = None
) -> Tensor:
    """Second order from the last two predictions, one model call a step; the first and last steps are first order."""
    levels = [float(sigma) for sigma in sigmas]
    before: Tensor | None = None
    for i, (sigma, following) in enumerate(zip(levels[:-1], levels[1:], strict=True)):
        picture = model(x, sigmas[i])
        drawn = picture
        if before is not None and following > 0:
            ahead = log(sigma / following) / log(levels[i - 1] / sigma) / 2
            drawn = (1 + ahead) * picture - ahead * before
        x = following / sigma * x + (1 - following / sigma) * drawn
        before = picture
        if callback:
            callback(i + 1)
    return x
