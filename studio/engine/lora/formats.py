"""LoRA files: every naming in use is read into one form, and three are written from it, exactly.

Without an `.alpha`, comfy files mean alpha = rank. ComfyUI reads one when it is there; diffusers 0.42.1 refuses the
whole file. So a plain LoRA's `.alpha` is written exactly where alpha differs from rank: never lost, and the usual
alpha = rank LoRA opens in both. Diffusers files carry alpha in the header, under `lora_adapter_metadata`.
"""

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor

from studio.core.errors import UserError, shown, unknown
from studio.engine.anima.keys import ADAPTER_PREFIX
from studio.engine.lora.factors import Delta, Dora, Factors, LoKr
from studio.engine.lora.layouts import LAYOUTS, Layout, Place, layout_of, place_of
from studio.engine.lora.metadata import MODEL_HASH, model_hash
from studio.engine.lora.parts import Module, delta_of, require_stored, split, tensors_of
from studio.engine.lora.peft_header import PEFT_HEADER, default_alpha, header_text, read_config
from studio.engine.tensor_files import first_not_finite, read_tensors, tensor_bytes, write_tensors

Format = Literal["kohya", "comfy", "diffusers"]

_OF_THE_FILE = ("format", PEFT_HEADER, MODEL_HASH)  # header entries that are made anew with each file


@dataclass(frozen=True, slots=True)
class LoraFile:
    """A LoRA under the public release's module names; `llm_adapter.` modules are among them.

    `text_encoder` holds what it does to Qwen3, under Qwen3's own names: conversions carry it, the studio applies none.
    """

    modules: Mapping[str, Delta]
    name: str = "untitled"
    format: str = "comfy"
    metadata: Mapping[str, str] = field(default_factory=dict)
    text_encoder: Mapping[str, Delta] = field(default_factory=dict)

    @property
    def adapter(self) -> tuple[str, ...]:
        """The modules that sit on the LLM adapter."""
        return tuple(name for name in self.modules if name.startswith(ADAPTER_PREFIX))

    @property
    def omission(self) -> str:
        """What the file says that a picture does not follow, in whole sentences; empty where that is nothing."""
        return " ".join(sentence for sentence in (_text_encoder_left_out(self), self.idle_alpha) if sentence)

    @property
    def idle_alpha(self) -> str:
        """A sentence on an alpha that its trainer may have used and nobody else does; empty where there is none."""
        dim = shown(self.metadata.get("ss_network_dim", "unknown"))
        alphas = sorted({delta.alpha for delta in self.modules.values() if _has_idle_alpha(delta, dim)})
        if not alphas:
            return ""
        said = ", ".join(f"{alpha:g}" for alpha in alphas)
        return (f"{self.name} is a LoKr with whole factors, so alpha ({said}; dim {dim}) is not applied, as in "
                "ComfyUI; if its trainer did apply it, use alpha / dim as its strength.")

    @property
    def folded(self) -> "LoraFile":
        """The same LoRA with alpha in its factors, in float32."""
        modules, text_encoder = ({name: delta.folded() for name, delta in found.items()}
                                 for found in (self.modules, self.text_encoder))
        return dataclasses.replace(self, modules=modules, text_encoder=text_encoder)


def read_lora(path: Path) -> LoraFile:
    """Reads any of the namings. UserError names the key that is foreign, broken, mis-shaped or not a number."""
    tensors, header = read_tensors(path)
    layout = layout_of(tensors, path)
    found = list(_modules(tensors, layout, path))
    if broken := first_not_finite(tensors):
        raise UserError(f"{path} holds numbers that are not finite, in {broken}", "Use another epoch of it.")
    config = read_config(header, path) if layout.name in ("diffusers", "peft") else {}
    deltas = {place: delta_of(module, _default_alpha(key, module, config, path)) for key, place, module in found}
    of_model, of_text = ({place.name: delta for place, delta in deltas.items() if place.text_encoder == wanted}
                         for wanted in (False, True))
    metadata = {key: value for key, value in header.items() if key not in _OF_THE_FILE}
    return LoraFile(of_model, path.name, layout.name, metadata, of_text)


