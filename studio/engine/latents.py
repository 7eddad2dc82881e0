"""The noise a picture starts from and the noise a stochastic sampler adds, both from the picture's own seed."""

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor

from studio.core.errors import UserError
from studio.core.spec import SIDE_STEP

CHANNELS = 16
PIXELS_PER_LATENT = 8

NoiseRule = Literal["cpu", "cuda"]


def start_noise(seed: int, width: int, height: int) -> Tensor:
    """(1, 16, 1, height/8, width/8) float32 on the CPU, as ComfyUI draws it: a seed means the same start there."""
    return torch.randn(latent_shape(width, height), generator=_generator("cpu", seed), dtype=torch.float32)


def sde_noise(seed: int, width: int, height: int, rule: NoiseRule = "cpu") -> Callable[[], Tensor]:
    """A source of one picture's step noise, each draw (1, 16, 1, height/8, width/8) float32.

    ComfyUI's rules: a latent on the CPU draws from a generator seeded `seed + 1`, or its first draw would be the start
    noise again; a latent on CUDA draws from a CUDA generator with the seed itself, which needs such a card.
    """
    if rule == "cuda" and not torch.cuda.is_available():
        raise UserError("Step noise by the CUDA rule needs a CUDA card", "Choose the cpu rule for step noise.")
    generator = _generator("cuda", seed) if rule == "cuda" else _generator("cpu", seed + 1)
    shape = latent_shape(width, height)
    return lambda: torch.randn(shape, generator=generator, device=generator.device, dtype=torch.float32)


def latent_shape(width: int, height: int) -> tuple[int, int, int, int, int]:
    """The latents of one picture. UserError unless both sides are multiples of 16 pixels."""
    if min(width, height) < SIDE_STEP or width % SIDE_STEP or height % SIDE_STEP:
        raise UserError(f"A picture cannot be {width} x {height} pixels", f"Use multiples of {SIDE_STEP} for both.")
    return (1, CHANNELS, 1, height // PIXELS_PER_LATENT, width // PIXELS_PER_LATENT)


def _generator(device: str, seed: int) -> torch.Generator:
    return torch.Generator(device).manual_seed(seed)
