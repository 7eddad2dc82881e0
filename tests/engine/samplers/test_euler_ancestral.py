"""euler_ancestral against a float64 transcription of its published formulas, written without the product's code."""

import math

import pytest
import torch

from studio.engine.samplers import SAMPLERS, SCHEDULERS


def transcribed(model, x, sigmas, noises):
    """x <- (d/s) x + (1 - d/s) D with d = s'^2/s, then x <- (1-s')/(1-d) x + z sqrt(s'^2 - d^2 (1-s')^2/(1-d)^2)."""
    x, levels, noises = x.double(), [float(sigma) for sigma in sigmas], iter(noises)
    for s, following in zip(levels, levels[1:]):
        picture = model(x, s)
        if following == 0:
            return picture
        d = following * (1 + (following / s - 1))
        x = d / s * x + (1 - d / s) * picture
        spread = following**2 - d**2 * (1 - following) ** 2 / (1 - d) ** 2
        x = (1 - following) / (1 - d) * x + next(noises).double() * math.sqrt(spread)


def curved_model(x, sigma):
    """Some smooth nonlinear picture prediction."""
    return torch.tanh(0.8 * x + 0.3 * float(sigma)) + 0.2 * torch.cos(3 * x)


@pytest.mark.parametrize("schedule", SCHEDULERS)
@pytest.mark.parametrize("steps", [1, 2, 8, 25])
def test_it_equals_a_float64_transcription_of_the_formulas(schedule, steps):
    random = torch.Generator().manual_seed(5)
    x = torch.randn(2, 16, 1, 8, 8, generator=random)
    noises = [torch.randn(x.shape, generator=random) for _ in range(steps - 1)]
    sigmas, draws = SCHEDULERS[schedule](steps), iter(noises)
    ours = SAMPLERS["euler_ancestral"](curved_model, x, sigmas, noise=lambda sigma, following: next(draws))
    assert (ours - transcribed(curved_model, x, sigmas, noises)).abs().max() < 1e-5
    assert next(draws, None) is None


def test_it_calls_the_model_once_a_step_and_tells_of_each():
    calls, done = [], []
    model = lambda x, sigma: calls.append(float(sigma)) or x  # noqa: E731
    sigmas = SCHEDULERS["simple"](6)
    SAMPLERS["euler_ancestral"](model, torch.ones(3), sigmas, noise=lambda *_: torch.zeros(3), callback=done.append)
    assert calls == sigmas[:-1].tolist() and done == [1, 2, 3, 4, 5, 6]
