"""What a LoRA file holds, in one line for a person."""

from collections import Counter
from collections.abc import Iterable

from studio.engine.lora.factors import Delta, Difference, Dora, Factors
from studio.engine.lora.formats import LoraFile

_KINDS = {"Factors": "LoRA", "LoKr": "LoKr", "Dora": "DoRA", "Difference": "whole difference"}


def described(lora: LoraFile) -> str:
    """`LoRA on 280 modules, 60 of them on the LLM adapter; rank 32, alpha 16`."""
    kinds = Counter(_KINDS[type(delta).__name__] for delta in lora.modules.values())
    said = " and ".join(_on(kind, count) for kind, count in kinds.most_common()) or "no module of the DiT"
    if lora.adapter:
        said += f", {len(lora.adapter)} of them on the LLM adapter"
    if lora.text_encoder:
        said += f", {len(lora.text_encoder)} on the text encoder"
    pairs = [_rank_and_alpha(delta) for delta in lora.modules.values() if not isinstance(delta, Difference)]
    if not pairs:
        return said
    return f"{said}; rank {_each(rank for rank, _ in pairs)}, alpha {_each(alpha for _, alpha in pairs)}"


def _on(kind: str, count: int) -> str:
    return f"{kind} on {count} module{'s' * (count != 1)}"


def _rank_and_alpha(delta: Delta) -> tuple[float | None, float | None]:
    inner = delta.factors if isinstance(delta, Dora) else delta
    whole = not isinstance(inner, Factors) and inner.rank is None
    return inner.rank, None if whole else inner.alpha


def _each(values: Iterable[float | None]) -> str:
    """`32`, or `8 to 32`; a LoKr whose factors are whole has neither rank nor alpha."""
    known = sorted({value for value in values if value is not None})
    if not known:
        return "none"
    return f"{known[0]:g}" if len(known) == 1 else f"{known[0]:g} to {known[-1]:g}"
