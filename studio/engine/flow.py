"""Rectified flow as Anima trains it: between picture and noise on a straight line, the model predicts its direction.

    x_t = (1 - t) x_0 + t e        target = e - x_0        loss = mean((prediction - target)^2), every t alike

x_0 is the normalised latent, e standard noise, t in [0, 1]. Times are drawn as sigmoid(N(0, 1)) unless the recipe says
otherwise: the base model's author trains LoRAs so, without the shift that rendering uses.
"""

import math

import torch
from torch import Tensor

from studio.core.recipe import Recipe
from studio.core.schedule import Sample, sample_draw, sample_seed

_SMALLEST_TIME = 1e-3  # of the thousand noise levels that diffusion models are told of, the least; t may be 0


def draw_time(recipe: Recipe, sample: Sample) -> Tensor:
    """t of one exposure: a float32 scalar.

    Uniform, or sigmoid(N(mean, std)), shifted last by s t / (1 + (s - 1) t), as rendering shifts its noise levels
    (Esser et al. 2024, arXiv 2403.03206, 3.1 and 5.3.2).
    """
    generator = _generator(recipe, sample, "time")
    if recipe.timestep_sampling == "uniform":
        return torch.rand((), generator=generator)
    t = (recipe.logit_mean + recipe.logit_std * torch.randn((), generator=generator)).sigmoid()
    if recipe.timestep_sampling == "shifted":
        return recipe.timestep_shift * t / (1 + (recipe.timestep_shift - 1) * t)
    return t


def draw_noise(recipe: Recipe, sample: Sample, shape: torch.Size) -> Tensor:
    """e of one exposure, float32 on the CPU: the same on every device."""
    return torch.randn(shape, generator=_generator(recipe, sample, "noise"))


def drops_caption(recipe: Recipe, sample: Sample) -> bool:
    """Whether this exposure is shown with an empty caption."""
    return sample_draw(recipe.seed, sample, "caption dropout") < recipe.caption_dropout


def is_flipped(recipe: Recipe, sample: Sample) -> bool:
    """Whether this exposure is mirrored: every other one, by lot."""
    return recipe.flip and sample_draw(recipe.seed, sample, "flip") < 0.5


def noised(latents: Tensor, noise: Tensor, t: Tensor) -> Tensor:
    """x_t for latents (batch, 16, 1, h, w) and t (batch,)."""
    t = t.view(-1, 1, 1, 1, 1)
    return (1 - t) * latents + t * noise


def losses(predicted: Tensor, latents: Tensor, noise: Tensor) -> Tensor:
    """The mean squared error of each sample, (batch,), float32."""
    return (predicted.float() - (noise - latents)).square().flatten(1).mean(dim=1)


def loss_weights(scheme: str, t: Tensor) -> Tensor | float:
    """How much each t of (batch,) counts.

    `sigma_sqrt` is t^-2 and `cosmap` 2 / (pi (1 - 2t + 2t^2)): the names and formulas of
    `diffusers.training_utils.compute_loss_weighting_for_sd3` and of kohya's trainers, after Esser et al. 2024 (arXiv
    2403.03206, 3.1). They are not normalised there, and so not here: the loss changes its size with them. From t =
    0.001 down `sigma_sqrt` stays at the weight it has there, since it has no bound.
    """
    match scheme:
        case "sigma_sqrt":
            return t.clamp(min=_SMALLEST_TIME).pow(-2)
        case "cosmap":
            return 2 / (math.pi * (1 - 2 * t + 2 * t.square()))
        case _:
            return 1.0


def _generator(recipe: Recipe, sample: Sample, purpose: str) -> torch.Generator:
    seed = sample_seed(recipe.seed, sample.epoch, sample.image_id, sample.repeat, purpose)
    return torch.Generator("cpu").manual_seed(seed)
