"""Tries a base model through everything it will be used for, in a small way, and writes down what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from studio.core.errors import UserError
from studio.core.events import Ending, Finished, Started, Stopped
from studio.core.recipe import NEGATIVE, QUALITY
from studio.core.spec import RenderSpec
from studio.jobs.bases import BaseChoice
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.jobs.rehearsal_page import NAME, facts_of, markdown
from studio.store.atomic import write_atomic

TRAIN_STEPS = 20
SIDE, PRACTICE_SIDE = 1024, 128  # px; the practice model learnt nothing larger
PROMPT = f"{QUALITY}, 1girl, smile, upper body, front view, white background"


@dataclass(frozen=True, slots=True)
class Rehearse:
    """Loads, draws, trains, exports and draws again; `out` gets the page, its pictures and the LoRA.

    `match` is a PNG with a ComfyUI graph that is drawn again from it, its LoRAs looked up in `lora_folder` or beside
    the base. `spec` is the picture that everything else is shown by; its size is also that of the training.
    """

    base: BaseChoice
    out: Path
    spec: RenderSpec
    match: Path | None = None
    lora_folder: Path | None = None
    train_steps: int = TRAIN_STEPS
    kind = "rehearse"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        from studio.jobs.rehearsal import PARTS, Rehearsal

        emit(Started(self.base.title, self.kind, len(PARTS), gpu.facts()))
        self._check()
        with Rehearsal(self, gpu, emit, stop) as rehearsal:
            sections = tuple(rehearsal.sections())
        path = self.out / NAME
        write_atomic(path, markdown(self.base.title, sections))
        facts = {"path": str(path), **facts_of(sections)}
        return Stopped(facts) if stop.is_set() else Finished(facts)

    def _check(self) -> None:
        if self.train_steps < 1:
            raise UserError(f"{self.train_steps} training steps are not possible", "Give --train-steps 1 or more.")
        if self.match is not None and not self.match.is_file():
            raise UserError(f"There is no picture {self.match}", "Check the path.")
        if self.lora_folder is not None and not self.lora_folder.is_dir():
            raise UserError(f"There is no folder {self.lora_folder}", "Check the path.")
        self.out.mkdir(parents=True, exist_ok=True)


def rehearsed_spec(base: BaseChoice) -> RenderSpec:
    """The picture of a rehearsal: the public release's usual settings, at the size the base knows."""
    side = PRACTICE_SIDE if base.is_practice else SIDE
    return RenderSpec(prompt=PROMPT, negative=NEGATIVE, width=side, height=side)
