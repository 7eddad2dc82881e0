"""Writes a LoRA in another program's format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.errors import UserError
from studio.core.events import Ending, Finished, Note, Started
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.jobs.render_picture import read_loras

if TYPE_CHECKING:
    from studio.engine.lora.formats import LoraFile


@dataclass(frozen=True, slots=True)
class Convert:
    """From any known format to `format`; numbers and metadata stay, only names change.

    With `fold_alpha` alpha goes into the factors; with `as_lora` every LoKr becomes a plain LoRA of that rank.
    """

    source: Path
    target: Path
    format: str
    fold_alpha: bool = False
    as_lora: int = 0
    kind = "convert"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        from studio.engine.lora.describe import described
        from studio.engine.lora.formats import unwritten, without, write_lora

        emit(Started(self.source.name, self.kind, 1))
        self._check()
        [(lora, _)] = read_loras([(self.source, 1.0)])
        emit(Note(f"{self.source.name}, {lora.format}: {described(lora)}."))
        left_out = unwritten(lora, self.format)
        written = without(self._changed(lora, emit), left_out)
        if not written.modules and not written.text_encoder:
            raise UserError(f"{self.source} changes nothing but the text encoder, which no {self.format} LoRA does",
                            "Choose another format.")
        for note in _notes(lora, left_out, self.format):
            emit(Note(note))
        self.target.parent.mkdir(parents=True, exist_ok=True)
        write_lora(written, self.target, self.format)
        emit(Note(f"{self.target.name}, {self.format}: {described(written)}."))
        return Finished({"path": str(self.target), **_facts(lora, self.format, left_out)})

    def _changed(self, lora: LoraFile, emit: Emit) -> LoraFile:
        from studio.engine.lora.plain import as_plain

        if self.as_lora:
            lora, lost = as_plain(lora, self.as_lora)
            emit(Note(f"As a plain LoRA of rank {self.as_lora}, {lost:.2%} of a module's change are lost at most."))
        return lora.folded if self.fold_alpha else lora

    def _check(self) -> None:
        if self.target.suffix != ".safetensors":
            raise UserError(f"{self.target} is not a safetensors file", "Let OUT end in .safetensors.")
        if self.target.exists() and self.source.exists() and self.target.samefile(self.source):
            raise UserError(f"{self.target} would be written over itself", "Choose another OUT.")
        if not 0 <= self.as_lora <= 1024:
            raise UserError(f"A rank of {self.as_lora} makes no LoRA", "Choose one from 1 to 1024.")


def _notes(lora: LoraFile, left_out: tuple[str, ...], form: str) -> Iterator[str]:
    """Nothing beyond the DiT is carried or dropped in silence."""
    if lora.adapter:
        yield f"Modules on the LLM adapter, carried over: {len(lora.adapter)} of {len(lora.modules)}."
    if left_out:
        yield f"Modules on the text encoder, left out, as no {form} LoRA holds any: {', '.join(left_out)}."
    elif lora.text_encoder:
        yield f"Modules on the text encoder, carried over, though this studio applies none: {len(lora.text_encoder)}."
    if lora.idle_alpha:
        yield lora.idle_alpha


def _facts(lora: LoraFile, form: str, left_out: tuple[str, ...]) -> dict[str, object]:
    parts = {"modules": len(lora.modules), "adapter": len(lora.adapter), "text_encoder": len(lora.text_encoder)}
    return {"format": form, "from": lora.format, **parts, "left_out": left_out}
