"""One attempt at a training run: steps, and at an epoch's end a checkpoint, a state to resume from, and previews.

The order is what makes a crash harmless. A checkpoint is on disk before its line in the journal, and both are there
before the state that lies behind them; so whatever a resumed run finds missing, it is going to make again, bit for bit.
A checkpoint that has to make room is gone from the journal first: what the journal lists can be opened.
"""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path

from studio.core.events import (
    CheckpointRemoved,
    CheckpointSaved,
    Ending,
    Finished,
    Note,
    PreviewReady,
    Progress,
    StateSaved,
    StepDone,
    Stopped,
)
from studio.core.fold import fold
from studio.core.keep import outdated_epochs, saved_epochs
from studio.core.previews import preview_specs
from studio.core.spec import RenderSpec
from studio.engine.anima.files import base_digest
from studio.engine.preview import Preview, render_previews
from studio.engine.state import differences, newest_state, write_state
from studio.engine.trainer import StepFacts, Trainer, Uncompiled
from studio.jobs.execute import Emit, Stop
from studio.jobs.pace import Pace
from studio.jobs.render_picture import model_names
from studio.store import journal
from studio.store.digests import sha256_of
from studio.store.names import slug
from studio.store.picture_text import write_png
from studio.store.runs import RunFolder

_STATE = "state"


