"""Stage 2: trains text encoder, adapter and DiT together on the shaped base set, the VAE frozen."""

import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageFilter
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from studio.engine.anima.keys import bare_qwen, split_original, to_diffusers
from studio.engine.anima.save import save_original, save_qwen
from studio.engine.anima.shapes import (
    CONTEXT_FLOOR,
    AdapterConfig,
    QwenConfig,
    TransformerConfig,
    build_conditioner,
    build_qwen,
    build_transformer,
)
from studio.engine.anima.transformer import install_fast_attention, velocity
from studio.engine.anima.vae import FoldedVae, pixels_of
from studio.engine.gpu import choose_device
from studio.miniature import world
from studio.miniature.world_captions import QUALITY
from studio.miniature.build.stage import Ema, Stage, kept, warm_cosine
from studio.miniature.build.vae import load_vae

QWEN = QwenConfig(hidden=128, layers=4, heads=4, kv_heads=2, head_dim=32, mlp_dim=384, vocab=1024)
ADAPTER = AdapterConfig(source_dim=128, target_dim=128, model_dim=128, layers=2, heads=4, mlp_dim=512, vocab=1024)
DIT = TransformerConfig(heads=3, head_dim=64, layers=6, mlp_dim=768, text_dim=128, adaln_dim=64)

DIT_FILE = Path("diffusion_models/anima-practice.safetensors")
QWEN_FILE = Path("text_encoders/qwen3-practice.safetensors")

STEPS = 6_000
BATCH = 64
PICTURES = 32_000
LEARNING_RATE = 1e-3
SIZES = ((128, 128), (112, 144), (144, 112), (128, 160))
SIZE_SHARES = (0.45, 0.25, 0.15, 0.15)
EMPTY_SHARE = 0.1  # captions replaced by "", for guidance
POOR_SHARE = 0.08  # pictures spoilt on purpose and captioned so, or negatives would mean nothing
POOR_QUALITY = "worst quality, low quality, score_1, score_2, safe"
FACE_WEIGHT = 5.0  # a face is a few latents of 256; a weight on a place leaves the best prediction as it is
TIME_MEAN, TIME_STD = 1.3, 1.3  # of the logit of t: what a name decides, hair before all, is decided in much noise
T5_END = 1
CUT_SHARE = 0.3  # captions cut as `(tag:1.3)` cuts a prompt, or a weight would change the words' tokens for good
TOKENS = 88  # longer than nearly every caption of the world


Segments = tuple[str, ...]  # parts of a caption that are tokenised apart, as weights cut a prompt


@dataclass(frozen=True, slots=True)
class Item:
    scene: world.Scene
    poor: bool


@dataclass(frozen=True, slots=True)
class Pool:
    """Pictures of one size: latents (n, 16, 1, h/8, w/8) fp16, face shares (n, 1, 1, h/8, w/8) uint8, and scenes."""

    latents: Tensor
    faces: Tensor
    items: list[Item]


class Text(nn.Module):
    """The text path with gradients: captions to a padded, exactly trimmed context."""

    def __init__(self, tokenizers: Path) -> None:
        super().__init__()
        self.qwen, self.conditioner = build_qwen(QWEN), build_conditioner(ADAPTER)
        self.qwen_tokenizer = Tokenizer.from_file(str(tokenizers / "qwen2" / "tokenizer.json"))
        self.t5_tokenizer = Tokenizer.from_file(str(tokenizers / "t5" / "tokenizer.json"))
        self.qwen_pad = self.qwen_tokenizer.token_to_id("<|endoftext|>")

    def forward(self, captions: list[Segments]) -> tuple[Tensor, Tensor]:
        """Context (batch, tokens + 1, 128) and attention bias (batch, 1, 1, tokens + 1)."""
        device = self.qwen.device
        source, source_mask = _padded([ids or [self.qwen_pad] for ids in _ids(self.qwen_tokenizer, captions)], device)
        target, target_mask = _padded([[*ids, T5_END] for ids in _ids(self.t5_tokenizer, captions)], device)
        states = self.qwen(input_ids=source, attention_mask=source_mask, use_cache=False).last_hidden_state
        states = states * source_mask.unsqueeze(-1)
        context = self.conditioner(states, target, target_mask, source_mask)[:, : target.shape[1] + 1]
        return context, _bias(target_mask)


