"""What does somebody have to know who uses a LoRA? The same facts for a file's header and for the text beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from studio.core.spec import RenderSpec, spelled

_OWN = "charstudio_"


@dataclass(frozen=True, slots=True)
class Usage:
    """`spec` is an example; `band` are the strengths between which the LoRA was found sound, None if nobody looked."""

    base: str
    run: str
    epoch: int
    triggers: tuple[str, ...]
    characters: tuple[str, ...]
    spec: RenderSpec
    band: tuple[float, float] | None = None

    @property
    def strength(self) -> str:
        """In words, with the reason where there is no better one."""
        if self.band is None:
            return "1 (no other was tried)"
        low, high = self.band
        return f"{low:g}" if low == high else f"{low:g} to {high:g}"


def header_of(usage: Usage) -> dict[str, str]:
    """ModelSpec's entries, which other programs show, and the studio's own; nothing that is empty."""
    written = {
        "modelspec.title": f"{', '.join(usage.characters) or usage.run}, epoch {usage.epoch}",
        "modelspec.trigger_phrase": ", ".join(usage.triggers),
        "modelspec.usage_hint": f"Strength {usage.strength}. Example: {usage.spec.prompt}",
        f"{_OWN}base": usage.base,
        f"{_OWN}base_digest": usage.spec.base,
        f"{_OWN}run": usage.run,
        f"{_OWN}epoch": str(usage.epoch),
        f"{_OWN}strength": usage.strength,
        f"{_OWN}example": usage.spec.prompt,
    }
    return {name: text for name, text in written.items() if text}


def sentences_of(usage: Usage) -> Iterator[str]:
    """A line for each thing, for people."""
    spec = usage.spec
    if usage.triggers:
        yield f"Trigger: {', '.join(usage.triggers)}"
    yield f"Base: {usage.base}"
    yield f"Strength: {usage.strength}"
    yield f"Example: {spec.prompt}"
    if spec.negative and spec.cfg != 1:
        yield f"Negative: {spec.negative}"
    yield (f"Drawn with: {spec.steps} steps, CFG {spec.cfg:g}, {spelled(spec.sampler)}, {spelled(spec.scheduler)}, "
           f"{spec.width} x {spec.height}, seed {spec.seed}")
    yield f"Made from: run {usage.run}, epoch {usage.epoch}"
