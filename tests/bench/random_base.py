"""An Anima of random weights made where they are used: the release's true shapes, and no file of gigabytes."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from diffusers import AutoencoderKLQwenImage
from torch import nn

from resources import folder
from studio.engine.anima.checkpoint import Anima
from studio.engine.anima.files import BaseFiles
from studio.engine.anima.shapes import (
    AdapterConfig,
    QwenConfig,
    TransformerConfig,
    empty_conditioner,
    empty_qwen,
    empty_transformer,
)
from studio.engine.anima.text import TextPath
from studio.engine.anima.transformer import install_fast_attention
from studio.engine.anima.vae import FoldedVae
from studio.store.tokenizers import Tokenizer
from tests import tiny

VOCAB = 1024  # of the practice model's tokenizers, which are small and always there


@dataclass(frozen=True, slots=True)
class Shapes:
    """The dimensions of all four models."""

    transformer: TransformerConfig
    adapter: AdapterConfig
    qwen: QwenConfig
    vae_width: int


RELEASE = Shapes(
    TransformerConfig(heads=16, head_dim=128, layers=28, mlp_dim=8192, text_dim=1024, adaln_dim=256),
    AdapterConfig(source_dim=1024, target_dim=1024, model_dim=1024, layers=6, heads=16, mlp_dim=4096, vocab=32_128),
    QwenConfig(hidden=1024, layers=28, heads=16, kv_heads=8, head_dim=128, mlp_dim=3072, vocab=151_936),
    vae_width=96,
)
TINY = Shapes(tiny.TRANSFORMER, replace(tiny.ADAPTER, vocab=VOCAB), replace(tiny.QWEN, vocab=VOCAB), tiny.VAE_WIDTH)


def random_anima(shapes: Shapes, scratch: Path, device: torch.device, dtype: torch.dtype) -> Anima:
    """Ready to train and to draw. Its files are stand-ins of a few bytes: caches want something to take digests of."""
    files = _stand_ins(scratch)
    torch.manual_seed(0)
    with torch.device("meta"):
        vae = AutoencoderKLQwenImage(base_dim=shapes.vae_width)
    text = TextPath(
        _filled(empty_qwen(shapes.qwen), device, dtype),
        _filled(empty_conditioner(shapes.adapter), device, dtype),
        Tokenizer.from_folder(files.qwen_tokenizer),
        Tokenizer.from_folder(files.t5_tokenizer),
    )
    transformer = _filled(empty_transformer(shapes.transformer), device, dtype)
    install_fast_attention(transformer)
    folded = FoldedVae(_filled(vae, device, dtype)).to(device).requires_grad_(False)
    return Anima(text, transformer, folded, device, dtype, files)


def _filled(model: nn.Module, device: torch.device, dtype: torch.dtype) -> nn.Module:
    """The empty model with weights drawn on the device, frozen; what no file holds keeps its own precision."""
    for name, empty in list(model.named_parameters()):
        place, _, leaf = name.rpartition(".")
        values = torch.empty(empty.shape, device=device, dtype=dtype)
        setattr(model.get_submodule(place), leaf, nn.Parameter(values, requires_grad=False))
    return tiny.lively(model).to(device).eval()


def _stand_ins(scratch: Path) -> BaseFiles:
    weights = [scratch / f"{name}.safetensors" for name in ("transformer", "text-encoder", "vae")]
    for path in weights:
        path.write_text(f"stands for a random {path.stem}", encoding="utf-8")
    tokenizers = [scratch / name for name in ("qwen2", "t5")]
    for path in tokenizers:
        shutil.copytree(folder("miniature", "tokenizers", path.name), path, dirs_exist_ok=True)
    return BaseFiles(*weights, *tokenizers)