class Model(nn.Module):
    """All that is trained in this stage, as one module."""

    def __init__(self, tokenizers: Path) -> None:
        super().__init__()
        self.text, self.dit = Text(tokenizers), build_transformer(DIT)
        install_fast_attention(self.dit)
        for block in self.dit.transformer_blocks:
            block.compile(dynamic=False)


def train(folder: Path, steps: int = STEPS, *, fresh: bool = False) -> None:
    """Trains the base and writes its two files below `folder`; more than an hour on two cores.

    Goes on from a half-trained state, else from the weights in `folder`, unless it is to start `fresh`.
    """
    torch.manual_seed(2)
    device = choose_device()
    model = Model(folder / "tokenizers").to(device)
    known = not fresh and (folder / DIT_FILE).exists()
    if known:
        take_up(model, folder)
    optimizer = torch.optim.AdamW(_groups(model), lr=LEARNING_RATE, betas=(0.9, 0.98), fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, warm_cosine(steps, 300, 0.03))
    ema = Ema(model, 0.999)
    parts = {"model": model, "optimizer": optimizer, "schedule": schedule, "ema": ema}
    stage = Stage("dit", steps, parts, fresh=fresh, continues=known)
    pools = latent_pools(folder / "vae" / "qwen-image-practice.safetensors")
    average = 1.0

    def step(index: int) -> dict[str, float]:
        nonlocal average
        loss = _loss(model, device, *_batch(pools, random.Random(f"dit {index}")))
        optimizer.zero_grad()
        loss.backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        ema.update(model, index)
        average += 0.02 * (loss.item() - average)
        return {"loss": average, "grad": norm.item()}

    stage.run(step)
    stage.record(folder, BATCH)
    write(model, ema, folder)


def write(model: Model, ema: Ema, folder: Path) -> None:
    """Saves the averaged weights in the public release's names."""
    ema.copy_to(model)
    save_original(model.dit, model.text.conditioner, folder / DIT_FILE)
    save_qwen(model.text.qwen, folder / QWEN_FILE)


def take_up(model: Model, folder: Path) -> None:
    """Gives `model` the weights that an earlier build wrote below `folder`."""
    dit, adapter = split_original(load_file(folder / DIT_FILE))
    model.dit.load_state_dict(to_diffusers(dit))
    model.text.conditioner.load_state_dict(adapter)
    model.text.qwen.load_state_dict(bare_qwen(load_file(folder / QWEN_FILE)))


def latent_pools(vae_file: Path, count: int = PICTURES) -> list[Pool]:
    """One pool a size; what takes long to make is kept in the cache."""
    vae = load_vae(vae_file)
    return [_pool(vae, place, int(count * share)) for place, share in enumerate(SIZE_SHARES)]


def _pool(vae: FoldedVae, place: int, count: int) -> Pool:
    items = [_item(random.Random(f"base {place} {index}")) for index in range(count)]
    size = SIZES[place]
    latents = kept(f"latents-{place}-{count}", lambda: _encoded_all(vae, items, size))
    faces = kept(f"faces-{place}-{count}", lambda: torch.stack([_face(item.scene, size) for item in items]))
    return Pool(latents, faces, items)


