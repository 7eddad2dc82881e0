"""The tensors of one module: what their names end with, and the delta that they make up."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from studio.core.errors import UserError
from studio.engine.lora.factors import Delta, Difference, Dora, Factors, LoKr
from studio.engine.lora.foreign import model_of, refusal

_SUFFIXES = {
    ".lora_down.weight": "down",
    ".lora_A.weight": "down",
    ".lora_A.default.weight": "down",
    ".lora_up.weight": "up",
    ".lora_B.weight": "up",
    ".lora_B.default.weight": "up",
    ".alpha": "alpha",
    ".dora_scale": "magnitude",
    **{f".lokr_{part}": part for part in ("w1", "w1_a", "w1_b", "w2", "w2_a", "w2_b")},
    ".diff": "diff",
    ".w_norm": "diff",  # what LyCORIS calls it
}
_REFUSED = {
    "hada_": "a LoHa",
    "lokr_t2": "a LoKr on a convolution",
    "lora_mid": "a LoCon on a convolution",
    "lora_magnitude_vector": "a DoRA as peft saves it, which cannot be read without the base model",
    ".diff_b": "a LoRA that changes biases",
    ".b_norm": "a LoRA that changes biases",
    "oft_": "an OFT",
    "glora": "a GLoRA",
}
_STORED = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
_ALPHAS = (*_STORED, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8)
_RETRY = "Export it as a plain LoRA, or as a LoKr, in kohya's or ComfyUI's format."
_BROKEN = "Export it again."


@dataclass(frozen=True, slots=True)
class Module:
    """One module of a file as it was found: part -> tensor. Its errors name the file and the module."""

    file: Path
    name: str
    parts: Mapping[str, Tensor]

    def wrong(self, what: str) -> UserError:
        return UserError(f"{self.file} has {what} at {self.name}", _BROKEN)

    def matrix(self, part: str) -> Tensor:
        """A part that must be there and be a matrix of numbers that a LoRA is stored in."""
        if part not in self.parts:
            raise UserError(f"{self.file} has no {part} factor for {self.name}", _BROKEN)
        found = self.parts[part]
        if found.ndim != 2 or 0 in found.shape:
            raise self.wrong(f"a factor {part} of shape {tuple(found.shape)}, which is no matrix,")
        return found


def split(key: str, file: Path) -> tuple[str, str]:
    """(module, part). UserError names what kind of file it is if the part is none that is read here."""
    for suffix, part in _SUFFIXES.items():
        if key.endswith(suffix):
            return key.removesuffix(suffix), part
    if model_of(key):
        raise refusal(key, file)
    kind = next((kind for mark, kind in _REFUSED.items() if mark in key), "something else than a plain LoRA")
    raise UserError(f"{file} is {kind}: it holds {key}", _RETRY)


def require_stored(key: str, part: str, tensor: Tensor, file: Path) -> None:
    """UserError for numbers in a format that a LoRA does not come in: 8-bit floats, integers but for alpha."""
    if tensor.dtype not in (_ALPHAS if part == "alpha" else _STORED):
        kind = str(tensor.dtype).removeprefix("torch.")
        raise UserError(f"{file} stores {key} as {kind}", "Export it in bf16, fp16 or fp32.")


def delta_of(found: Module, default_alpha: float | None = None) -> Delta:
    """UserError names a part that is missing, too many or does not fit the others. No alpha is alpha = rank."""
    if "diff" in found.parts:
        _require_alone(found, "diff", ("diff", "alpha"))
        return Difference(found.parts["diff"])
    delta = _lokr(found) if any(part.startswith("w") for part in found.parts) else _factors(found, default_alpha)
    if "magnitude" not in found.parts:
        return delta
    magnitude = found.matrix("magnitude")
    if tuple(magnitude.shape) not in ((delta.shape[0], 1), (1, delta.shape[1])):
        raise found.wrong(f"a DoRA scale of shape {tuple(magnitude.shape)} on a weight of {delta.shape}")
    return Dora(delta, magnitude)


def tensors_of(delta: Delta, down: str, up: str) -> dict[str, Tensor]:
    """What a module's name is followed by -> tensor, alpha apart."""
    match delta:
        case Factors():
            return {f".{down}.weight": delta.down, f".{up}.weight": delta.up}
        case LoKr():
            return _side("w1", delta.left) | _side("w2", delta.right)
        case Dora():
            return tensors_of(delta.factors, down, up) | {".dora_scale": delta.magnitude}
        case Difference():
            return {".diff": delta.values}


def _side(name: str, parts: tuple[Tensor, ...]) -> dict[str, Tensor]:
    names = (f".lokr_{name}",) if len(parts) == 1 else (f".lokr_{name}_a", f".lokr_{name}_b")
    return dict(zip(names, parts, strict=True))


def _factors(found: Module, default_alpha: float | None) -> Factors:
    down, up = found.matrix("down"), found.matrix("up")
    if down.shape[0] != up.shape[1]:
        shapes = f"down {tuple(down.shape)}, up {tuple(up.shape)}"
        raise found.wrong(f"factors that do not fit each other ({shapes})")
    alpha = _alpha(found)
    if alpha is None:
        alpha = float(down.shape[0]) if default_alpha is None else default_alpha
    return Factors(down, up, alpha)


def _lokr(found: Module) -> LoKr:
    _require_alone(found, "LoKr", ("w1", "w1_a", "w1_b", "w2", "w2_a", "w2_b", "alpha", "magnitude"))
    return LoKr(_found_side(found, "w1"), _found_side(found, "w2"), _alpha(found))


def _found_side(found: Module, side: str) -> tuple[Tensor, ...]:
    pair = (f"{side}_a", f"{side}_b")
    if not any(part in found.parts for part in pair):
        return (found.matrix(side),)
    if side in found.parts:
        raise found.wrong(f"both {side} and {side}_a")
    first, second = (found.matrix(part) for part in pair)
    if first.shape[1] != second.shape[0]:
        raise found.wrong(f"{side} factors that do not fit each other ({tuple(first.shape)}, {tuple(second.shape)})")
    return first, second


def _alpha(found: Module) -> float | None:
    alpha = found.parts.get("alpha")
    if alpha is None:
        return None
    if alpha.numel() != 1:
        raise found.wrong("an alpha that is not one number")
    return float(alpha.item())


def _require_alone(found: Module, kind: str, expected: tuple[str, ...]) -> None:
    if other := next((part for part in found.parts if part not in expected), None):
        raise found.wrong(f"a {other} factor beside a {kind}")
