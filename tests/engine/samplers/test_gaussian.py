"""Every sampler against a world whose exact denoiser is known: pictures drawn from N(mean, spread^2).

The denoiser is affine, so a sampler is an affine map of its start noise and its step noises. Running it on one unit
vector per noise gives that map exactly, and with it the mean and variance of what it draws, without any random error.
"""

import math

import pytest
import torch

from studio.engine.samplers import SAMPLERS
from studio.engine.samplers.schedules import simple

MEAN, SPREAD = 0.7, 0.35
AT_640_STEPS = {"euler_ancestral": 1e-2}  # each step meets fresh noise, which a first-order step takes off less well


def exact_picture(x, sigma):
    """E[picture | x] for x = (1 - sigma) picture + sigma noise."""
    alpha = 1 - sigma
    gain = alpha * SPREAD**2 / (alpha**2 * SPREAD**2 + sigma**2)
    return MEAN + gain * (x - alpha * MEAN)


def drawn_moments(sampler, steps):
    noises = iter(torch.eye(steps + 2, dtype=torch.float64))
    x = sampler(exact_picture, next(noises), simple(steps).double(), noise=lambda sigma, following: next(noises))
    offset = x[-1]  # the entry that met no noise at all
    return float(offset), float(((x - offset) ** 2).sum().sqrt())


@pytest.mark.parametrize("name", SAMPLERS)
def test_mean_and_spread_converge_to_the_exact_ones(name):
    errors = []
    for steps in (10, 40, 160, 640):
        mean, spread = drawn_moments(SAMPLERS[name], steps)
        errors.append(math.hypot(mean - MEAN, spread - SPREAD))
    assert all(later < earlier for earlier, later in zip(errors, errors[1:])), errors
    assert all(later < earlier / 4 for earlier, later in zip(errors, errors[2:])), errors  # over 16 times the steps
    assert errors[-1] < AT_640_STEPS.get(name, 3e-3), errors


@pytest.mark.parametrize("name", SAMPLERS)
def test_an_exact_denoiser_of_one_picture_is_reached_in_any_number_of_steps(name):
    picture = torch.linspace(-1, 1, 5)
    x = SAMPLERS[name](
        lambda x, sigma: picture, torch.randn(5), simple(3), noise=lambda sigma, following: torch.zeros(5)
    )
    torch.testing.assert_close(x, picture)
