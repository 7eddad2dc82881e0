"""Folding a VAE's own statistics away changes no picture, and the published mean and deviation then hold."""

import pytest
import torch
from diffusers import AutoencoderKLQwenImage

from studio.engine.anima.vae import LATENTS_MEAN, LATENTS_STD, FoldedVae, config_of, to_diffusers
from studio.miniature.build import vae as stage


@pytest.fixture(scope="module")
def net() -> FoldedVae:
    torch.manual_seed(0)
    return FoldedVae(AutoencoderKLQwenImage(base_dim=stage.WIDTH)).eval().requires_grad_(False)


@pytest.fixture(scope="module")
def pixels() -> torch.Tensor:
    return torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(1)) * 2 - 1


def test_the_published_statistics_hold_and_pictures_stay(net: FoldedVae, pixels: torch.Tensor) -> None:
    raw = net.moments(pixels)[0]
    before = net.decode_raw(raw)
    stage._normalise(net, raw.mean((0, 2, 3, 4)), raw.std((0, 2, 3, 4)))
    latents = net.moments(pixels)[0]
    assert torch.allclose(latents.mean((0, 2, 3, 4)), torch.tensor(LATENTS_MEAN), atol=1e-4)
    assert torch.allclose(latents.std((0, 2, 3, 4)), torch.tensor(LATENTS_STD), atol=1e-4)
    assert torch.allclose(net.decode_raw(latents), before, atol=1e-4)


def test_the_three_dimensional_file_draws_what_the_folded_network_drew(net: FoldedVae, pixels: torch.Tensor) -> None:
    tensors = stage._unfolded(net)
    full = AutoencoderKLQwenImage(**config_of(tensors)).eval().requires_grad_(False)
    full.load_state_dict(to_diffusers(tensors))
    expected = full.encode(pixels.unsqueeze(2)).latent_dist.mode()
    assert torch.allclose(net.moments(pixels)[0], expected, atol=1e-5)
    assert torch.allclose(net.decode_raw(expected).clamp(-1, 1), full.decode(expected).sample.squeeze(2), atol=1e-5)
