"""The Qwen-Image VAE for single pictures: Wan-layout files in, a folded 2-D network out.

A causal 3-D convolution that sees one frame multiplies every temporal tap but the last with zero padding, so for a
picture it *is* the 2-D convolution of its last temporal slice. Folding gives the same numbers many times faster.
"""

import re
from collections.abc import Mapping

import numpy as np
import torch
from diffusers import AutoencoderKLQwenImage
from diffusers.models.autoencoders.autoencoder_kl_qwenimage import QwenImageCausalConv3d, QwenImageRMS_norm
from PIL import Image
from torch import Tensor, nn

# The statistics published with Wan 2.1 and Qwen-Image; every Anima file is normalised by them.
LATENTS_MEAN = (-0.7571, -0.7089, -0.9113, 0.1075, -0.1745, 0.9653, -0.1517, 1.5508,
                0.4134, -0.0715, 0.5517, -0.3632, -0.1922, -0.9497, 0.2503, -0.2921)  # fmt: skip
LATENTS_STD = (2.8184, 1.4541, 2.3275, 2.6558, 1.2196, 1.7708, 2.6052, 2.0743,
               3.2687, 2.1526, 2.8652, 1.5579, 1.6382, 1.1253, 2.8251, 1.9160)  # fmt: skip
_LEAST_SQUARE = 1e-24  # of a length that a norm divides by, as in diffusers


class FrameConv(nn.Conv2d):
    """The last temporal slice of a causal 3-D convolution, acting on (batch, channels, 1, height, width)."""

    def forward(self, frames: Tensor) -> Tensor:
        return super().forward(frames.squeeze(2)).unsqueeze(2)


class ChannelNorm(nn.Module):
    """`QwenImageRMS_norm` without its vector norm: across channels it is slow on CPUs, and took half of a decoding."""

    def __init__(self, norm: QwenImageRMS_norm) -> None:
        super().__init__()
        self.gamma, self.scale = norm.gamma, norm.scale

    def forward(self, frames: Tensor) -> Tensor:
        wide = frames.float()
        shrink = wide.square().sum(1, keepdim=True).clamp_min(_LEAST_SQUARE).rsqrt()
        return (wide * shrink).to(frames.dtype) * self.scale * self.gamma


