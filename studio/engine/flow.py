"""Rectified flow as Anima trains it: between picture and noise on a straight line, the model predicts its direction.

    x_t = (1 - t) x_0 + t e        target = e - x_0        loss = mean((prediction - target)^2), every t alike

x_0 is the normalised latent, e standard noise, t in [0, 1]. Times are drawn as sigmoid(N(0, 1)) unless the recipe says
otherwise: the base model's author trains LoRAs so, without the shift that rendering uses.
"""

import torch
from torch import Tensor

from studio.core.recipe import Recipe
from studio.core.schedule import Sample, sample_draw, sample_seed


def draw_time(recipe: Recipe, sample: Sample) -> Tensor:
    """t of one exposure: a float32 scalar."""
    generator = _generator(recipe, sample, "time")
    if recipe.timestep_sampling == "uniform":
        return torch.rand((), generator=generator)
    t = torch.randn((), generator=generator).sigmoid()
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


def _generator(recipe: Recipe, sample: Sample, purpose: str) -> torch.Generator:
    seed = sample_seed(recipe.seed, sample.epoch, sample.image_id, sample.repeat, purpose)
    return torch.Generator("cpu").manual_seed(seed)
