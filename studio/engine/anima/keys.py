"""The names of an Anima's tensors: original to diffusers and back, pure renames both ways.

The DiT's way in is diffusers' own converter; the way out is the table below, tested against it. The adapter and the
text encoder only gain or lose a prefix. The VAE's names live beside the VAE.
"""

from collections.abc import Mapping
from typing import TypeVar

from diffusers.loaders.single_file_utils import convert_cosmos_transformer_checkpoint_to_diffusers

from studio.core.weight_kinds import model_of, tensors_of

Value = TypeVar("Value")

PREFIX = "net."
ADAPTER_PREFIX = "llm_adapter."
QWEN_PREFIX = "model."

_CONSTANTS = ("rotary_emb.inv_freq",)  # buffers some tools save and every model computes for itself
_UNUSED_BY_QWEN = ("lm_head.weight",)  # the tied output layer of the language model, never run here

_TO_ORIGINAL = (
    ("transformer_blocks.", "blocks."),
    ("time_embed.t_embedder.", "t_embedder.1."),
    ("time_embed.norm.", "t_embedding_norm."),
    ("patch_embed.proj", "x_embedder.proj.1"),
    ("norm_out.linear_", "final_layer.adaln_modulation."),
    ("proj_out", "final_layer.linear"),
    ("norm1.linear_", "adaln_modulation_self_attn."),
    ("norm2.linear_", "adaln_modulation_cross_attn."),
    ("norm3.linear_", "adaln_modulation_mlp."),
    ("attn1.", "self_attn."),
    ("attn2.", "cross_attn."),
    ("to_out.0", "output_proj"),
    ("to_q", "q_proj"),
    ("to_k", "k_proj"),
    ("to_v", "v_proj"),
    ("norm_q", "q_norm"),
    ("norm_k", "k_norm"),
    ("ff.net.0.proj", "mlp.layer1"),
    ("ff.net.2", "mlp.layer2"),
)


def original_name(name: str) -> str:
    """`transformer_blocks.0.attn1.to_q` -> `blocks.0.self_attn.q_proj`, for modules and tensors alike."""
    for diffusers_part, original_part in _TO_ORIGINAL:
        name = name.replace(diffusers_part, original_part)
    return name


def diffusers_name(name: str) -> str:
    """The inverse of `original_name`, through diffusers' own converter."""
    return next(iter(to_diffusers({name: None})))


def to_diffusers(tensors: Mapping[str, Value]) -> dict[str, Value]:
    """DiT tensors (no prefix, no adapter) in diffusers' names; saved position tables and counters are dropped."""
    return convert_cosmos_transformer_checkpoint_to_diffusers(dict(tensors))


def original_keys(transformer: Mapping[str, Value], conditioner: Mapping[str, Value]) -> dict[str, Value]:
    """Both state dicts under the public release's names: `net.` and `net.llm_adapter.`."""
    dit = {PREFIX + original_name(key): value for key, value in transformer.items()}
    adapter = {PREFIX + ADAPTER_PREFIX + key: value for key, value in conditioner.items()}
    return dit | adapter


def split_original(tensors: Mapping[str, Value]) -> tuple[dict[str, Value], dict[str, Value]]:
    """(DiT, adapter) of one file, both without prefix, whichever tool wrote it and whatever lies beside them in it."""
    bare = _without_constants(tensors_of(model_of("base", tensors), tensors))
    adapter = {key.removeprefix(ADAPTER_PREFIX): value for key, value in bare.items() if key.startswith(ADAPTER_PREFIX)}
    dit = {key: value for key, value in bare.items() if not key.startswith(ADAPTER_PREFIX)}
    return dit, adapter


def bare_qwen(tensors: Mapping[str, Value]) -> dict[str, Value]:
    """Text encoder tensors under `Qwen3Model`'s names."""
    used = {key: value for key, value in tensors.items() if not key.endswith(_UNUSED_BY_QWEN)}
    return _without_constants(tensors_of(model_of("text encoder", used), used))


def bare_vae(tensors: Mapping[str, Value]) -> dict[str, Value]:
    """VAE tensors in the names of the file, Wan's or diffusers', without prefix."""
    return tensors_of(model_of("VAE", tensors), tensors)


def _without_constants(tensors: Mapping[str, Value]) -> dict[str, Value]:
    return {key: value for key, value in tensors.items() if not key.endswith(_CONSTANTS)}
