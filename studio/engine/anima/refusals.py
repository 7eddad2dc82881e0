"""Why a weight file that can be read is not the one that is wanted: one sentence for each reason, from its header."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import UserError
from studio.core.weight_kinds import ANIMA, QWEN3, T5_FREE, WAN_VAE, Role, is_lora, model_of, models_in
from studio.store.weight_header import Entry, quantised


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What plays a role in an Anima: its title, how sentences call it and what a LoRA would change, and the remedy."""

    title: str
    called: str
    changed: str
    remedy: str


_WANTED: dict[Role, _Wanted] = {
    "base": _Wanted(ANIMA, ANIMA, "model", "Name an Anima's file with --base, such as anima-base-v1.0.safetensors."),
    "text encoder": _Wanted(QWEN3, "Qwen3-0.6B", "text encoder",
                            "Name Anima's text encoder, qwen_3_06b_base.safetensors, with --text-encoder."),
    "VAE": _Wanted(WAN_VAE, WAN_VAE, "VAE", "Name Anima's VAE, qwen_image_vae.safetensors, with --vae."),
}
_FORMATS = {"I8": "int8", "U8": "packed as nvfp4 or alike", "F4": "fp4", "F8_E4M3": "fp8", "F8_E5M2": "fp8"}


def require(role: Role, path: Path, names: Mapping[str, object]) -> None:
    """Raises UserError unless the file holds what plays this role in an Anima."""
    wanted, found = _WANTED[role], model_of(role, names)
    if found is None:
        raise _none(role, path, names)
    if found.title == T5_FREE:
        raise UserError(f"{path} belongs to {T5_FREE}, which understands words in another way",
                        "Use Anima-Base, or a finetune of it that kept its llm_adapter.")
    if found.title != wanted.title:
        raise UserError(f"{path} holds {found.title}, not {wanted.called}", wanted.remedy)


def require_floats(path: Path, entries: Iterable[Entry]) -> None:
    """Raises UserError where weights are kept in fewer bits than training and exact drawing need."""
    packed = quantised(entries)
    if packed:
        first = packed[0]
        kind = _FORMATS.get(first.dtype, first.dtype)
        which = f"{first.name} and {len(packed) - 1} more tensors hold" if len(packed) > 1 else f"{first.name} holds"
        raise UserError(f"{path} is quantised ({kind}): {which} {first.dtype}",
                        "Use the bf16, fp16 or fp32 release: what was rounded away cannot be brought back.")


def _none(role: Role, path: Path, names: Mapping[str, object]) -> UserError:
    wanted = _WANTED[role]
    if is_lora(names):
        remedy = "Name the base it was made for with --base." if role == "base" else wanted.remedy
        return UserError(f"{path} is a LoRA: it changes a {wanted.changed} and is none", remedy)
    others = " and ".join(model.title for model in models_in(names))
    return UserError(f"{path} holds {others or 'no model that is known here'}, not {wanted.called}", wanted.remedy)
