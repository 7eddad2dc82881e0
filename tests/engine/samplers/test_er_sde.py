"""er_sde against a float64 transcription of its published formulas, written without the product's code."""

import copy
import math

import pytest
import torch

from studio.engine.anima.pipeline import Picture, denoised
from studio.engine.anima.text import stacked
from studio.engine.latents import start_noise
from studio.engine.lora.factors import Factors
from studio.engine.lora.formats import LoraFile
from studio.engine.lora.merge import merged
from studio.engine.lora.targets import linears
from studio.engine.samplers import SAMPLERS
from studio.engine.samplers.schedules import simple


def transcribed_er_sde(model, x, sigmas, noises):
    """ER-SDE-Solver-3 in float64, one formula after the other. `noises` holds one tensor for each step but the last."""

    def phi(at):
        return at * (math.exp(at**0.3) + 10)

    sigmas = [float(sigma) for sigma in sigmas]
    sigmas[0] = float(torch.tensor(3 * 0.9999 / (1 + 2 * 0.9999)))
    lam = [sigma / (1 - sigma) for sigma in sigmas]
    x, seen, slopes = x.double(), [], [None]
    for i in range(len(sigmas) - 1):
        seen.append(model(x, sigmas[i]))
        if sigmas[i + 1] == 0:
            return seen[i]
        r = phi(lam[i + 1]) / phi(lam[i])
        alpha = 1 - sigmas[i + 1]
        new = alpha / (1 - sigmas[i]) * r * x + alpha * (1 - r) * seen[i]
        delta = lam[i + 1] - lam[i]
        h = -delta / 200
        grid = [lam[i + 1] + k * h for k in range(200)]
        if i >= 1:
            slopes.append((seen[i] - seen[i - 1]) / (lam[i] - lam[i - 1]))
            new = new + alpha * (delta + sum(h / phi(at) for at in grid) * phi(lam[i + 1])) * slopes[i]
        if i >= 2:
            bend = (slopes[i] - slopes[i - 1]) / ((lam[i] - lam[i - 2]) / 2)
            area = sum((at - lam[i]) / phi(at) * h for at in grid)
            new = new + alpha * (delta**2 / 2 + area * phi(lam[i + 1])) * bend
        x = new + alpha * math.sqrt(max(0.0, lam[i + 1] ** 2 - lam[i] ** 2 * r**2)) * noises[i].double()


def curved_model(x, sigma):
    """Some smooth nonlinear picture prediction."""
    return torch.tanh(0.8 * x + 0.3 * float(sigma)) + 0.2 * torch.cos(3 * x)


def test_er_sde_equals_a_float64_transcription_of_the_formulas():
    random = torch.Generator().manual_seed(5)
    x = torch.randn(2, 16, 1, 8, 8, generator=random)
    noises = [torch.randn(x.shape, generator=random) for _ in range(7)]
    draws = iter(noises)
    ours = SAMPLERS["er_sde"](curved_model, x, simple(8), noise=lambda sigma, following: next(draws))
    assert (ours - transcribed_er_sde(curved_model, x, simple(8), noises)).abs().max() < 1e-4


def test_er_sde_calls_the_model_once_a_step_and_draws_no_noise_at_the_last():
    calls, draws, done = [], [], []

    def model(x, sigma):
        calls.append(float(sigma))
        return x

    def noise(sigma, following):
        draws.append(float(following))
        return torch.zeros(3)

    SAMPLERS["er_sde"](model, torch.ones(3), simple(6), noise=noise, callback=done.append)
    assert len(calls) == 6 and calls[0] < 1 and done == [1, 2, 3, 4, 5, 6]
    assert len(draws) == 5 and 0 not in draws


def random_lora(transformer, seed):
    """A LoRA of rank 4 and alpha 3 on every linear it may sit on, strong enough to be seen."""
    random = torch.Generator().manual_seed(seed)
    modules = {}
    for name, linear in linears(transformer, None).items():
        down = torch.randn(4, linear.in_features, generator=random) / linear.in_features**0.5
        modules[name] = Factors(down, 0.3 * torch.randn(linear.out_features, 4, generator=random), alpha=3.0)
    return LoraFile(modules)


@torch.no_grad()
def with_loras_by_hand(transformer, loras):
    """A float64 copy whose weights are W + sum(strength alpha / rank up down)."""
    changed = copy.deepcopy(transformer).double()
    for name, linear in linears(changed, None).items():
        for lora, strength in loras:
            factors = lora.modules[name]
            linear.weight += strength * 3.0 / 4 * factors.up.double() @ factors.down.double()
    return changed


@pytest.mark.parametrize("strengths", [(), (0.8, -0.5)], ids=["base", "two LoRAs"])
@torch.no_grad()
def test_a_picture_of_eight_er_sde_steps_equals_the_transcription(tiny_anima, strengths):
    loras = [(random_lora(tiny_anima.transformer, seed), strength) for seed, strength in enumerate(strengths)]
    exact = with_loras_by_hand(tiny_anima.transformer, loras)
    context, _ = stacked([tiny_anima.text.encode("1girl, red hair")], exact_trim=False)

    def predicted(x, sigma):
        flow = exact(torch.cat((x, torch.zeros_like(x[:, :1])), dim=1), torch.tensor([sigma]), context.double())
        return x - sigma * flow.sample

    random = torch.Generator("cpu").manual_seed(6)
    step_noises = [torch.randn(1, 16, 1, 10, 8, generator=random) for _ in range(7)]
    expected = transcribed_er_sde(predicted, start_noise(5, 64, 80), simple(8), step_noises)
    with merged(tiny_anima.transformer, loras):
        [(_, found)] = denoised(tiny_anima, [Picture("1girl, red hair", "", 5, 8, 1.0, "er_sde", "simple", 64, 80)])
    assert expected.std() > 0.1
    assert (found - expected).abs().max() <= 1e-4
