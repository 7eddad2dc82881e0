"""Which modules of an Anima a LoRA may change, and what each is called in every naming in use.

Names are the public release's, without `net.`: `blocks.0.self_attn.q_proj`, `llm_adapter.blocks.0.mlp.0`. The text
encoder's are Qwen3's own: `layers.0.mlp.up_proj`. The tables hold one block's module names, so any number of blocks is
covered; tests compare them with the modules themselves.
"""

import re
from functools import cache

from torch import nn

from studio.engine.anima.keys import ADAPTER_PREFIX, diffusers_name, original_name

# What a character LoRA trains: 10 per block, 280 in the public release's 28 blocks.
TRAINED = (
    "self_attn.q_proj",
    "self_attn.k_proj",
    "self_attn.v_proj",
    "self_attn.output_proj",
    "cross_attn.q_proj",
    "cross_attn.k_proj",
    "cross_attn.v_proj",
    "cross_attn.output_proj",
    "mlp.layer1",
    "mlp.layer2",
)
# What it may train besides: the linears that steer each block by the noise level.
ADALN = tuple(f"adaln_modulation_{place}.{layer}" for place in ("self_attn", "cross_attn", "mlp") for layer in (1, 2))
_BLOCK_LINEARS = TRAINED + ADALN
# What other trainers' files may hold besides.
_TOP_LINEARS = (
    "x_embedder.proj.1",
    "t_embedder.1.linear_1",
    "t_embedder.1.linear_2",
    "final_layer.adaln_modulation.1",
    "final_layer.adaln_modulation.2",
    "final_layer.linear",
)
_ADAPTER_BLOCK_LINEARS = (
    *(f"{attention}.{part}_proj" for attention in ("self_attn", "cross_attn") for part in "qkvo"),
    "mlp.0",
    "mlp.2",
)
_ADAPTER_TOP_LINEARS = ("in_proj", "out_proj")
# Norms have a weight to change, but no factors: files hold their differences.
_BLOCK_NORMS = tuple(f"{attention}.{part}_norm" for attention in ("self_attn", "cross_attn") for part in "qk")
_TOP_NORMS = ("t_embedding_norm",)
_ADAPTER_BLOCK_NORMS = (*_BLOCK_NORMS, "norm_self_attn", "norm_cross_attn", "norm_mlp")
_ADAPTER_TOP_NORMS = ("norm",)
_QWEN_LINEARS = (
    *(f"self_attn.{part}_proj" for part in "qkvo"),
    *(f"mlp.{part}_proj" for part in ("gate", "up", "down")),
)
_QWEN_NORMS = ("self_attn.q_norm", "self_attn.k_norm", "input_layernorm", "post_attention_layernorm")

_CONDITIONER = "text_conditioner."
_TRANSFORMER = "transformer."


def known(name: str) -> bool:
    """Whether some Anima has a module of this name with a weight that a LoRA may change."""
    return from_underscores(name.replace(".", "_")) == name


def known_to_qwen(name: str) -> bool:
    """Whether the text encoder has such a module."""
    return qwen_from_underscores(name.replace(".", "_")) == name


def qwen_from_underscores(name: str) -> str | None:
    """`layers_0_self_attn_q_proj` -> `layers.0.self_attn.q_proj`; None for what Qwen3 has not."""
    found = re.fullmatch(r"layers_(\d+)_(.+)", name)
    leaf = found and _QWEN_BY_UNDERSCORES.get(found[2])
    return leaf and f"layers.{found[1]}.{leaf}"


@cache
def from_underscores(name: str) -> str | None:
    """`blocks_0_self_attn_q_proj` -> `blocks.0.self_attn.q_proj`; None for what no Anima has.

    Underscores stand for dots and for themselves, so the way back is a look-up, never a guess.
    """
    adapter = name.startswith("llm_adapter_")
    prefix = ADAPTER_PREFIX if adapter else ""
    name = name.removeprefix("llm_adapter_")
    if found := re.fullmatch(r"blocks_(\d+)_(.+)", name):
        leaf = _BY_UNDERSCORES[adapter, "block"].get(found[2])
        return leaf and f"{prefix}blocks.{found[1]}.{leaf}"
    leaf = _BY_UNDERSCORES[adapter, "top"].get(name)
    return leaf and prefix + leaf


