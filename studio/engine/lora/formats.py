"""LoRA files: kohya's, ComfyUI's and diffusers' naming, read into one form and written from it, exactly.

kohya      lora_unet_blocks_0_self_attn_q_proj.lora_down.weight  .lora_up.weight  .alpha
comfy      diffusion_model.blocks.0.self_attn.q_proj.lora_A.weight  .lora_B.weight  (.alpha)
diffusers  transformer.transformer_blocks.0.attn1.to_q.lora_A.weight  .lora_B.weight

Without an `.alpha`, comfy files mean alpha = rank. ComfyUI reads one when it is there; diffusers 0.42.1 refuses the
whole file. So `.alpha` is written exactly where alpha differs from rank: never lost, and the usual alpha = rank LoRA
opens in both. Diffusers files carry alpha in the header, under `lora_adapter_metadata`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor

from studio.core.errors import UserError, unknown
from studio.engine.anima.keys import ADAPTER_PREFIX
from studio.engine.lora import targets
from studio.engine.lora.factors import Factors
from studio.engine.lora.peft_header import PEFT_HEADER, default_alpha, header_text, read_header
from studio.engine.tensor_files import first_not_finite, read_tensors, write_tensors

Format = Literal["kohya", "comfy", "diffusers"]

_PARTS = {
    ".lora_down.weight": "down",
    ".lora_A.weight": "down",
    ".lora_up.weight": "up",
    ".lora_B.weight": "up",
    ".alpha": "alpha",
}
_OTHER_KINDS = {
    "lokr_": "a LoKr",
    "hada_": "a LoHa",
    "dora_scale": "a DoRA",
    "lora_mid": "a LoCon",
    ".diff": "a full difference",
}
_RETRY = "Export it as a plain LoRA in kohya's, ComfyUI's or diffusers' format."


@dataclass(frozen=True, slots=True)
class LoraFile:
    """A LoRA under the public release's module names; `llm_adapter.` modules are among them.

    `text_encoder` names the modules on Qwen3 that the file also held; the studio applies none and writes none.
    """

    modules: Mapping[str, Factors]
    name: str = "untitled"
    format: Format = "comfy"
    metadata: Mapping[str, str] = field(default_factory=dict)
    text_encoder: tuple[str, ...] = ()

    @property
    def adapter(self) -> tuple[str, ...]:
        """The modules that sit on the LLM adapter."""
        return tuple(name for name in self.modules if name.startswith(ADAPTER_PREFIX))

    @property
    def omission(self) -> str:
        """A sentence on what the file holds and the studio has no use for; empty where that is nothing."""
        if not self.text_encoder:
            return ""
        first, *others = self.text_encoder
        more = f" and {len(others)} more" if others else ""
        return f"{self.name} also changes the text encoder ({first}{more}); that part is left out."


@dataclass(frozen=True, slots=True)
class _Layout:
    """One naming: which prefixes announce it, how a module is called in it, and what its two factors are called."""

    prefixes: tuple[str, ...]
    text_encoder: tuple[str, ...]
    to_original: Callable[[str], str | None]
    from_original: Callable[[str], str]
    down: str = "lora_A"
    up: str = "lora_B"


LAYOUTS: Mapping[str, _Layout] = {
    "kohya": _Layout(
        prefixes=("lora_unet_", "lora_te"),
        text_encoder=("lora_te",),
        to_original=lambda module: targets.from_underscores(module.removeprefix("lora_unet_")),
        from_original=lambda name: "lora_unet_" + name.replace(".", "_"),
        down="lora_down",
        up="lora_up",
    ),
    "comfy": _Layout(
        prefixes=("diffusion_model.", "text_encoders."),
        text_encoder=("text_encoders.",),
        to_original=lambda module: module.removeprefix("diffusion_model."),
        from_original=lambda name: "diffusion_model." + name,
    ),
    "diffusers": _Layout(
        prefixes=("transformer.", "text_conditioner.", "text_encoder."),
        text_encoder=("text_encoder.",),
        to_original=targets.from_diffusers_module,
        from_original=targets.to_diffusers_module,
    ),
}


def read_lora(path: Path) -> LoraFile:
    """Reads any of the three namings. UserError names the key that is foreign, broken, mis-shaped or not a number."""
    tensors, header = read_tensors(path)
    form = _format_of(tensors, path)
    if broken := first_not_finite(tensors):
        raise UserError(f"{path} holds numbers that are not finite, in {broken}", "Use another epoch of it.")
    parts, text_encoder = _by_module(tensors, LAYOUTS[form], path)
    peft = read_header(header, path) if form == "diffusers" else {}
    modules = {name: _factors(name, found, peft, path) for name, found in parts.items()}
    metadata = {key: value for key, value in header.items() if key not in ("format", PEFT_HEADER)}
    return LoraFile(modules, path.name, form, metadata, text_encoder)


def write_lora(lora: LoraFile, path: Path, format: Format, metadata: Mapping[str, str] | None = None) -> None:
    """Writes `lora` whole or not at all; the same LoRA gives the same bytes. `metadata` is added to its own."""
    if format not in LAYOUTS:
        raise unknown("LoRA format", format, LAYOUTS)
    layout = LAYOUTS[format]
    tensors: dict[str, Tensor] = {}
    for name, factors in lora.modules.items():
        module = layout.from_original(name)
        tensors[f"{module}.{layout.down}.weight"] = factors.down
        tensors[f"{module}.{layout.up}.weight"] = factors.up
        if _needs_alpha(factors, format):
            tensors[f"{module}.alpha"] = torch.tensor(factors.alpha, dtype=torch.float32)
    peft = {PEFT_HEADER: header_text(lora.modules)} if format == "diffusers" else {}
    write_tensors(path, tensors, {**lora.metadata, **(metadata or {}), **peft})


def _needs_alpha(factors: Factors, format: Format) -> bool:
    return format == "kohya" or (format == "comfy" and factors.alpha != factors.rank)


def _format_of(tensors: Mapping[str, Tensor], path: Path) -> Format:
    found = {_format_of_key(key, path): key for key in tensors}
    if not found:
        raise UserError(f"{path} holds no tensors", _RETRY)
    if len(found) > 1:
        mixed = " and ".join(f"{key} ({form})" for form, key in sorted(found.items()))
        raise UserError(f"{path} mixes formats: {mixed}", _RETRY)
    return next(iter(found))


def _format_of_key(key: str, path: Path) -> Format:
    for form, layout in LAYOUTS.items():
        if key.startswith(layout.prefixes):
            return form
    raise UserError(f"{path} is not a LoRA for Anima in a known format: it holds {key}", _RETRY)


def _by_module(
    tensors: Mapping[str, Tensor], layout: _Layout, path: Path
) -> tuple[dict[str, dict[str, Tensor]], tuple[str, ...]]:
    """Original name -> its parts, and the modules on the text encoder."""
    modules: dict[str, dict[str, Tensor]] = {}
    text_encoder: set[str] = set()
    for key, tensor in tensors.items():
        module, part = _split(key, path)
        if module.startswith(layout.text_encoder):
            text_encoder.add(module)
        else:
            modules.setdefault(_original(module, layout, path), {})[part] = tensor
    return modules, tuple(sorted(text_encoder))


def _split(key: str, path: Path) -> tuple[str, str]:
    for suffix, part in _PARTS.items():
        if key.endswith(suffix):
            return key.removesuffix(suffix), part
    kind = next((kind for mark, kind in _OTHER_KINDS.items() if mark in key), "something else than a plain LoRA")
    raise UserError(f"{path} is {kind}: it holds {key}", _RETRY)


def _original(module: str, layout: _Layout, path: Path) -> str:
    name = layout.to_original(module)
    if name is None or not targets.known(name):
        raise UserError(f"{path} changes {module}, which no Anima has", "Check that it was trained on Anima.")
    return name


def _factors(name: str, parts: Mapping[str, Tensor], header: Mapping[str, object], path: Path) -> Factors:
    for part in ("down", "up"):
        if part not in parts:
            raise UserError(f"{path} has no {part} factor for {name}", _RETRY)
    down, up = parts["down"], parts["up"]
    if down.ndim != 2 or up.ndim != 2 or down.shape[0] != up.shape[1]:
        shapes = f"down {tuple(down.shape)}, up {tuple(up.shape)}"
        raise UserError(f"{path} has factors that do not fit each other at {name}: {shapes}", _RETRY)
    alpha = parts.get("alpha", torch.tensor(default_alpha(name, down.shape[0], header), dtype=torch.float64))
    if alpha.numel() != 1:
        raise UserError(f"{path} has an alpha that is not one number at {name}", _RETRY)
    return Factors(down, up, float(alpha.item()))