class FoldedVae(nn.Module):
    """Encodes and decodes pictures with the weights of an `AutoencoderKLQwenImage`.

    Pixels are (batch, 3, height, width) in [-1, 1], sides multiples of 8. Latents are
    (batch, 16, 1, height/8, width/8), normalised by the published mean and standard deviation.
    """

    def __init__(self, vae: AutoencoderKLQwenImage) -> None:
        super().__init__()
        self.encoder, self.decoder = vae.encoder, vae.decoder
        self.quant_conv, self.post_quant_conv = vae.quant_conv, vae.post_quant_conv
        _fold_children(self)
        self.register_buffer("mean", _per_channel(LATENTS_MEAN), persistent=False)
        self.register_buffer("std", _per_channel(LATENTS_STD), persistent=False)

    @property
    def dtype(self) -> torch.dtype:
        """Of the weights, in which everything but the statistics is computed."""
        return self.post_quant_conv.weight.dtype

    def moments(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """The raw posterior: mean and log-variance, each (batch, 16, 1, h/8, w/8), not normalised."""
        mean, log_variance = self.quant_conv(self.encoder(pixels.unsqueeze(2))).chunk(2, dim=1)
        return mean, log_variance

    def encode(self, pixels: Tensor) -> Tensor:
        """The posterior's mode, normalised, float32: deterministic, as every cache needs it."""
        return (self.moments(pixels.to(self.dtype))[0].float() - self.mean) / self.std

    def decode(self, latents: Tensor) -> Tensor:
        """Pixels clamped to [-1, 1], float32."""
        return self.decode_raw((latents * self.std + self.mean).to(self.dtype)).float().clamp(-1, 1)

    def decode_raw(self, latents: Tensor) -> Tensor:
        """Pixels, unclamped, from latents that were never normalised."""
        return self.decoder(self.post_quant_conv(latents)).squeeze(2)


def pixels_of(image: Image.Image) -> Tensor:
    """(3, height, width), float32 in [-1, 1], of an RGB image."""
    levels = torch.from_numpy(np.array(image, dtype=np.float32))
    return (levels / 127.5 - 1).permute(2, 0, 1).contiguous()


def image_of(pixels: Tensor) -> Image.Image:
    """The RGB image of (3, height, width) in [-1, 1], on any device."""
    levels = ((pixels + 1) * 127.5).round().to("cpu", torch.uint8)
    return Image.fromarray(levels.permute(1, 2, 0).contiguous().numpy())


def config_of(tensors: Mapping[str, Tensor]) -> dict[str, object]:
    """The `AutoencoderKLQwenImage` arguments of a Wan-layout file, read from its shapes as ComfyUI reads them."""
    return {
        "base_dim": tensors["decoder.head.0.gamma"].shape[0],
        "z_dim": tensors["conv2.weight"].shape[0],
        "input_channels": tensors["encoder.conv1.weight"].shape[1],
    }


def to_diffusers(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Renames a Wan-layout state dict to diffusers' names; shapes are untouched."""
    return {to_diffusers_key(key): value for key, value in tensors.items()}


_PARTS = (
    (r"^conv1\.", "quant_conv."),
    (r"^conv2\.", "post_quant_conv."),
    (r"\.conv1\.(?=(weight|bias)$)", ".conv_in."),
    (r"\.downsamples\.", ".down_blocks."),
    (r"\.middle\.0\.", ".mid_block.resnets.0."),
    (r"\.middle\.1\.", ".mid_block.attentions.0."),
    (r"\.middle\.2\.", ".mid_block.resnets.1."),
    (r"\.head\.0\.", ".norm_out."),
    (r"\.head\.2\.", ".conv_out."),
    (r"\.residual\.0\.", ".norm1."),
    (r"\.residual\.2\.", ".conv1."),
    (r"\.residual\.3\.", ".norm2."),
    (r"\.residual\.6\.", ".conv2."),
    (r"\.shortcut\.", ".conv_shortcut."),
)
_BACK = (
    (r"^quant_conv\.", "conv1."),
    (r"^post_quant_conv\.", "conv2."),
    (r"\.norm1\.", ".residual.0."),
    (r"\.conv1\.", ".residual.2."),
    (r"\.norm2\.", ".residual.3."),
    (r"\.conv2\.", ".residual.6."),
    (r"\.conv_shortcut\.", ".shortcut."),
    (r"\.conv_in\.", ".conv1."),
    (r"\.down_blocks\.", ".downsamples."),
    (r"\.mid_block\.resnets\.0\.", ".middle.0."),
    (r"\.mid_block\.attentions\.0\.", ".middle.1."),
    (r"\.mid_block\.resnets\.1\.", ".middle.2."),
    (r"\.norm_out\.", ".head.0."),
    (r"\.conv_out\.", ".head.2."),
)
_BLOCKS_PER_LEVEL = 4  # two residual blocks, one more in the decoder, one resampler


def to_diffusers_key(key: str) -> str:
    """`decoder.upsamples.7.resample.1.weight` -> `decoder.up_blocks.1.upsamplers.0.resample.1.weight`, and the like."""
    for pattern, name in _PARTS:
        key = re.sub(pattern, name, key)
    return re.sub(r"\.upsamples\.(\d+)\.", lambda found: _up_block(int(found[1])), key)


def to_wan_key(key: str) -> str:
    """The inverse of `to_diffusers_key`."""
    for pattern, name in _BACK:
        key = re.sub(pattern, name, key)
    key = re.sub(r"\.up_blocks\.(\d+)\.upsamplers\.0\.", lambda found: f".upsamples.{int(found[1]) * 4 + 3}.", key)
    return re.sub(r"\.up_blocks\.(\d+)\.resnets\.(\d+)\.", _flat_up_block, key)


def _up_block(index: int) -> str:
    level, place = divmod(index, _BLOCKS_PER_LEVEL)
    return f".up_blocks.{level}.upsamplers.0." if place == 3 else f".up_blocks.{level}.resnets.{place}."


def _flat_up_block(found: re.Match[str]) -> str:
    return f".upsamples.{int(found[1]) * _BLOCKS_PER_LEVEL + int(found[2])}."


def _fold_children(module: nn.Module) -> None:
    if hasattr(module, "time_conv"):
        del module.time_conv  # never runs on the first frame
    for name, child in module.named_children():
        if isinstance(child, QwenImageCausalConv3d):
            setattr(module, name, _folded(child))
        elif isinstance(child, QwenImageRMS_norm):
            setattr(module, name, ChannelNorm(child))
        else:
            _fold_children(child)


def _folded(conv: QwenImageCausalConv3d) -> FrameConv:
    weight = conv.weight[:, :, -1]
    shape = (conv.in_channels, conv.out_channels, conv.kernel_size[1:], conv.stride[1:], conv._padding[0])
    flat = FrameConv(*shape, device="meta")
    flat.weight, flat.bias = nn.Parameter(weight), nn.Parameter(conv.bias)
    return flat


def _per_channel(values: tuple[float, ...]) -> Tensor:
    return torch.tensor(values).view(1, -1, 1, 1, 1)
