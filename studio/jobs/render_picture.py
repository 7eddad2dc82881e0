"""Renders one picture to one file; no project needed."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.errors import UserError
from studio.core.events import Ending, Finished, Note, Progress, Started, Stopped
from studio.core.spec import RenderSpec
from studio.jobs.bases import BaseChoice
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.jobs.speed_lora import with_turbo
from studio.store.comfy_graph import ModelNames
from studio.store.digests import sha256_of
from studio.store.picture_text import write_png

if TYPE_CHECKING:
    from studio.engine.anima.files import BaseFiles
    from studio.engine.lora.formats import LoraFile

NEGATIVE_INACTIVE = "At CFG 1 the negative prompt is inactive; it costs nothing and changes nothing."


@dataclass(frozen=True, slots=True)
class RenderPicture:
    """One picture. `loras` are (file, strength); `spec` gets their digests and the base's when it runs."""

    spec: RenderSpec
    base: BaseChoice
    loras: tuple[tuple[Path, float], ...]
    out: Path
    kind = "render"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        from studio.engine.anima.files import base_digest
        from studio.engine.anima.pipeline import Picture, rendered
        from studio.engine.lora.merge import merged

        facts = gpu.facts()
        emit(Started(self.out.name, self.kind, self.spec.steps, facts))
        self._check(emit)
        files = self.base.files()
        chosen = with_turbo(self.loras, files)
        loras = read_loras(chosen)
        for lora, _ in loras:
            if lora.omission:
                emit(Note(lora.omission))
        with gpu.resident(files, emit=emit) as anima, merged(anima.transformer, loras, anima.text.conditioner):
            images = dict(rendered(anima, [Picture.of(self.spec)], stop=stop.is_set,
                                   on_step=lambda done, total: emit(Progress(done, total, what="step"))))
        if not images:
            return Stopped()
        names = [path.name for path, _ in chosen]
        write_png(self.out, images[0], self._complete(chosen, base_digest(files)), base_name=self.base.title,
                  lora_names=names, facts=facts, models=model_names(files))
        return Finished({"path": str(self.out)})

    def _check(self, emit: Emit) -> None:
        if self.out.suffix.lower() != ".png":
            raise UserError(f"{self.out} is not a PNG file", "Let --out end in .png.")
        if self.spec.cfg == 1 and self.spec.negative:
            emit(Note(NEGATIVE_INACTIVE))
        self.out.parent.mkdir(parents=True, exist_ok=True)

    def _complete(self, chosen: Sequence[tuple[Path, float]], base: str) -> RenderSpec:
        loras = tuple((sha256_of(path), strength) for path, strength in chosen)
        return dataclasses.replace(self.spec, loras=loras, base=base)


def model_names(files: BaseFiles) -> ModelNames:
    """What the base's files are called, as a ComfyUI that has them lists them."""
    return ModelNames(files.transformer.name, files.text_encoder.name, files.vae.name)


def read_loras(loras: Sequence[tuple[Path, float]]) -> list[tuple[LoraFile, float]]:
    """The files with their strengths. Raises UserError naming one that is missing or no LoRA."""
    from studio.engine.lora.formats import read_lora

    require_loras(loras)
    return [(read_lora(path), strength) for path, strength in loras]


def require_loras(loras: Iterable[tuple[Path, float]]) -> None:
    """Raises UserError naming the first file that is missing."""
    for path, _ in loras:
        if not path.is_file():
            raise UserError(f"There is no LoRA {path}", "Check the path.")
