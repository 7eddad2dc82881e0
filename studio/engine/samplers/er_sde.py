"""ER-SDE-Solver-3 (Cui et al., arXiv 2309.06169) with ComfyUI's noise scaler.

The flow x = (1 - sigma) picture + sigma noise is told by alpha = 1 - sigma and lambda = sigma / alpha. All weights are
float64 scalars, so the method also runs on devices that have no float64.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt

from torch import Tensor

from studio.engine.samplers.common import Denoiser, StepCallback, StepNoise
from studio.engine.samplers.schedules import shifted

_FIRST_SIGMA = shifted(1 - 1e-4)  # at sigma 1 lambda would be infinite
_INTEGRATION_POINTS = 200


@dataclass(frozen=True, slots=True)
class _Weights:
    """How one step from lambda s down to lambda t mixes what it knows."""

    x: float
    picture: float
    derivatives: tuple[float, float]  # of the picture's first and second derivative in lambda
    noise: float


def er_sde(
    model: Denoiser, x: Tensor, sigmas: Tensor, *, noise: StepNoise, callback: StepCallback | None = None
) -> Tensor:
    """Third order from the last three predictions, one model call a step, fresh noise at every step but the last."""
    sigmas = sigmas.clamp(max=_FIRST_SIGMA)
    lambdas = [_lambda(float(sigma)) for sigma in sigmas]
    pictures: list[Tensor] = []
    for i, (sigma, following) in enumerate(zip(sigmas[:-1], sigmas[1:], strict=True)):
        pictures = [*pictures[-2:], model(x, sigma)]
        if following == 0:
            x = pictures[-1]
        else:
            weights = _weights(lambdas[i], lambdas[i + 1])
            x = weights.x * x + weights.picture * pictures[-1]
            for weight, derivative in zip(weights.derivatives, _derivatives(pictures, lambdas[: i + 1])):
                x = x + weight * derivative
            x = x + weights.noise * noise(sigma, following)
        if callback:
            callback(i + 1)
    return x


def _weights(s: float, t: float) -> _Weights:
    alpha_s, alpha_t = 1 / (1 + s), 1 / (1 + t)
    ratio = _noise_scale(t) / _noise_scale(s)
    slope, bend = _integrals(s, t)
    return _Weights(
        x=alpha_t / alpha_s * ratio,
        picture=alpha_t * (1 - ratio),
        derivatives=(alpha_t * (t - s + slope), alpha_t * ((t - s) ** 2 / 2 + bend)),
        noise=alpha_t * sqrt(max(0.0, t**2 - (s * ratio) ** 2)),
    )


def _integrals(s: float, t: float) -> tuple[float, float]:
    """phi(t) times the integrals of 1/phi and (lambda - s)/phi from t to s, by 200 left rectangles as in ComfyUI."""
    width = (s - t) / _INTEGRATION_POINTS
    points = [t + i * width for i in range(_INTEGRATION_POINTS)]
    scale = _noise_scale(t) * width
    slope = scale * sum(1 / _noise_scale(point) for point in points)
    return slope, scale * sum((point - s) / _noise_scale(point) for point in points)


def _derivatives(pictures: Sequence[Tensor], lambdas: Sequence[float]) -> tuple[Tensor, ...]:
    """Divided differences of the newest predictions: none at the first step, one at the second, then two."""
    if len(pictures) < 2:
        return ()
    slope = (pictures[-1] - pictures[-2]) / (lambdas[-1] - lambdas[-2])
    if len(pictures) < 3:
        return (slope,)
    earlier = (pictures[-2] - pictures[-3]) / (lambdas[-2] - lambdas[-3])
    return slope, (slope - earlier) / ((lambdas[-1] - lambdas[-3]) / 2)


def _lambda(sigma: float) -> float:
    return sigma / (1 - sigma)


def _noise_scale(at: float) -> float:
    return at * (exp(at**0.3) + 10)
