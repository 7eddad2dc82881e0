"""Stage 1: trains the folded VAE on drawings of the whole world and writes it in the Wan layout."""

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKLQwenImage
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from studio.engine.anima.vae import (
    LATENTS_MEAN,
    LATENTS_STD,
    FoldedVae,
    config_of,
    image_of,
    pixels_of,
    to_diffusers,
    to_wan_key,
)
from studio.engine.gpu import choose_device
from studio.miniature import world
from studio.miniature.build.stage import Ema, Stage, cache_folder, warm_cosine

WIDTH = 12
CROP = 64  # px
BATCH = 16
STEPS = 7_400
PICTURES = 5_000
LEARNING_RATE = 2e-3
KL_WEIGHT = 2e-4
POLISH_STEPS = 6_000
POLISH_RATE = 1e-3
LATENT_NOISE = 0.03  # of a channel's standard deviation
SIZES = ((128, 128), (112, 144), (144, 112), (160, 160), (96, 128), (192, 192))


def train(output: Path, steps: int = STEPS, *, fresh: bool = False) -> None:
    """Trains the VAE and writes `output`; about an hour on one core. A new VAE wants a new transformer.

    Goes on from a half-trained state, else from the weights in `output`, unless it is to start `fresh`.
    """
    torch.manual_seed(1)
    known = output.exists() and not fresh
    net = load_vae(output) if known else FoldedVae(AutoencoderKLQwenImage(base_dim=WIDTH))
    net = net.to(choose_device()).train()
    optimizer = torch.optim.AdamW(net.parameters(), lr=LEARNING_RATE, weight_decay=1e-4, betas=(0.9, 0.99))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, warm_cosine(steps, 200, 0.02))
    ema = Ema(net, 0.998)
    stage = Stage("vae", steps, {"net": net, "optimizer": optimizer, "schedule": schedule, "ema": ema}, fresh=fresh,
                  continues=known)
    pool = drawings("vae-pool", PICTURES)
    loss_of = torch.compile(_losses)

    def step(index: int) -> dict[str, float]:
        pixels, weight = _crops(pool, random.Random(f"vae {index}"), net.mean.device)
        recon, kl = loss_of(net, pixels, weight)
        loss = recon + KL_WEIGHT * kl
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        ema.update(net, index)
        return {"recon": recon.item(), "kl": kl.item()}

    stage.run(step)
    stage.record(output.parents[1], BATCH)
    write(net, ema, output)


def write(net: FoldedVae, ema: Ema, output: Path) -> None:
    """Folds the EMA's own latent statistics into the outer convolutions and saves the Wan layout."""
    ema.copy_to(net)
    net.eval().cpu()
    _normalise(net, *_statistics(net))
    save(net, output)


def save(net: FoldedVae, output: Path) -> None:
    """The Wan layout, in bf16."""
    tensors = {key: value.to("cpu", torch.bfloat16).contiguous() for key, value in _unfolded(net).items()}
    half = output.with_name(output.name + ".part")
    save_file(tensors, half, metadata={"format": "pt"})
    half.chmod(0o644)
    half.replace(output)


def drawings(name: str, count: int, seed: int = 7) -> list[tuple[np.ndarray, np.ndarray]]:
    """`count` drawings of the whole world with their figure masks, drawn once and kept in the cache."""
    path = cache_folder() / f"{name}-{count}-{seed}.npz"
    if not path.exists():
        pairs = [_draw_pair(random.Random(f"{seed} {index}")) for index in range(count)]
        np.savez(path, *[array for pair in pairs for array in pair])
    with np.load(path) as kept:
        arrays = [kept[f"arr_{index}"] for index in range(2 * count)]
    return list(zip(arrays[::2], arrays[1::2], strict=True))


def _draw_pair(rng: random.Random) -> tuple[np.ndarray, np.ndarray]:
    scene, size = world.sample_world(rng), rng.choice(SIZES)
    return np.asarray(world.draw(scene, *size)), np.asarray(world.figure_mask(scene, *size))


def _crops(
    pool: list[tuple[np.ndarray, np.ndarray]], rng: random.Random, device: torch.device
) -> tuple[Tensor, Tensor]:
    """Pixels (batch, 3, 64, 64) in [-1, 1] and a weight per pixel that keeps the background from winning."""
    picked = [_crop(*pool[rng.randrange(len(pool))], rng) for _ in range(BATCH)]
    pixels = torch.from_numpy(np.stack([pixels for pixels, _ in picked])).permute(0, 3, 1, 2).float() / 127.5 - 1
    mask = torch.from_numpy(np.stack([mask for _, mask in picked])).unsqueeze(1).float() / 255
    saturation = (pixels.amax(1, keepdim=True) - pixels.amin(1, keepdim=True)) / 2
    return pixels.to(device), (0.5 + mask * (1 + 1.5 * saturation)).to(device)


def _crop(pixels: np.ndarray, mask: np.ndarray, rng: random.Random) -> tuple[np.ndarray, np.ndarray]:
    top, left = rng.randrange(pixels.shape[0] - CROP + 1), rng.randrange(pixels.shape[1] - CROP + 1)
    area = (slice(top, top + CROP), slice(left, left + CROP))
    return pixels[area], mask[area]


