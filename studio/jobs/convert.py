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
    """From any known format to `format`; numbers and metadata stay, only names change."""

    source: Path
    target: Path
    format: str
    kind = "convert"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        from studio.engine.lora.formats import write_lora

        emit(Started(self.source.name, self.kind, 1))
        self._check()
        [(lora, _)] = read_loras([(self.source, 1.0)])
        if not lora.modules:
            raise UserError(f"{self.source} changes nothing but the text encoder", "There is nothing to convert.")
        for note in _notes(lora):
            emit(Note(note))
        self.target.parent.mkdir(parents=True, exist_ok=True)
        write_lora(lora, self.target, self.format)
        facts = {"format": self.format, "from": lora.format, "modules": len(lora.modules)}
        parts = {"adapter": len(lora.adapter), "left_out": lora.text_encoder}
        return Finished({"path": str(self.target), **facts, **parts})

    def _check(self) -> None:
        if self.target.suffix != ".safetensors":
            raise UserError(f"{self.target} is not a safetensors file", "Let OUT end in .safetensors.")
        if self.target.exists() and self.source.exists() and self.target.samefile(self.source):
            raise UserError(f"{self.target} would be written over itself", "Choose another OUT.")


def _notes(lora: LoraFile) -> Iterator[str]:
    if lora.adapter:
        yield f"Modules on the LLM adapter, carried over: {len(lora.adapter)} of {len(lora.modules)}."
    if lora.omission:
        yield lora.omission
