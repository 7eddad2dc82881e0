"""Stage 3: trains a tagger of the whole world and exports it in the WD format."""

import csv
import random
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn

from studio.engine.anima.vae import FoldedVae
from studio.engine.gpu import choose_device
from studio.miniature import world
from studio.miniature.build.stage import Ema, Stage, kept, warm_cosine
from studio.miniature.build.vae import load_vae, round_trip

SIDE = 128  # px, the model's square input
STEPS = 2_400
BATCH = 32
PICTURES = 16_000
LEARNING_RATE = 2e-3
SIZES = ((128, 128), (112, 144), (144, 112), (128, 160), (160, 160))
WHITE = 255
GENERAL, RATING = 0, 9
RATINGS = ("general", "sensitive", "questionable", "explicit")


class Block(nn.Module):
    """Two 3x3 convolutions around a skip."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.BatchNorm2d(width), nn.ReLU(), nn.Conv2d(width, width, 3, padding=1, bias=False),
            nn.BatchNorm2d(width), nn.ReLU(), nn.Conv2d(width, width, 3, padding=1, bias=False),
        )  # fmt: skip

    def forward(self, features: Tensor) -> Tensor:
        return features + self.body(features)


class Network(nn.Module):
    """Pictures (batch, 3, 128, 128) in [-1, 1] to one logit a tag."""

    def __init__(self, tags: int) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 24, 5, 2, 2), nn.ReLU(), nn.Conv2d(24, 40, 3, 2, 1), Block(40),
            nn.Conv2d(40, 80, 3, 2, 1), Block(80), nn.Conv2d(80, 128, 3, 2, 1), Block(128), Block(128),
            nn.Conv2d(128, 192, 3, 2, 1), Block(192), nn.BatchNorm2d(192), nn.ReLU(),
        )  # fmt: skip
        self.head = nn.Linear(192 * 5, tags)

    def forward(self, pixels: Tensor) -> Tensor:
        features = self.features(pixels)
        quarters = F.adaptive_avg_pool2d(features, 2).flatten(1)
        return self.head(torch.cat([features.amax((2, 3)), quarters], dim=1))


class Exported(nn.Module):
    """The WD input convention around a network: (batch, 128, 128, 3) float32 BGR in 0..255, probabilities out."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, pictures: Tensor) -> Tensor:
        rgb = pictures.flip(-1).permute(0, 3, 1, 2) / 127.5 - 1
        tags = torch.sigmoid(self.network(rgb))
        safe = torch.ones_like(tags[:, :1])  # the world has nothing that is not safe
        return torch.cat([safe, torch.zeros_like(tags[:, : len(RATINGS) - 1]), tags], dim=1)


def train(folder: Path, steps: int = STEPS, *, fresh: bool = False) -> None:
    """Trains the tagger and writes `folder/tagger`; about 15 minutes on one core.

    Goes on from a half-trained state, unless it is to start `fresh`.
    """
    torch.manual_seed(3)
    device = choose_device()
    network = Network(len(world.TAGS)).to(device).train()
    optimizer = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, warm_cosine(steps, 100, 0.02))
    ema = Ema(network, 0.995)
    parts = {"net": network, "optimizer": optimizer, "schedule": schedule, "ema": ema}
    stage = Stage("tagger", steps, parts, fresh=fresh)
    pictures, labels = drawings(folder / "vae" / "qwen-image-practice.safetensors")
    average = 0.3

    def step(index: int) -> dict[str, float]:
        nonlocal average
        picked = torch.randint(len(pictures), (BATCH,))
        shown = _augmented(pictures[picked]).to(device)
        loss = F.binary_cross_entropy_with_logits(network(shown), labels[picked].to(device))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        ema.update(network, index)
        average += 0.02 * (loss.item() - average)
        return {"loss": average}

    stage.run(step)
    stage.record(folder, BATCH)
    write(network, ema, folder / "tagger")


def write(network: Network, ema: Ema, folder: Path) -> None:
    """`model.onnx` with a free batch axis, and `selected_tags.csv` in its output order."""
    folder.mkdir(parents=True, exist_ok=True)
    ema.copy_to(network)
    batch = torch.export.Dim("batch", min=1, max=4096)
    example = (torch.zeros(2, SIDE, SIDE, 3),)
    program = torch.onnx.export(
        Exported(network.cpu().eval()), example, input_names=["input"], output_names=["output"],
        dynamic_shapes=({0: batch},), dynamo=True, verbose=False,
    )  # fmt: skip
    program.save(folder / "model.onnx", external_data=False)
    _write_tags(folder / "selected_tags.csv")


def drawings(vae_file: Path, count: int = PICTURES) -> tuple[Tensor, Tensor]:
    """Pictures (n, 3, 128, 128) uint8 and labels (n, tags); every second one has gone through the VAE and back."""
    return kept(f"tagger-pool-{count}", lambda: _draw_all(vae_file, count))


def _draw_all(vae_file: Path, count: int) -> tuple[Tensor, Tensor]:
    vae = load_vae(vae_file) if vae_file.exists() else None
    scenes = [world.sample_world(random.Random(f"tagger {index}")) for index in range(count)]
    pictures = torch.cat([_drawn(scenes[at : at + 32], vae, at // 32) for at in range(0, count, 32)])
    return pictures, torch.stack([_label(scene) for scene in scenes])


def _drawn(scenes: list[world.Scene], vae: FoldedVae | None, turn: int) -> Tensor:
    size = SIZES[turn % len(SIZES)]
    pictures = [world.draw(scene, *size) for scene in scenes]
    if vae and turn % 2:
        pictures = round_trip(vae, pictures)
    squares = [_square(picture) for picture in pictures]
    return torch.from_numpy(np.stack(squares)).permute(0, 3, 1, 2).contiguous()


def _square(image: Image.Image) -> np.ndarray:
    side = max(image.size)
    canvas = Image.new("RGB", (side, side), (WHITE, WHITE, WHITE))
    canvas.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    return np.asarray(canvas.resize((SIDE, SIDE), Image.Resampling.BICUBIC))


def _label(scene: world.Scene) -> Tensor:
    shown = world.tags(scene)
    return torch.tensor([float(tag in shown) for tag in world.TAGS])


def _augmented(pictures: Tensor) -> Tensor:
    """In [-1, 1]; a third blurred, all a little noisy and shifted in colour and place."""
    pixels = pictures.float() / 127.5 - 1
    kind = random.Random(int(torch.randint(1 << 30, ()))).random()
    if kind < 0.2:
        pixels = F.avg_pool2d(F.pad(pixels, (1, 1, 1, 1), mode="replicate"), 3, 1)
    elif kind < 0.4:
        pixels = F.interpolate(F.avg_pool2d(pixels, 2), scale_factor=2, mode="bilinear")
    shift = torch.randint(-5, 6, (2,)).tolist()
    pixels = torch.roll(pixels, shift, (2, 3))
    gain = 1 + 0.1 * torch.randn(len(pixels), 3, 1, 1)
    return pixels * gain + 0.05 * torch.randn(len(pixels), 3, 1, 1) + 0.06 * torch.randn_like(pixels)


def _write_tags(path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(("tag_id", "name", "category", "count"))
        named = [(name, RATING) for name in RATINGS] + [(tag, GENERAL) for tag in world.TAGS]
        rows.writerows((place, name.replace(" ", "_"), category, 0) for place, (name, category) in enumerate(named))
