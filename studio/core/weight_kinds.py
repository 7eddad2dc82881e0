"""Which models does a weight file hold? Told from the names of its tensors alone.

Every family of models has a name that no other has, whatever prefixes the tool that saved it put before it. A merged
checkpoint holds several: a base, its text encoder, its VAE.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

Role = Literal["base", "text encoder", "VAE"]
Shape = tuple[int, ...]
Value = TypeVar("Value")

ANIMA = "an Anima"
ANIMA_PART = "Anima's transformer in diffusers' names, without its text conditioner"
T5_FREE = "a fork of Anima without the T5 text path"
QWEN3 = "a Qwen3 text encoder"
WAN_VAE = "a VAE of Wan 2.1 or Qwen-Image"

# What ComfyUI and others put before the models beside the transformer when they save a whole checkpoint.
BESIDE = ("text_encoders.", "cond_stage_model.", "conditioner.embedders.", "vae.", "first_stage_model.", "model_ema.")

# (role, what it is, a name that tells). The first line that fits decides for its role.
_LINES: tuple[tuple[Role, str, str], ...] = (
    ("base", T5_FREE, "conditioner.c0.W"),
    ("base", T5_FREE, "f128_marker"),
    ("base", ANIMA, "llm_adapter.blocks.0.cross_attn.k_proj.weight"),
    ("base", ANIMA, "llm_adapter.embed.weight"),
    ("base", "a Cosmos Predict2 without Anima's text adapter", "blocks.0.adaln_modulation_self_attn.1.weight"),
    ("base", "a Cosmos Predict2 without Anima's text adapter", "x_embedder.proj.1.weight"),
    ("base", ANIMA_PART, "transformer_blocks.0.norm1.linear_1.weight"),
    ("base", "a Chroma", "distilled_guidance_layer.in_proj.weight"),
    ("base", "a Flux", "double_blocks.0.img_attn.qkv.weight"),
    ("base", "a Flux", "single_transformer_blocks.0.attn.to_q.weight"),
    ("base", "a Stable Diffusion 3", "joint_blocks.0.context_block.attn.qkv.weight"),
    ("base", "a Qwen-Image", "transformer_blocks.0.img_mod.1.weight"),
    ("base", "a Z-Image or Lumina 2", "noise_refiner.0.attention.qkv.weight"),
    ("base", "a Wan video model", "blocks.0.ffn.0.weight"),
    ("base", "a Stable Diffusion XL", "label_emb.0.0.weight"),
    ("base", "a Stable Diffusion XL", "add_embedding.linear_1.weight"),
    ("base", "a Stable Diffusion 1 or 2", "input_blocks.0.0.weight"),
    ("text encoder", T5_FREE, "f128_marker"),
    ("text encoder", "a Gemma text encoder", "layers.0.pre_feedforward_layernorm.weight"),
    ("text encoder", QWEN3, "layers.0.self_attn.q_norm.weight"),
    ("text encoder", QWEN3, "layers.0.self_attn.k_norm.weight"),
    ("text encoder", "a Qwen2 text encoder", "layers.0.self_attn.q_proj.bias"),
    ("text encoder", "a T5 text encoder", "encoder.block.0.layer.0.SelfAttention.q.weight"),
    ("text encoder", "a CLIP text encoder", "text_model.encoder.layers.0.self_attn.q_proj.weight"),
    ("text encoder", "a CLIP text encoder", "transformer.resblocks.0.attn.in_proj_weight"),
    ("VAE", "the VAE of Wan 2.2", "decoder.upsamples.0.upsamples.0.residual.0.gamma"),
    ("VAE", WAN_VAE, "decoder.head.0.gamma"),
    ("VAE", WAN_VAE, "decoder.norm_out.gamma"),
    ("VAE", "a VAE of Stable Diffusion or Flux", "decoder.norm_out.weight"),
    ("VAE", "a VAE of Stable Diffusion or Flux", "decoder.conv_norm_out.weight"),
)
_PATCH_AREA = 4  # an Anima sees latents in patches of 2 x 2
_TELLING = frozenset(mark for _, _, mark in _LINES)
_LORA = re.compile(
    r"[._](lora_(A|B|down|up|mid)|lokr_w[12](_[ab])?|hada_w[12]_[ab]|dora_scale|oft_blocks)\b|\.lora\.(up|down)\."
)
_ANIMA_LORA = re.compile(
    r"(^|\.|unet_|lycoris_)blocks[._]\d+[._]"
    r"((self|cross)_attn[._]([qkv]|output)_proj|mlp[._]layer[12]|adaln_modulation)"
    r"|^(\w+\.)?transformer_blocks\.\d+\.(attn[12]\.to_|ff\.net\.|norm[123]\.linear_)|llm_adapter"
)


@dataclass(frozen=True, slots=True)
class Model:
    """One model of a file: its part in drawing, what it is, and what stands before each of its names."""

    role: Role
    title: str
    prefix: str


def models_in(names: Iterable[str]) -> tuple[Model, ...]:
    """At most one model for each role, the base first."""
    marks = _marks(names)
    found: dict[Role, Model] = {}
    for role, title, mark in _LINES:
        if mark in marks:
            found.setdefault(role, Model(role, title, marks[mark]))
    return tuple(found.values())


def model_of(role: Role, names: Iterable[str]) -> Model | None:
    """The file's model for this role."""
    return next((model for model in models_in(names) if model.role == role), None)


