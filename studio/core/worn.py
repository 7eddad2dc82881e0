"""How is a LoRA with its strength written?"""

import math

from studio.core.errors import UserError


def lora_of(text: str) -> tuple[str, float]:
    """`mira.safetensors:0.8` as (path, 0.8); without a strength it is 1. A path may hold colons itself."""
    path, colon, written = text.rpartition(":")
    try:
        strength = float(written)
    except ValueError:
        return text, 1.0
    if not math.isfinite(strength):
        raise UserError(f"A LoRA cannot be worn at strength {written}", "Give a number, for example 0.8.")
    return (path, strength) if colon else (text, 1.0)