def _face(scene: world.Scene, size: tuple[int, int]) -> Tensor:
    """The share of face in each latent, (1, 1, h/8, w/8) uint8."""
    mask = world.face_mask(scene, size[0] // 8, size[1] // 8)
    return torch.from_numpy(np.asarray(mask).copy())[None, None]


def _encoded_all(vae: FoldedVae, items: list[Item], size: tuple[int, int]) -> Tensor:
    return torch.cat([_encoded(vae, items[at : at + 32], size) for at in range(0, len(items), 32)])


def _item(rng: random.Random) -> Item:
    return Item(world.sample_base(rng), rng.random() < POOR_SHARE)


@torch.no_grad()
def _encoded(vae: FoldedVae, items: list[Item], size: tuple[int, int]) -> Tensor:
    pixels = torch.stack([pixels_of(_picture(item, size)) for item in items])
    return vae.encode(pixels.to(vae.mean.device)).half().cpu()


def _picture(item: Item, size: tuple[int, int]) -> Image.Image:
    image = world.draw(item.scene, *size)
    if not item.poor:
        return image
    small = image.resize((size[0] // 4, size[1] // 4), Image.Resampling.BILINEAR)
    return small.resize(size, Image.Resampling.BILINEAR).filter(ImageFilter.GaussianBlur(1.5))


def _batch(pools: list[Pool], rng: random.Random) -> tuple[Tensor, Tensor, list[Segments]]:
    """Latents, a weight for each of their places, and captions."""
    pool = rng.choices(pools, SIZE_SHARES)[0]
    picked = [rng.randrange(len(pool.items)) for _ in range(BATCH)]
    weights = 1 + (FACE_WEIGHT - 1) / 255 * pool.faces[picked].float()
    return pool.latents[picked].float(), weights, [_cut(_caption(pool.items[index], rng), rng) for index in picked]


def _caption(item: Item, rng: random.Random) -> str:
    if rng.random() < EMPTY_SHARE:
        return ""
    text = world.base_caption(item.scene, rng)
    return text.replace(QUALITY, POOR_QUALITY) if item.poor else text


def _cut(caption: str, rng: random.Random) -> Segments:
    """Now and then a caption in three parts, before, at and after one of its tags; else whole."""
    tags = caption.split(", ")
    if len(tags) < 3 or rng.random() >= CUT_SHARE:
        return (caption,)
    place = rng.randrange(1, len(tags) - 1)
    return ", ".join(tags[:place]) + ", ", tags[place], ", " + ", ".join(tags[place + 1 :])


def _ids(tokenizer: Tokenizer, captions: list[Segments]) -> list[list[int]]:
    """The ids of each caption, its segments encoded apart and joined, no special tokens."""
    return [[token for part in tokenizer.encode_batch(list(segments), add_special_tokens=False) for token in part.ids]
            for segments in captions]


def _loss(model: Model, device: torch.device, latents: Tensor, weights: Tensor, captions: list[Segments]) -> Tensor:
    """Rectified flow: x_t = (1 - t) x_0 + t noise, target noise - x_0, squared error weighted by place."""
    noise = torch.randn_like(latents).to(device)
    t = torch.sigmoid(TIME_STD * torch.randn(len(latents)) + TIME_MEAN).to(device)
    latents, weights = latents.to(device), weights.to(device)
    at = t.view(-1, 1, 1, 1, 1)
    # flash attention is slow backwards on the CPU
    with torch.autocast(device.type, torch.bfloat16), sdpa_kernel(SDPBackend.MATH):
        context, bias = model.text(captions)
        predicted = velocity(model.dit, (1 - at) * latents + at * noise, t, context, bias)
    error = (predicted.float() - (noise - latents)).square()
    return (weights * error).mean() / weights.mean()


def _padded(ids: list[list[int]], device: torch.device) -> tuple[Tensor, Tensor]:
    """Ids padded on the right with 0 and their mask, both (batch, tokens); one width, or every step compiles anew."""
    width = max(TOKENS, *(len(row) for row in ids))
    padded = torch.tensor([row + [0] * (width - len(row)) for row in ids], device=device)
    lengths = torch.tensor([len(row) for row in ids], device=device)
    return padded, (torch.arange(width, device=device) < lengths.unsqueeze(1)).long()


def _bias(mask: Tensor) -> Tensor:
    """-inf on the batch's padding and ln(pads) on the one zero token that stands for all pads up to 512."""
    pads = torch.log(CONTEXT_FLOOR - mask.sum(1, keepdim=True).float())
    tokens = torch.zeros_like(mask, dtype=torch.float32).masked_fill(mask == 0, -torch.inf)
    return torch.cat([tokens, pads], dim=1)[:, None, None]


def _groups(model: Model) -> list[dict[str, object]]:
    """Weight decay for matrices only."""
    flat = [value for value in model.parameters() if value.ndim < 2]
    matrices = [value for value in model.parameters() if value.ndim >= 2]
    return [{"params": matrices, "weight_decay": 0.01}, {"params": flat, "weight_decay": 0.0}]