def tensors_of(model: Model | None, tensors: Mapping[str, Value]) -> dict[str, Value]:
    """The model's tensors without its prefix.

    What stands beside it in a merged checkpoint is not among them. Any other name that lacks the prefix is, in
    parentheses: nobody shall overlook it.
    """
    prefix = model.prefix if model else ""
    if prefix.startswith(BESIDE):
        return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
    inside = {name: value for name, value in tensors.items() if not name.startswith(BESIDE)}
    return {_without(prefix, name): value for name, value in inside.items()}


def text_width(model: Model, shapes: Mapping[str, Shape]) -> int | None:
    """Of the text states that a base reads or a text encoder gives; None where no tensor tells."""
    if model.role == "base":
        return _size(model, shapes, "llm_adapter.blocks.0.cross_attn.k_proj.weight", 1)
    return _size(model, shapes, "embed_tokens.weight", 1)


def latent_channels(model: Model, shapes: Mapping[str, Shape]) -> int | None:
    """Of the latents that a base moves or a VAE gives; None where no tensor tells."""
    if model.role == "base":
        inputs = _size(model, shapes, "x_embedder.proj.1.weight", 1)
        return inputs and inputs // _PATCH_AREA - 1  # the last channel is the padding mask
    return _size(model, shapes, "conv2.weight", 0) or _size(model, shapes, "post_quant_conv.weight", 0)


def is_lora(names: Iterable[str]) -> bool:
    """Whether the file changes a model instead of being one."""
    return any(_LORA.search(name) for name in names)


def is_anima_lora(names: Iterable[str]) -> bool:
    """Whether a LoRA's modules are called as an Anima's are, in any of the formats."""
    names = tuple(names)
    return is_lora(names) and any(_ANIMA_LORA.search(name) for name in names)


def _marks(names: Iterable[str]) -> dict[str, str]:
    """Telling name -> the prefix it was found under."""
    found: dict[str, str] = {}
    for name in names:
        rest, dot = name, "."
        while dot:
            if rest in _TELLING:
                found.setdefault(rest, name.removesuffix(rest))
            _, dot, rest = rest.partition(".")
    return found


def _without(prefix: str, name: str) -> str:
    return name.removeprefix(prefix) if name.startswith(prefix) else f"({name})"


def _size(model: Model, shapes: Mapping[str, Shape], name: str, axis: int) -> int | None:
    shape = shapes.get(model.prefix + name, ())
    return shape[axis] if len(shape) > axis else None
