import pytest
import torch
from diffusers import AutoencoderKLQwenImage
from diffusers.models.autoencoders.autoencoder_kl_qwenimage import QwenImageRMS_norm

from studio.engine.anima import vae as folded
from studio.engine.anima.vae import ChannelNorm, FoldedVae


@pytest.fixture(scope="module")
def pair():
    """One random VAE: diffusers' 3-D network, and the folded one with the same weights."""
    torch.manual_seed(3)
    whole = AutoencoderKLQwenImage(base_dim=8).eval()
    twin = AutoencoderKLQwenImage(base_dim=8)
    twin.load_state_dict(whole.state_dict())
    return whole, FoldedVae(twin).eval()


def per_channel(values):
    return torch.tensor(values).view(1, -1, 1, 1, 1)


def pixels():
    return torch.rand(2, 3, 48, 64, generator=torch.Generator().manual_seed(4)) * 2 - 1


def as_published(state):
    return {folded.to_wan_key(key): value for key, value in state.items()}


@torch.no_grad()
@pytest.mark.parametrize(("dtype", "off"), [(torch.float32, 1e-5), (torch.bfloat16, 0.04)])
def test_the_norm_equals_diffusers_and_survives_nothing_to_norm(dtype, off):
    theirs = QwenImageRMS_norm(16, images=False).to(dtype)
    theirs.gamma.normal_(1, 0.3, generator=torch.Generator().manual_seed(5))
    frames = torch.randn(2, 16, 1, 6, 4, generator=torch.Generator().manual_seed(6)).to(dtype)
    frames[0, :, :, 0] = 0
    ours = ChannelNorm(theirs)(frames)
    assert ours.dtype == dtype and (ours[0, :, :, 0] == 0).all()
    assert (ours - theirs(frames)).abs().max() <= off


@torch.no_grad()
def test_folded_encoding_equals_diffusers_mode(pair):
    whole, flat = pair
    mode = whole.encode(pixels().unsqueeze(2)).latent_dist.mode()
    expected = (mode - per_channel(whole.config.latents_mean)) / per_channel(whole.config.latents_std)
    assert (flat.encode(pixels()) - expected).abs().max() <= 1e-5


@torch.no_grad()
def test_folded_decoding_equals_diffusers(pair):
    whole, flat = pair
    latents = torch.randn(2, 16, 1, 6, 8, generator=torch.Generator().manual_seed(5))
    raw = latents * per_channel(whole.config.latents_std) + per_channel(whole.config.latents_mean)
    expected = whole.decode(raw, return_dict=False)[0][:, :, 0]
    assert expected.std() > 1e-2
    assert (flat.decode(latents) - expected).abs().max() <= 1e-5


def test_the_published_statistics_are_diffusers_own(pair):
    assert tuple(pair[0].config.latents_mean) == folded.LATENTS_MEAN
    assert tuple(pair[0].config.latents_std) == folded.LATENTS_STD


def test_key_maps_are_inverse_to_each_other_and_lose_no_key(pair):
    state = pair[0].state_dict()
    wan = as_published(state)
    assert len(wan) == len(state)
    back = folded.to_diffusers(wan)
    assert back.keys() == state.keys() and all(back[key] is state[key] for key in state)


def test_wan_names_are_those_of_the_published_file(pair):
    assert {
        "conv1.weight", "conv2.bias", "encoder.conv1.weight", "encoder.downsamples.0.residual.0.gamma",
        "encoder.downsamples.2.resample.1.weight", "encoder.middle.1.to_qkv.weight", "encoder.head.0.gamma",
        "decoder.upsamples.3.resample.1.weight", "decoder.upsamples.4.shortcut.weight", "decoder.head.2.bias",
    } <= as_published(pair[0].state_dict()).keys()  # fmt: skip


def test_the_dimensions_are_read_from_the_file(pair):
    assert folded.config_of(as_published(pair[0].state_dict())) == {"base_dim": 8, "z_dim": 16, "input_channels": 3}
