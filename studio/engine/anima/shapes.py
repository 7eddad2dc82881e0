"""The dimensions of an Anima, read from its tensors, and the empty models that fit them.

Nothing here knows a size: widths, heads and block counts all come from the shapes in the file, so a two-block toy, the
practice model, the public release and a fork with extra blocks are the same case. What a shape cannot tell (rope
angles, epsilons, the 512-token floor) are constants of the family.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import torch
from diffusers import AnimaTextConditioner, CosmosTransformer3DModel
from diffusers.models.condition_embedders.condition_embedder_anima import AnimaRotaryEmbedding
from transformers import Qwen3Config, Qwen3Model
from transformers.models.qwen3.modeling_qwen3 import Qwen3RotaryEmbedding

from studio.core.prompt import CONTEXT_FLOOR
from studio.engine.latents import CHANNELS

MASK_CHANNELS = 1
PATCH = (1, 2, 2)
ROPE_SCALE = (1.0, 4.0, 4.0)
MAX_SIZE = (128, 240, 240)
QWEN_ROPE_THETA = 1_000_000.0
QWEN_EPS = 1e-6
QWEN_POSITIONS = 32_768


class Shaped(Protocol):
    """Anything with a shape: a tensor, or one line of a safetensors header."""

    @property
    def shape(self) -> tuple[int, ...]: ...


@dataclass(frozen=True, slots=True)
class TransformerConfig:
    """The DiT: 28 blocks of 16 heads x 128 in the public release."""

    heads: int
    head_dim: int
    layers: int
    mlp_dim: int
    text_dim: int
    adaln_dim: int
    latent_channels: int = CHANNELS

    @property
    def width(self) -> int:
        return self.heads * self.head_dim


@dataclass(frozen=True, slots=True)
class AdapterConfig:
    """The LLM adapter between Qwen3 and the DiT: 6 layers of 16 heads x 64 in the public release."""

    source_dim: int
    target_dim: int
    model_dim: int
    layers: int
    heads: int
    mlp_dim: int
    vocab: int


@dataclass(frozen=True, slots=True)
class QwenConfig:
    """The text encoder: Qwen3-0.6B-Base in the public release."""

    hidden: int
    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    mlp_dim: int
    vocab: int


def transformer_config(tensors: Mapping[str, Shaped]) -> TransformerConfig:
    """The DiT's dimensions from tensors in the original names without prefix. KeyError names a missing tensor."""
    width, patch_inputs = tensors["x_embedder.proj.1.weight"].shape
    head_dim = tensors["blocks.0.self_attn.q_norm.weight"].shape[0]
    return TransformerConfig(
        heads=width // head_dim,
        head_dim=head_dim,
        layers=count_blocks(tensors, "blocks."),
        mlp_dim=tensors["blocks.0.mlp.layer1.weight"].shape[0],
        text_dim=tensors["blocks.0.cross_attn.k_proj.weight"].shape[1],
        adaln_dim=tensors["blocks.0.adaln_modulation_self_attn.1.weight"].shape[0],
        latent_channels=patch_inputs // (PATCH[1] * PATCH[2]) - MASK_CHANNELS,
    )


def adapter_config(tensors: Mapping[str, Shaped]) -> AdapterConfig:
    """The adapter's dimensions from tensors without the `llm_adapter.` prefix. KeyError names a missing tensor."""
    vocab, target_dim = tensors["embed.weight"].shape
    model_dim = tensors["blocks.0.norm_cross_attn.weight"].shape[0]
    return AdapterConfig(
        source_dim=tensors["blocks.0.cross_attn.k_proj.weight"].shape[1],
        target_dim=target_dim,
        model_dim=model_dim,
        layers=count_blocks(tensors, "blocks."),
        heads=model_dim // tensors["blocks.0.cross_attn.q_norm.weight"].shape[0],
        mlp_dim=tensors["blocks.0.mlp.0.weight"].shape[0],
        vocab=vocab,
    )


