"""How much arithmetic a training step must do, and how much the device can do at best."""

import time

import torch
from torch.utils.flop_counter import FlopCounterMode

from studio.core.recipe import Recipe
from studio.engine.anima.shapes import TransformerConfig, empty_transformer
from studio.engine.anima.transformer import install_fast_attention, velocity
from tests.bench.bare import with_lora

PRODUCTS, WARM_UPS = 10, 3


def step_flop(shape: TransformerConfig, recipe: Recipe, width: int, height: int, words: int) -> int:
    """Floating-point operations of one picture's forward and backward pass, counted without computing.

    Matrix products and attention only, nothing that checkpointing does twice.
    """
    transformer = empty_transformer(shape).requires_grad_(False)
    install_fast_attention(transformer)
    with torch.device("meta"):
        with_lora(transformer, recipe)
        latents, t = torch.empty((1, shape.latent_channels, 1, height // 8, width // 8)), torch.empty(1)
        embeds, bias = torch.empty((1, words, shape.text_dim)), torch.empty((1, words))
    with FlopCounterMode(display=False) as counted:
        velocity(transformer, latents, t, embeds, bias).sum().backward()
    return counted.get_total_flops()


def matmul_flops(device: torch.device, side: int, dtype: torch.dtype = torch.bfloat16) -> float:
    """Operations a second in a large product of random square matrices."""
    one, other = (torch.randn((side, side), device=device).to(dtype) for _ in range(2))
    for _ in range(WARM_UPS):
        one @ other
    start = synchronised(device)
    for _ in range(PRODUCTS):
        one @ other
    return PRODUCTS * 2 * side**3 / (synchronised(device) - start)


def synchronised(device: torch.device) -> float:
    """The clock, in seconds, once the device has done all that it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()
