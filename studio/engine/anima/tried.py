"""Does one part of a base work by itself? Asked before the others are loaded."""

from pathlib import Path

import torch
from transformers import Qwen3Model

from studio.core.buckets import Bucket
from studio.engine.anima.vae import FoldedVae, pixels_of
from studio.engine.latent_cache import fitted
from studio.store.images import open_rgb

_PIECE = Bucket(64, 64)


@torch.no_grad()
def read_words(encoder: Qwen3Model, ids: list[int]) -> bool:
    """Whether the text encoder makes numbers of these tokens."""
    device = encoder.embed_tokens.weight.device
    hidden = encoder(input_ids=torch.tensor([ids or [0]], device=device), use_cache=False).last_hidden_state
    return bool(hidden.isfinite().all())


@torch.no_grad()
def copy_picture(vae: FoldedVae, path: Path) -> bool:
    """Whether the VAE makes numbers of a small piece of a picture and pixels of these numbers."""
    weight = next(vae.parameters())
    pixels = pixels_of(fitted(open_rgb(path), _PIECE)).to(weight.device, weight.dtype)
    latents = vae.encode(pixels.unsqueeze(0))  # (1, 16, 1, 8, 8)
    return bool(latents.isfinite().all()) and bool(vae.decode(latents).isfinite().all())
