"""A complete base model of random weights, small enough to load in a blink, in the public release's true layout."""

import json
import math
from pathlib import Path

import torch
from diffusers import AutoencoderKLQwenImage
from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import Unigram
from torch import nn

from studio.engine.anima.files import BaseFiles
from studio.engine.anima.save import save_original, save_qwen, save_vae
from studio.engine.anima.shapes import (
    AdapterConfig,
    QwenConfig,
    TransformerConfig,
    build_conditioner,
    build_qwen,
    build_transformer,
)

TRANSFORMER = TransformerConfig(heads=2, head_dim=32, layers=2, mlp_dim=256, text_dim=48, adaln_dim=16)
ADAPTER = AdapterConfig(source_dim=32, target_dim=48, model_dim=48, layers=2, heads=3, mlp_dim=96, vocab=512)
QWEN = QwenConfig(hidden=32, layers=2, heads=4, kv_heads=2, head_dim=16, mlp_dim=64, vocab=512)
VAE_WIDTH = 8

WORDS = ("1girl", "hair", "blue", "red", "eyes", "standing", "masterpiece", "quality", "best", "mira", "score", "from")


def write_tiny_base(folder: Path, seed: int = 0) -> BaseFiles:
    """Writes all files of a base model below `folder`; the same seed writes the same bytes."""
    files = BaseFiles(
        transformer=folder / "diffusion_models" / "anima-tiny.safetensors",
        text_encoder=folder / "text_encoders" / "qwen3-tiny.safetensors",
        vae=folder / "vae" / "vae-tiny.safetensors",
        qwen_tokenizer=folder / "tokenizers" / "qwen2",
        t5_tokenizer=folder / "tokenizers" / "t5",
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        transformer, conditioner = random_transformer(TRANSFORMER), lively(build_conditioner(ADAPTER))
        save_original(transformer, conditioner, files.transformer)
        save_qwen(lively(build_qwen(QWEN)), files.text_encoder)
        save_vae(AutoencoderKLQwenImage(base_dim=VAE_WIDTH), files.vae)
    write_qwen_tokenizer(files.qwen_tokenizer)
    write_t5_tokenizer(files.t5_tokenizer)
    return files


def random_transformer(config: TransformerConfig) -> nn.Module:
    """A DiT in which every block moves the output by more than a tenth, and words are heard over 500 zero rows."""
    transformer = lively(build_transformer(config))
    with torch.no_grad():
        for block in transformer.transformer_blocks:
            for sharpened in (block.attn2.norm_q, block.attn2.norm_k):
                sharpened.weight.mul_(2)
    return transformer


def lively(model: nn.Module) -> nn.Module:
    """Weights of variance 1/inputs, so that signals keep their size; norms near one; small biases."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.ndim > 1:
                is_table = name.endswith(("embed.weight", "embed_tokens.weight"))
                parameter.normal_(0, 1 if is_table else 1 / math.sqrt(parameter.shape[1]))
            elif name.endswith("bias"):
                parameter.normal_(0, 0.1)
            else:
                parameter.normal_(1, 0.1)
    return model


def write_qwen_tokenizer(folder: Path) -> None:
    """Byte-level BPE as Qwen2 ships it: vocab.json, merges.txt, tokenizer_config.json."""
    tokens = sorted(pre_tokenizers.ByteLevel.alphabet())
    merges = []
    for word in (spelled for plain in WORDS for spelled in (plain, "Ġ" + plain)):
        for length in range(2, len(word) + 1):
            if word[:length] not in tokens:
                merges.append(f"{word[: length - 1]} {word[length - 1]}")
                tokens.append(word[:length])
    end = "<|endoftext|>"
    added = {len(tokens): {"content": end, "special": True, "normalized": False}}
    config = {"pad_token": end, "eos_token": end, "added_tokens_decoder": added}
    vocab = {token: place for place, token in enumerate(tokens)}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps(vocab), encoding="utf-8")
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *merges]) + "\n", encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")


def write_t5_tokenizer(folder: Path) -> None:
    """Unigram with byte fall-back in T5's form: pad 0, end 1, unknown 2, a `▁` before words."""
    specials = ["<pad>", "</s>", "<unk>"]
    letters = [chr(code) for code in range(33, 127)]
    scored = [(token, 0.0) for token in specials] + [(f"<0x{byte:02X}>", -20.0) for byte in range(256)]
    scored += [(token, -5.0) for token in ("▁", *letters)] + [("▁" + word, -3.0) for word in WORDS]
    backend = Tokenizer(Unigram(scored, unk_id=2, byte_fallback=True))
    backend.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Strip(left=False, right=True), normalizers.Replace(Regex(" {2,}"), "▁")]
    )
    backend.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
    backend.decoder = decoders.Metaspace(prepend_scheme="first")
    backend.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    backend.add_special_tokens(specials)
    config = {"pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>", "tokenizer_class": "T5Tokenizer"}
    folder.mkdir(parents=True, exist_ok=True)
    backend.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