def qwen_config(tensors: Mapping[str, Shaped]) -> QwenConfig:
    """The text encoder's dimensions from tensors without the `model.` prefix. KeyError names a missing tensor."""
    vocab, hidden = tensors["embed_tokens.weight"].shape
    head_dim = tensors["layers.0.self_attn.q_norm.weight"].shape[0]
    return QwenConfig(
        hidden=hidden,
        layers=count_blocks(tensors, "layers."),
        heads=tensors["layers.0.self_attn.q_proj.weight"].shape[0] // head_dim,
        kv_heads=tensors["layers.0.self_attn.k_proj.weight"].shape[0] // head_dim,
        head_dim=head_dim,
        mlp_dim=tensors["layers.0.mlp.gate_proj.weight"].shape[0],
        vocab=vocab,
    )


def count_blocks(keys: Iterable[str], prefix: str) -> int:
    """How many different block numbers occur; a gap then shows up as one block missing and one unexpected."""
    numbered = re.compile(re.escape(prefix) + r"(\d+)\.")
    return len({found[1] for key in keys if (found := numbered.match(key))})


def build_transformer(config: TransformerConfig) -> CosmosTransformer3DModel:
    """A DiT with random weights.

    Diffusers concatenates the padding mask through torchvision, which has no CPU build beside this torch. The mask is
    one constant channel, so it counts as a 17th input channel here and the caller appends it.
    """
    return CosmosTransformer3DModel(
        in_channels=config.latent_channels + MASK_CHANNELS,
        out_channels=config.latent_channels,
        num_attention_heads=config.heads,
        attention_head_dim=config.head_dim,
        num_layers=config.layers,
        mlp_ratio=config.mlp_dim / config.width,
        text_embed_dim=config.text_dim,
        adaln_lora_dim=config.adaln_dim,
        max_size=MAX_SIZE,
        patch_size=PATCH,
        rope_scale=ROPE_SCALE,
        concat_padding_mask=False,
        extra_pos_embed_type=None,
    )


def build_conditioner(config: AdapterConfig) -> AnimaTextConditioner:
    """An adapter with random weights."""
    return AnimaTextConditioner(
        source_dim=config.source_dim,
        target_dim=config.target_dim,
        model_dim=config.model_dim,
        num_layers=config.layers,
        num_attention_heads=config.heads,
        mlp_ratio=config.mlp_dim / config.model_dim,
        target_vocab_size=config.vocab,
        min_sequence_length=CONTEXT_FLOOR,
    )


def build_qwen(config: QwenConfig) -> Qwen3Model:
    """A text encoder with random weights."""
    return Qwen3Model(_transformers_config(config))


def empty_transformer(config: TransformerConfig) -> CosmosTransformer3DModel:
    """A DiT without storage, waiting for `load_state_dict(assign=True)`."""
    with torch.device("meta"):
        return build_transformer(config)


def empty_conditioner(config: AdapterConfig) -> AnimaTextConditioner:
    """An adapter without storage; its rotary angles, which no file holds, are real."""
    with torch.device("meta"):
        conditioner = build_conditioner(config)
    conditioner.rotary_emb = AnimaRotaryEmbedding(config.model_dim // config.heads)
    return conditioner


def empty_qwen(config: QwenConfig) -> Qwen3Model:
    """A text encoder without storage; its rotary angles, which no file holds, are real."""
    with torch.device("meta"):
        qwen = build_qwen(config)
    qwen.rotary_emb = Qwen3RotaryEmbedding(_transformers_config(config))
    return qwen


def _transformers_config(config: QwenConfig) -> Qwen3Config:
    return Qwen3Config(
        vocab_size=config.vocab,
        hidden_size=config.hidden,
        intermediate_size=config.mlp_dim,
        num_hidden_layers=config.layers,
        num_attention_heads=config.heads,
        num_key_value_heads=config.kv_heads,
        head_dim=config.head_dim,
        max_position_embeddings=QWEN_POSITIONS,
        rms_norm_eps=QWEN_EPS,
        rope_parameters={"rope_type": "default", "rope_theta": QWEN_ROPE_THETA},
        attn_implementation="sdpa",
        tie_word_embeddings=False,
        bos_token_id=None,
        eos_token_id=None,
        pad_token_id=None,
    )
