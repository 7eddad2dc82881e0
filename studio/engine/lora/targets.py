"""Which linears of an Anima a LoRA may sit on, and what each is called in every naming in use.

Names are the public release's, without `net.`: `blocks.0.self_attn.q_proj`, `llm_adapter.blocks.0.mlp.0`. The tables
hold one block's module names, so any number of blocks is covered; tests compare them with the modules themselves.
"""

import re

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
# What other trainers' files may hold besides.
_BLOCK_LINEARS = TRAINED + tuple(
    f"adaln_modulation_{place}.{layer}" for place in ("self_attn", "cross_attn", "mlp") for layer in (1, 2)
)
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

_CONDITIONER = "text_conditioner."
_TRANSFORMER = "transformer."


def known(name: str) -> bool:
    """Whether some Anima has a linear of this name."""
    return from_underscores(name.replace(".", "_")) == name


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
    return original_name(name.removeprefix(_TRANSFORMER))


def trained_modules(transformer: nn.Module) -> dict[str, str]:
    """Original name -> diffusers name of every linear a character LoRA trains, in the model's own order."""
    return {name: module for name, module in _modules(transformer).items() if name.endswith(TRAINED)}


def linears(transformer: nn.Module, conditioner: nn.Module | None = None) -> dict[str, nn.Linear]:
    """Original name -> linear; below a live adapter it is the frozen linear underneath."""
    of_transformer = {name: _base(transformer.get_submodule(module)) for name, module in _modules(transformer).items()}
    if conditioner is None:
        return of_transformer
    found = {ADAPTER_PREFIX + name: module for name, module in conditioner.named_modules()}
    return of_transformer | {name: module for name, module in found.items() if isinstance(module, nn.Linear)}


def _modules(transformer: nn.Module) -> dict[str, str]:
    """Original name -> diffusers name of every linear of the DiT."""
    named = ((original_name(name), name) for name, module in transformer.named_modules() if _is_linear(module))
    return {name: module for name, module in named if known(name)}


def _is_linear(module: nn.Module) -> bool:
    return isinstance(_base(module), nn.Linear)


def _base(module: nn.Module) -> nn.Module:
    return getattr(module, "base_layer", module)


def _underscored(leaves: tuple[str, ...]) -> dict[str, str]:
    return {leaf.replace(".", "_"): leaf for leaf in leaves}


_BY_UNDERSCORES = {
    (False, "block"): _underscored(_BLOCK_LINEARS),
    (False, "top"): _underscored(_TOP_LINEARS),
    (True, "block"): _underscored(_ADAPTER_BLOCK_LINEARS),
    (True, "top"): _underscored(_ADAPTER_TOP_LINEARS),
}