def polish(output: Path, steps: int = POLISH_STEPS, *, fresh: bool = False) -> None:
    """Trains the decoder alone, on latents that stay as they are, and writes `output` again.

    The latents do not move, so a transformer trained on them is none the wiser; its pictures only get sharper.
    """
    torch.manual_seed(4)
    net = load_vae(output).train()
    trained = nn.ModuleList([net.decoder, net.post_quant_conv])
    optimizer = torch.optim.AdamW(trained.parameters(), lr=POLISH_RATE, weight_decay=1e-4, betas=(0.9, 0.99))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, warm_cosine(steps, 200, 0.02))
    ema = Ema(trained, 0.998)
    parts = {"net": trained, "optimizer": optimizer, "schedule": schedule, "ema": ema}
    stage = Stage("vae-polish", steps, parts, fresh=fresh)
    pool = drawings("vae-pool", PICTURES)
    error_of = torch.compile(_decoder_error)

    def step(index: int) -> dict[str, float]:
        pixels, weight = _crops(pool, random.Random(f"polish {index}"), net.mean.device)
        with torch.no_grad():
            latents = net.moments(pixels)[0]
            latents += LATENT_NOISE * net.std * torch.randn_like(latents)  # a sampler's latents are not perfect
        recon = error_of(net, latents, pixels, weight)
        optimizer.zero_grad()
        recon.backward()
        torch.nn.utils.clip_grad_norm_(trained.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        ema.update(trained, index)
        return {"recon": recon.item()}

    stage.run(step)
    stage.record(output.parents[1], BATCH)
    ema.copy_to(trained)
    save(net, output)


def load_vae(path: Path) -> FoldedVae:
    """The folded VAE of a Wan-layout file, in float32."""
    tensors = load_file(path)
    vae = AutoencoderKLQwenImage(**config_of(tensors))
    vae.load_state_dict({key: value.float() for key, value in to_diffusers(tensors).items()})
    return FoldedVae(vae).eval().to(choose_device())


@torch.no_grad()
def round_trip(vae: FoldedVae, pictures: Sequence[Image.Image]) -> list[Image.Image]:
    """The pictures, all of one size, through encoder and decoder."""
    pixels = torch.stack([pixels_of(picture) for picture in pictures]).to(vae.mean.device)
    return [image_of(back) for back in vae.decode(vae.encode(pixels))]


def _losses(net: FoldedVae, pixels: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    mean, log_variance = net.moments(pixels)
    log_variance = log_variance.clamp(-20, 10)
    sampled = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
    recon = _decoder_error(net, sampled, pixels, weight)
    kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).mean()
    return recon, kl


def _decoder_error(net: FoldedVae, latents: Tensor, pixels: Tensor, weight: Tensor) -> Tensor:
    error = net.decode_raw(latents) - pixels
    return (weight * (error.abs() + error.square())).mean() + 0.5 * _edges(error, weight)


def _edges(error: Tensor, weight: Tensor) -> Tensor:
    """Mean absolute difference of neighbouring errors: the price of a blurred outline."""
    across = (error[..., 1:] - error[..., :-1]).abs() * weight[..., 1:]
    down = (error[..., 1:, :] - error[..., :-1, :]).abs() * weight[..., 1:, :]
    return across.mean() + down.mean()


@torch.no_grad()
def _statistics(net: FoldedVae, count: int = 512) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of each raw latent channel over fresh drawings."""
    scenes = [world.sample_world(random.Random(f"statistics {index}")) for index in range(count)]
    pixels = torch.stack([pixels_of(world.draw(scene, 128, 128)) for scene in scenes])
    means = torch.cat([net.moments(part)[0] for part in pixels.split(32)])
    return means.mean((0, 2, 3, 4)), means.std((0, 2, 3, 4))


@torch.no_grad()
def _normalise(net: FoldedVae, mean: Tensor, std: Tensor) -> None:
    """Rescales the raw latents so that they have the published statistics; pictures stay the same."""
    gain = torch.tensor(LATENTS_STD) / std
    shift = torch.tensor(LATENTS_MEAN) - gain * mean
    head, tail = net.quant_conv, net.post_quant_conv
    channels = len(LATENTS_MEAN)
    head.weight[:channels] *= gain.view(-1, 1, 1, 1)
    head.bias[:channels] = head.bias[:channels] * gain + shift
    head.bias[channels:] += 2 * gain.log()
    tail.bias -= (tail.weight.squeeze((2, 3)) * (shift / gain)).sum(1)
    tail.weight /= gain.view(1, -1, 1, 1)


def _unfolded(net: FoldedVae) -> dict[str, Tensor]:
    """The full 3-D state dict in Wan names: every folded kernel in the last temporal tap, the others zero."""
    full = AutoencoderKLQwenImage(base_dim=WIDTH).state_dict()
    flat = net.state_dict()
    return {to_wan_key(key): _spread(flat.get(key), value) for key, value in full.items()}


def _spread(flat: Tensor | None, like: Tensor) -> Tensor:
    if flat is None:  # the temporal convolutions, which a picture never reaches
        return torch.zeros_like(like)
    if flat.shape == like.shape:
        return flat
    spread = torch.zeros_like(like)
    spread[:, :, -1] = flat
    return spread