def write_lora(lora: LoraFile, path: Path, format: Format, metadata: Mapping[str, str] | None = None) -> None:
    """Writes `lora` whole or not at all; the same LoRA gives the same bytes. `metadata` is added to its own.

    UserError for a module that the format has no form for. What `unwritten` lists is left out.
    """
    tensors = dict(_tensors(lora, _layout(format)))
    own = {MODEL_HASH: model_hash(tensor_bytes(tensors, {}))}
    if format == "diffusers":
        own[PEFT_HEADER] = header_text(_plain_modules(lora))
    write_tensors(path, tensors, {**lora.metadata, **(metadata or {}), **own})


def unwritten(lora: LoraFile, format: Format) -> tuple[str, ...]:
    """The modules of the text encoder that a file of this format cannot hold."""
    module = _layout(format).module
    return tuple(name for name in lora.text_encoder if module(Place(name, text_encoder=True)) is None)


def without(lora: LoraFile, text_encoder: Collection[str]) -> LoraFile:
    """`lora` but for these modules of the text encoder."""
    kept = {name: delta for name, delta in lora.text_encoder.items() if name not in text_encoder}
    return dataclasses.replace(lora, text_encoder=kept)


def _layout(format: str) -> Layout:
    if format not in LAYOUTS:
        raise unknown("LoRA format", format, LAYOUTS)
    return LAYOUTS[format]


def _modules(tensors: Mapping[str, Tensor], layout: Layout, path: Path) -> Iterator[tuple[str, Place, Module]]:
    """(name in the file, place, parts) of every module."""
    found: dict[str, dict[str, Tensor]] = {}
    for key, tensor in tensors.items():
        module, part = split(key, path)
        require_stored(key, part, tensor, path)
        if part in found.setdefault(module, {}):
            raise UserError(f"{path} holds the {part} of {module} twice", "Export it again.")
        found[module][part] = tensor
    taken: dict[Place, str] = {}
    for module, parts in found.items():
        place = place_of(module, layout, path)
        if taken.setdefault(place, module) != module:
            raise UserError(f"{path} holds {place.name} twice, as {taken[place]} and as {module}", "Export it again.")
        yield module, place, Module(path, place.name, parts)


def _default_alpha(key: str, module: Module, config: Mapping[str, object], path: Path) -> float | None:
    """None where the rank stands for it."""
    down = module.parts.get("down")
    return default_alpha(key, down.shape[0], config, path) if config and down is not None and down.ndim else None


def _tensors(lora: LoraFile, layout: Layout) -> Iterator[tuple[str, Tensor]]:
    places = {Place(name): delta for name, delta in lora.modules.items()}
    places |= {Place(name, text_encoder=True): delta for name, delta in lora.text_encoder.items()}
    for place, delta in places.items():
        if module := layout.module(place):
            parts = tensors_of(delta, layout.down, layout.up)
            yield from ((module + ending, tensor) for ending, tensor in parts.items())
            if (alpha := _written_alpha(delta, layout)) is not None:
                yield f"{module}.alpha", torch.tensor(alpha, dtype=torch.float32)


def _written_alpha(delta: Delta, layout: Layout) -> float | None:
    match delta:
        case Factors():
            needed = layout.name == "kohya" or (layout.name == "comfy" and delta.alpha != delta.rank)
            return delta.alpha if needed else None
        case LoKr():
            return delta.alpha
        case Dora():
            return _written_alpha(delta.factors, layout)
    return None


def _plain_modules(lora: LoraFile) -> dict[str, Factors]:
    for name, delta in lora.modules.items():
        if not isinstance(delta, Factors):
            what = f"{lora.name} is a {type(delta).__name__} at {name}, which diffusers' format cannot hold"
            raise UserError(what, "Write it in kohya's or ComfyUI's format; a LoKr also as a plain LoRA.")
    return dict(lora.modules)


def _text_encoder_left_out(lora: LoraFile) -> str:
    if not lora.text_encoder:
        return ""
    first, *others = lora.text_encoder
    more = f" and {len(others)} more" if others else ""
    return f"{lora.name} also changes the text encoder ({first}{more}); that part is left out."


def _has_idle_alpha(delta: Delta, dim: str) -> bool:
    whole = isinstance(delta, LoKr) and delta.rank is None and delta.alpha is not None
    return whole and f"{delta.alpha:g}" != dim
