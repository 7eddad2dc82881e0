"""How each format calls a module, and which of them a file is in.

kohya      lora_unet_blocks_0_self_attn_q_proj                 lora_te_layers_0_self_attn_q_proj
comfy      diffusion_model.blocks.0.self_attn.q_proj           text_encoders.qwen3_06b.transformer.model.layers.0. ...
diffusers  transformer.transformer_blocks.0.attn1.to_q         text_encoder.layers.0. ...
peft       base_model.model.blocks.0.self_attn.q_proj          (read only: what peft saves by itself)
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import UserError
from studio.engine.lora import targets
from studio.engine.lora.foreign import refusal

_KOHYA_UNET = ("lora_unet_", "lycoris_")  # LyCORIS used by itself writes the second
_KOHYA_TE = "lora_te_"
_COMFY = "diffusion_model."
_COMFY_TE = "text_encoders.qwen3_06b.transformer.model."
_DIFFUSERS_TE = "text_encoder."
_PEFT = "base_model.model."
_PEFT_WRAPPERS = re.compile(r"^(base_model\.model\.|net\.|diffusion_model\.|transformer\.)+")
_BARE = "transformer_blocks."  # `transformer.save_lora_adapter` writes no component


@dataclass(frozen=True, slots=True)
class Place:
    """A module: by its original name, or by Qwen3's if it is of the text encoder."""

    name: str
    text_encoder: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """`place` reads a module's name, None if no Anima has it; `module` writes one, None where the format has none."""

    name: str
    prefixes: tuple[str, ...]
    place: Callable[[str], Place | None]
    module: Callable[[Place], str | None]
    down: str = "lora_A"
    up: str = "lora_B"


def layout_of(keys: Iterable[str], path: Path) -> Layout:
    """The naming that all keys are in. UserError names a key that is in none, or two that are not in the same."""
    found = {_layout_of_key(key, path): key for key in keys}
    if not found:
        raise UserError(f"{path} holds no tensors", "Export it again.")
    if len(found) > 1:
        mixed = " and ".join(f"{key} ({name})" for name, key in sorted(found.items()))
        raise UserError(f"{path} mixes formats: {mixed}", "Export it again, in one of them.")
    return READABLE[next(iter(found))]


def place_of(module: str, layout: Layout, path: Path) -> Place:
    """UserError if no Anima has such a module."""
    place = layout.place(module)
    if place is None:
        raise refusal(module, path)
    return place


def _layout_of_key(key: str, path: Path) -> str:
    for name, layout in READABLE.items():
        if key.startswith(layout.prefixes):
            return name
    raise refusal(key, path)


def _from_kohya(module: str) -> Place | None:
    if module.startswith(_KOHYA_TE):
        return _qwen(targets.qwen_from_underscores(module.removeprefix(_KOHYA_TE)))
    prefix = next(prefix for prefix in _KOHYA_UNET if module.startswith(prefix))
    return _original(targets.from_underscores(module.removeprefix(prefix)))


def _to_kohya(place: Place) -> str:
    return (_KOHYA_TE if place.text_encoder else _KOHYA_UNET[0]) + place.name.replace(".", "_")


def _from_comfy(module: str) -> Place | None:
    if module.startswith(_COMFY_TE):
        return _qwen(module.removeprefix(_COMFY_TE))
    return _original(module.removeprefix(_COMFY))


def _to_comfy(place: Place) -> str:
    return (_COMFY_TE if place.text_encoder else _COMFY) + place.name


def _from_diffusers(module: str) -> Place | None:
    if module.startswith(_DIFFUSERS_TE):
        return _qwen(module.removeprefix(_DIFFUSERS_TE))
    return _original_of_diffusers(module)


def _to_diffusers(place: Place) -> str | None:
    """diffusers loads nothing onto Anima's text encoder."""
    return None if place.text_encoder else targets.to_diffusers_module(place.name)


def _from_peft(module: str) -> Place | None:
    """peft wraps any model, and each trainer has its own: the names below the wrapper are original or diffusers'."""
    bare = _PEFT_WRAPPERS.sub("", module)
    return _original(bare) or _original_of_diffusers(bare)


def _original_of_diffusers(module: str) -> Place | None:
    """Names that only resemble diffusers' have an original too, but another way back."""
    found = _original(targets.from_diffusers_module(module))
    whole = f"transformer.{module}" if module.startswith(_BARE) else module
    return found if found and targets.to_diffusers_module(found.name) == whole else None


def _original(name: str | None) -> Place | None:
    return Place(name) if name and targets.known(name) else None


def _qwen(name: str | None) -> Place | None:
    return Place(name, text_encoder=True) if name and targets.known_to_qwen(name) else None


LAYOUTS: Mapping[str, Layout] = {
    "kohya": Layout("kohya", (*_KOHYA_UNET, _KOHYA_TE), _from_kohya, _to_kohya, "lora_down", "lora_up"),
    "comfy": Layout("comfy", (_COMFY, "text_encoders."), _from_comfy, _to_comfy),
    "diffusers": Layout("diffusers", ("transformer.", "text_conditioner.", _DIFFUSERS_TE, _BARE), _from_diffusers,
                        _to_diffusers),
}
READABLE: Mapping[str, Layout] = {**LAYOUTS, "peft": Layout("peft", (_PEFT,), _from_peft, lambda place: None)}