def to_diffusers_module(name: str) -> str:
    """`blocks.0.self_attn.q_proj` -> `transformer.transformer_blocks.0.attn1.to_q`."""
    if name.startswith(ADAPTER_PREFIX):
        return _CONDITIONER + name.removeprefix(ADAPTER_PREFIX)
    return _TRANSFORMER + diffusers_name(name)


def from_diffusers_module(name: str) -> str:
    """The inverse of `to_diffusers_module`."""
    if name.startswith(_CONDITIONER):
        return ADAPTER_PREFIX + name.removeprefix(_CONDITIONER)
    return _original(name.removeprefix(_TRANSFORMER))


def trained_leaves(adaln: bool = False) -> tuple[str, ...]:
    """How the names of what a character LoRA trains end."""
    return TRAINED + ADALN if adaln else TRAINED


def trained_modules(transformer: nn.Module, adaln: bool = False) -> dict[str, str]:
    """Original name -> diffusers name of every linear a character LoRA trains, in the model's own order."""
    leaves = trained_leaves(adaln)
    return {name: module for name, module in _modules(transformer).items() if name.endswith(leaves)}


def adapted_modules(transformer: nn.Module) -> dict[str, str]:
    """Original name -> diffusers name of every linear that carries a live adapter, in the model's own order."""
    named = _modules(transformer).items()
    return {name: module for name, module in named if hasattr(transformer.get_submodule(module), "base_layer")}


def linears(transformer: nn.Module, conditioner: nn.Module | None = None) -> dict[str, nn.Linear]:
    """Original name -> linear; below a live adapter it is the frozen linear underneath."""
    places = weighted(transformer, conditioner).items()
    return {name: module for name, module in places if isinstance(module, nn.Linear)}


def weighted(transformer: nn.Module, conditioner: nn.Module | None = None) -> dict[str, nn.Module]:
    """Original name -> every linear and norm whose weight a LoRA may change."""
    named = [(_original(name), module) for name, module in transformer.named_modules()]
    if conditioner is not None:
        named += [(ADAPTER_PREFIX + name, module) for name, module in conditioner.named_modules()]
    found = ((name, _base(module)) for name, module in named if known(name))
    return {name: module for name, module in found if hasattr(module, "weight")}


def _modules(transformer: nn.Module) -> dict[str, str]:
    """Original name -> diffusers name of every linear of the DiT."""
    named = ((_original(name), name) for name, module in transformer.named_modules() if _is_linear(module))
    return {name: module for name, module in named if known(name)}


@cache
def _original(module: str) -> str:
    """A module's original name; some can be told by a tensor's only."""
    return original_name(f"{module}.weight").removesuffix(".weight")


def _is_linear(module: nn.Module) -> bool:
    return isinstance(_base(module), nn.Linear)


def _base(module: nn.Module) -> nn.Module:
    return getattr(module, "base_layer", module)


def _underscored(leaves: tuple[str, ...]) -> dict[str, str]:
    return {leaf.replace(".", "_"): leaf for leaf in leaves}


_BY_UNDERSCORES = {
    (False, "block"): _underscored(_BLOCK_LINEARS + _BLOCK_NORMS),
    (False, "top"): _underscored(_TOP_LINEARS + _TOP_NORMS),
    (True, "block"): _underscored(_ADAPTER_BLOCK_LINEARS + _ADAPTER_BLOCK_NORMS),
    (True, "top"): _underscored(_ADAPTER_TOP_LINEARS + _ADAPTER_TOP_NORMS),
}
_QWEN_BY_UNDERSCORES = _underscored(_QWEN_LINEARS + _QWEN_NORMS)
