"""dpmpp_2m against a float64 transcription of its published formulas, written without the product's code."""

import math

import pytest
import torch

from studio.engine.samplers import SAMPLERS, SCHEDULERS


def transcribed(model, x, sigmas):
    """DPM-Solver++(2M) in t = -log sigma: x <- exp(-h) x - expm1(-h) D', D' of second order between first and last."""
    x, levels, earlier = x.double(), [float(sigma) for sigma in sigmas], None
    for i, (s, following) in enumerate(zip(levels, levels[1:])):
        picture = model(x, s)
        if following == 0:
            return picture
        h = -math.log(following) + math.log(s)
        extrapolated = picture
        if earlier is not None:
            r = (-math.log(s) + math.log(levels[i - 1])) / h
            extrapolated = (1 + 1 / (2 * r)) * picture - 1 / (2 * r) * earlier
        x, earlier = math.exp(-h) * x - math.expm1(-h) * extrapolated, picture


def curved_model(x, sigma):
    """Some smooth nonlinear picture prediction."""
    return torch.tanh(0.8 * x + 0.3 * float(sigma)) + 0.2 * torch.cos(3 * x)


def no_noise(sigma, following):
    raise AssertionError("a deterministic sampler asks for no noise")


@pytest.mark.parametrize("schedule", SCHEDULERS)
@pytest.mark.parametrize("steps", [1, 2, 3, 8, 25])
def test_it_equals_a_float64_transcription_of_the_formulas(schedule, steps):
    x = torch.randn(2, 16, 1, 8, 8, generator=torch.Generator().manual_seed(5))
    sigmas = SCHEDULERS[schedule](steps)
    ours = SAMPLERS["dpmpp_2m"](curved_model, x, sigmas, noise=no_noise)
    assert (ours - transcribed(curved_model, x, sigmas)).abs().max() < 1e-5


def test_it_is_of_second_order_where_the_picture_moves():
    """With the steps halved the error of a walk that ends above sigma 0 falls by four, not by two."""

    def walked(steps):
        sigmas = torch.linspace(1.0, 0.2, steps + 1, dtype=torch.float64)
        x = torch.ones(1, dtype=torch.float64)
        return float(SAMPLERS["dpmpp_2m"](lambda x, sigma: torch.sin(2 * x) + sigma, x, sigmas, noise=no_noise))

    exact = walked(20_000)
    errors = [abs(walked(steps) - exact) for steps in (40, 80, 160)]
    assert all(3.4 < before / after < 4.6 for before, after in zip(errors, errors[1:])), errors


def test_it_calls_the_model_once_a_step_and_tells_of_each():
    calls, done = [], []
    model = lambda x, sigma: calls.append(float(sigma)) or x  # noqa: E731
    sigmas = SCHEDULERS["simple"](6)
    SAMPLERS["dpmpp_2m"](model, torch.ones(3), sigmas, noise=no_noise, callback=done.append)
    assert calls == sigmas[:-1].tolist() and done == [1, 2, 3, 4, 5, 6]