class Attempt:
    """Goes on with a run from wherever its newest sound state left it."""

    def __init__(self, run: RunFolder, trainer: Trainer, triggers: tuple[str, ...], base_name: str, emit: Emit,
                 stop: Stop) -> None:
        self._run, self._trainer, self._recipe, self._plan = run, trainer, trainer.recipe, trainer.plan
        self._triggers, self._base_name = triggers, base_name
        self._emit, self._stop = emit, stop
        known = fold(journal.read(run.journal))
        self._is_first = known.attempt <= 1
        self._drawn = {(each.epoch, each.prompt, each.seed) for each in known.previews
                       if (run.folder / each.path).is_file()}
        self._saved_at = 0  # the step of the newest state

    def run(self) -> Ending:
        """Prepares, resumes, steps; each of them may end early because `stop` was set."""
        self._warn_of_small_images()
        if not self._prepare():
            return self._stopped()
        self._restore()
        self._preview()
        if not self._stop.is_set():
            self._train()
        return self._stopped() if self._stop.is_set() else self._finished()

    def _train(self) -> None:
        pace = Pace(self._plan.steps, time.monotonic, self._trainer.step)
        began = time.monotonic()
        for facts in self._trainer.steps():
            if isinstance(facts, Uncompiled):
                self._emit(Note(f"Compiling the blocks failed, so they run plain: {facts.reason}"))
                continue
            now = time.monotonic()
            self._emit(_step_done(facts, now - began))
            self._emit(Progress(facts.step, self._plan.steps, pace.seconds_left(facts.step), "step"))
            self._keep(facts)
            if self._stop.is_set():
                return
            began = time.monotonic()

    def _keep(self, facts: StepFacts) -> None:
        """What a step leaves behind, in the order that a crash needs."""
        if self._is_last or facts.epoch_done and facts.epoch % self._recipe.save_every == 0:
            self._save_checkpoint(facts)
            self._make_room(facts.epoch)
        if self._is_last or self._is_state_due(facts):
            self._save_state()
        self._preview()

    def _is_state_due(self, facts: StepFacts) -> bool:
        every = self._recipe.state_every
        return facts.step % every == 0 if every else facts.epoch_done

    def _save_checkpoint(self, facts: StepFacts) -> None:
        path = self._run.checkpoint(facts.epoch)
        self._trainer.export(path, "comfy")
        self._emit(CheckpointSaved(facts.epoch, facts.step, self._run.relative(path), sha256_of(path)))

    def _make_room(self, newest: int) -> None:
        """Removes the checkpoints that the recipe no longer keeps, with those of a crash while removing."""
        there = [epoch for epoch in saved_epochs(self._recipe, self._plan) if self._run.checkpoint(epoch).exists()]
        for epoch in outdated_epochs(self._recipe, there, newest):
            path = self._run.checkpoint(epoch)
            self._emit(CheckpointRemoved(epoch, self._run.relative(path)))
            path.unlink()

    def _save_state(self) -> None:
        path = write_state(self._run.folder / _STATE, self._trainer.state())
        self._saved_at = self._trainer.step
        self._emit(StateSaved(self._saved_at, self._run.relative(path), sha256_of(path)))

    def _restore(self) -> None:
        state = newest_state(self._run.folder / _STATE)
        if state is None:
            return
        self._trainer.restore(state)
        self._saved_at = state.step
        self._emit(Note(f"Going on after step {state.step} of {self._plan.steps}."))
        for difference in differences(state, self._trainer.machine):
            self._emit(Note(f"The last bits may differ from a run that was never stopped: {difference}."))
        if self._recipe.compile:
            self._emit(Note("Compiled anew, blocks may differ in their last bits from a run that was never stopped."))

    def _preview(self) -> None:
        """All prompts with all seeds where an epoch has just ended, unless they are not due or there already.

        Epoch 0 is the base without the LoRA; the end of the run is always due.
        """
        every, epoch = self._recipe.preview_every, self._epoch_ended
        if not every or epoch is None or epoch % every and not self._is_last:
            return
        for number, trigger in enumerate(self._triggers, 1):
            if not self._stop.is_set() and not self._has_previews(epoch, trigger):
                self._render_previews(epoch, trigger, f"{number}-{slug(trigger)}")

    def _render_previews(self, epoch: int, trigger: str, stem: str) -> None:
        with self._trainer.shown():
            previews = render_previews(
                self._trainer.anima, self._recipe, trigger, self._triggers, adapter=epoch > 0, stop=self._stop.is_set,
                on_step=lambda done, total: self._emit(Progress(done, total, what=f"preview of epoch {epoch}, step")))
        for preview in previews:
            path = self._write_preview(epoch, stem, preview)
            self._drawn.add((epoch, preview.spec.prompt, preview.spec.seed))
            self._emit(PreviewReady(epoch, preview.spec.prompt, preview.spec.seed, self._run.relative(path)))

    def _write_preview(self, epoch: int, stem: str, preview: Preview) -> Path:
        path = self._run.previews(epoch) / f"{stem}-p{preview.prompt + 1}-s{preview.spec.seed}.png"
        path.parent.mkdir(exist_ok=True)
        facts = {"run": self._run.id, "epoch": epoch, "step": self._trainer.step, "preview": True}
        write_png(path, preview.image, self._complete(preview.spec, epoch), base_name=self._base_name, facts=facts,
                  models=model_names(self._trainer.anima.files))
        return path

    def _complete(self, spec: RenderSpec, epoch: int) -> RenderSpec:
        """With the digests of the weights; a LoRA has one only where it was saved."""
        saved = self._run.checkpoint(epoch)
        loras = ((sha256_of(saved), 1.0),) if epoch and saved.exists() else ()
        return dataclasses.replace(spec, loras=loras, base=base_digest(self._trainer.anima.files))

    def _has_previews(self, epoch: int, trigger: str) -> bool:
        specs = preview_specs(self._recipe, trigger, self._triggers)
        return {(epoch, spec.prompt, spec.seed) for spec in specs} <= self._drawn

    def _prepare(self) -> bool:
        for prepared in self._trainer.prepare():
            self._emit(Progress(prepared.done, prepared.total, what="image"))
            if self._stop.is_set():
                return False
        return True

    def _warn_of_small_images(self) -> None:
        if not self._is_first:
            return
        for image in self._trainer.upscaled:
            factor = f"{image.factor:.2f} times"
            self._emit(Note(f"{image.path.name} is enlarged {factor} for its bucket and will look soft."))

    @property
    def _is_last(self) -> bool:
        return self._trainer.step == self._plan.steps

    @property
    def _epoch_ended(self) -> int | None:
        """The epoch that the last step ended, None within one; the last step ends one even if it is cut short."""
        step = self._trainer.step
        return self._plan.epoch_of(step) if self._is_last or self._plan.ends_epoch(step) else None

    def _stopped(self) -> Stopped:
        if self._trainer.step != self._saved_at:
            self._save_state()
        return Stopped({"run": self._run.id, "step": self._trainer.step})

    def _finished(self) -> Finished:
        return Finished({"run": self._run.id, "step": self._trainer.step, "exposures": self._trainer.exposures,
                         "path": str(self._run.checkpoint(self._plan.epoch_of(self._plan.steps)))})


def _step_done(facts: StepFacts, seconds: float) -> StepDone:
    return StepDone(facts.step, facts.epoch, facts.loss, facts.lr, round(seconds, 4), facts.exposures)
