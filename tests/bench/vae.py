"""diffusers' causal 3-D VAE against the folded one, on one picture."""

from collections.abc import Iterator

import torch
from diffusers import AutoencoderKLQwenImage
from torch import Tensor

from studio.engine.anima.vae import FoldedVae
from tests.bench.pairs import Pairs, timed_pairs
from tests.bench.stand import Stand
from tests.bench.table import Row
from tests.diffusers_anima import reference_vae


@torch.no_grad()
def rows(stand: Stand) -> Iterator[Row]:
    folded, deep = stand.load().vae, reference_vae(stand.files)
    for side in stand.effort.vae_sides:
        pixels = torch.rand((1, 3, side, side), generator=torch.Generator().manual_seed(side)) * 2 - 1
        latents = folded.encode(pixels)
        for way, pairs in (("encode", encoding(deep, folded, pixels, stand.effort.vae_pairs)),
                           ("decode", decoding(deep, folded, latents, stand.effort.vae_pairs))):  # fmt: skip
            yield Row("vae", f"{way} {side} x {side}, 3-D / folded", pairs.ratios, note=pairs.note)


def encoding(deep: AutoencoderKLQwenImage, folded: FoldedVae, pixels: Tensor, rounds: int) -> Pairs:
    return timed_pairs(lambda: deep.encode(pixels.unsqueeze(2)), lambda: folded.encode(pixels), rounds)


def decoding(deep: AutoencoderKLQwenImage, folded: FoldedVae, latents: Tensor, rounds: int) -> Pairs:
    raw = latents * folded.std + folded.mean
    return timed_pairs(lambda: deep.decode(raw), lambda: folded.decode(latents), rounds)
