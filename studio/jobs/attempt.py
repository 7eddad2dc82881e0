"""One attempt at a training run: steps, and at an epoch's end a checkpoint, a state to resume from, and previews.

Between two steps it does what somebody asked for meanwhile. None of that changes what a step computes.

The order is what makes a crash harmless. A checkpoint is on disk before its line in the journal, and both are there
before the state that lies behind them; so whatever a resumed run finds missing, it is going to make again, bit for bit.
A checkpoint that has to make room is gone from the journal first: what the journal lists can be opened.
"""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path

from studio.core.errors import UserError
from studio.core.events import (
    CheckpointRemoved,
    CheckpointSaved,
    Ending,
    Finished,
    Note,
    PreviewReady,
    Progress,
    SnapshotSaved,
    StateSaved,
    StepDone,
    Stopped,
)
from studio.core.fold import fold
from studio.core.keep import outdated_epochs, saved_epochs
from studio.core.previews import preview_specs
from studio.core.schedule import Plan
from studio.core.spec import RenderSpec
from studio.core.wishes import Asked
from studio.engine.anima.files import base_digest
from studio.engine.preview import Preview, render_previews
from studio.engine.state import differences, newest_state, write_state
from studio.engine.trainer import StepFacts, Trainer, Uncompiled
from studio.jobs.execute import Emit, Stop
from studio.jobs.hearing import Hearing
from studio.jobs.pace import Pace
from studio.jobs.render_picture import model_names
from studio.jobs.room import require_room
from studio.jobs.telemetry import Gauge
from studio.store import journal
from studio.store.digests import sha256_of
from studio.store.names import slug
from studio.store.picture_text import write_png
from studio.store.runs import RunFolder

_STATE = "state"
_SPENT = ("A longer run would learn nothing more: its learning rate falls to 0 by the end that was planned. "
          "Start a new run.")


class Attempt:
    """Goes on with a run from wherever its newest sound state left it. `stale` wishes were there before it began."""

    def __init__(self, run: RunFolder, trainer: Trainer, triggers: tuple[str, ...], base_name: str, emit: Emit,
                 stop: Stop, stale: int = 0) -> None:
        self._run, self._trainer, self._recipe = run, trainer, trainer.recipe
        self._triggers, self._base_name = triggers, base_name
        self._emit, self._stop = emit, stop
        known = fold(journal.read(run.journal))
        self._is_first = known.attempt <= 1
        self._drawn = {(each.epoch, each.step, each.prompt, each.seed) for each in known.previews
                       if (run.folder / each.path).is_file()}
        self._exported = {each.step for each in known.checkpoints if (run.folder / each.path).is_file()}
        self._saved_at = 0  # the step of the newest state
        self._wishes = Hearing(run.folder, known, emit, stale)
        self._gauge = Gauge(trainer.anima.device)
        if known.epochs:
            trainer.reach(known.epochs)
        self._pace = self._new_pace()

    def run(self) -> Ending:
        """Prepares, resumes, steps; each of them may end early because somebody asked for it."""
        self._warn_of_small_images()
        if not self._prepare():
            return self._stopped()
        self._restore()
        self._set_length()
        self._preview()
        if not self._is_stopped():
            self._train()
        return self._stopped() if self._ends_here() else self._finished()

    def _train(self) -> None:
        """All steps that are left, and what the end of the run leaves behind."""
        self._pace = self._new_pace()
        began = time.monotonic()
        for facts in self._trainer.steps():
            if isinstance(facts, Uncompiled):
                self._emit(Note(f"Compiling the blocks failed, so they run plain: {facts.reason}"))
                continue
            now = time.monotonic()
            self._emit(_step_done(facts, now - began))
            self._set_length()
            self._emit(Progress(facts.step, self._plan.steps, self._pace.seconds_left(facts.step), "step"))
            self._keep(facts)
            self._grant()
            if self._ends_here():
                return
            began = time.monotonic()
        self._conclude()

    def _grant(self) -> None:
        """Does what was asked for meanwhile."""
        self._set_length()
        if saves := self._wishes.take("save"):
            self._save_snapshot()
            self._answer(saves)
        if self._wishes.is_open("preview"):
            self._preview_now()
        for each in self._wishes.take("go on"):
            self._answer(self._wishes.take("stop after epoch", before=each.number), granted=False)
            self._answer([each])
        self._measure()

    def _set_length(self) -> None:
        """Makes the run longer or shorter; one that is beyond its new end has the epoch at hand for its last."""
        for asked in self._wishes.take("epochs"):
            epochs = max(asked.wish.value, self._plan.epoch_of(self._trainer.step))
            if epochs > self._plan.epochs and (why := self._too_long(epochs)):
                self._emit(Note(why))
                self._answer([asked], granted=False)
                continue
            self._trainer.reach(epochs)
            self._pace = self._new_pace()
            self._wishes.answer(asked, self._trainer.step, epochs, self._plan.steps)

    def _too_long(self, epochs: int) -> str:
        """Why the run cannot have so many epochs; nothing if it can."""
        if self._trainer.is_spent:
            return _SPENT
        longer = dataclasses.replace(self._recipe, epochs=epochs, max_steps=0)
        try:
            require_room(self._run, longer, self._trainer.plan_to(epochs), self._trainer.numbers,
                         self._trainer.anima.dtype.itemsize)
        except UserError as error:
            return f"It stays at {self._plan.epochs} epochs. {error}"
        return ""

    def _conclude(self) -> None:
        """What the end of the run leaves; an end that came nearer may be one where nothing was due."""
        if self._trainer.step not in self._exported:
            self._save_checkpoint()
        if self._saved_at != self._trainer.step:
            self._save_state()
        self._preview()

    def _keep(self, facts: StepFacts) -> None:
        """What a step leaves behind, in the order that a crash needs."""
        if self._is_last or facts.epoch_done and facts.epoch % self._recipe.save_every == 0:
            self._save_checkpoint()
        if self._is_last or self._is_state_due(facts):
            self._save_state()
        self._preview()

    def _is_state_due(self, facts: StepFacts) -> bool:
        every = self._recipe.state_every
        return facts.step % every == 0 if every else facts.epoch_done

    def _save_checkpoint(self) -> None:
        step = self._trainer.step
        epoch = self._plan.epoch_of(step)
        path = self._run.checkpoint(epoch)
        self._trainer.export(path, "comfy")
        self._emit(CheckpointSaved(epoch, step, self._run.relative(path), sha256_of(path)))
        self._exported.add(step)
        self._make_room(epoch)

    def _save_snapshot(self) -> None:
        """The LoRA of now beside those of the epochs, and a state, so that nothing of this is lost."""
        step = self._trainer.step
        path = self._run.snapshot(step)
        self._trainer.export(path, "comfy")
        self._emit(SnapshotSaved(step, self._plan.epoch_of(step), self._run.relative(path), sha256_of(path)))
        if self._saved_at != step:
            self._save_state()

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
        if every and epoch is not None and (epoch % every == 0 or self._is_last):
            self._draw(epoch)

    def _preview_now(self) -> None:
        """What an epoch's end shows, at this step; stopped before all is there, it is asked for still."""
        ended = self._epoch_ended
        if ended is None:
            self._draw(self._plan.epoch_of(self._trainer.step), self._trainer.step)
        else:
            self._draw(ended)
        if not self._is_stopped():
            self._answer(self._wishes.take("preview"))

    def _draw(self, epoch: int, step: int = 0) -> None:
        """Draws what is missing of an epoch's end, or of a step within it."""
        for number, trigger in enumerate(self._triggers, 1):
            if not self._is_stopped() and not self._has_previews(epoch, step, trigger):
                self._render_previews(epoch, step, trigger, f"{number}-{slug(trigger)}")

    def _render_previews(self, epoch: int, step: int, trigger: str, stem: str) -> None:
        with self._trainer.shown():
            previews = render_previews(
                self._trainer.anima, self._recipe, trigger, self._triggers, adapter=epoch > 0, stop=self._is_stopped,
                on_step=lambda done, total: self._emit(Progress(done, total, what=_named(epoch, step))))
        for preview in previews:
            path = self._write_preview(epoch, step, stem, preview)
            self._drawn.add((epoch, step, preview.spec.prompt, preview.spec.seed))
            self._emit(PreviewReady(epoch, preview.spec.prompt, preview.spec.seed, self._run.relative(path), step))

    def _write_preview(self, epoch: int, step: int, stem: str, preview: Preview) -> Path:
        path = self._run.previews(epoch, step) / f"{stem}-p{preview.prompt + 1}-s{preview.spec.seed}.png"
        path.parent.mkdir(exist_ok=True)
        facts = {"run": self._run.id, "epoch": epoch, "step": self._trainer.step, "preview": True}
        write_png(path, preview.image, self._complete(preview.spec, epoch, step), base_name=self._base_name,
                  facts=facts, models=model_names(self._trainer.anima.files))
        return path

    def _complete(self, spec: RenderSpec, epoch: int, step: int) -> RenderSpec:
        """With the digests of the weights; a LoRA has one only where it was saved."""
        saved = self._run.snapshot(step) if step else self._run.checkpoint(epoch)
        loras = ((sha256_of(saved), 1.0),) if epoch and saved.exists() else ()
        return dataclasses.replace(spec, loras=loras, base=base_digest(self._trainer.anima.files))

    def _has_previews(self, epoch: int, step: int, trigger: str) -> bool:
        specs = preview_specs(self._recipe, trigger, self._triggers)
        return {(epoch, step, spec.prompt, spec.seed) for spec in specs} <= self._drawn

    def _prepare(self) -> bool:
        for prepared in self._trainer.prepare():
            self._emit(Progress(prepared.done, prepared.total, what="image"))
            if self._is_stopped():
                return False
        return True

    def _warn_of_small_images(self) -> None:
        if not self._is_first:
            return
        for image in self._trainer.upscaled:
            factor = f"{image.factor:.2f} times"
            self._emit(Note(f"{image.path.name} is enlarged {factor} for its bucket and will look soft."))

    def _is_stopped(self) -> bool:
        """Whether somebody wants it to end at once."""
        return self._stop.is_set() or self._wishes.is_open("stop", "pause")

    def _ends_here(self) -> bool:
        """Whether to leave the rest of the steps to another attempt."""
        is_due = self._epoch_ended is not None and not self._is_last
        return self._is_stopped() or is_due and self._wishes.is_open("stop after epoch")

    def _answer(self, wishes: list[Asked], granted: bool = True) -> None:
        for each in wishes:
            self._wishes.answer(each, self._trainer.step, granted=granted)

    def _measure(self) -> None:
        if reading := self._gauge.read():
            self._emit(reading)

    def _new_pace(self) -> Pace:
        return Pace(self._plan.steps, time.monotonic, self._trainer.step)

    @property
    def _plan(self) -> Plan:
        return self._trainer.plan

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
        ends = self._wishes.take("stop", "pause", "stop after epoch")
        self._answer(ends)
        why = _why([each.wish.kind for each in ends])
        return Stopped({"run": self._run.id, "step": self._trainer.step, "why": why})

    def _finished(self) -> Finished:
        return Finished({"run": self._run.id, "step": self._trainer.step, "exposures": self._trainer.exposures,
                         "path": str(self._run.checkpoint(self._plan.epoch_of(self._plan.steps)))})


def _step_done(facts: StepFacts, seconds: float) -> StepDone:
    bucket = f"{facts.buckets[0].width}x{facts.buckets[0].height}" if len(facts.buckets) == 1 else ""
    losses = {trigger: round(loss, 6) for trigger, loss in facts.losses.items()}
    return StepDone(facts.step, facts.epoch, facts.loss, facts.lr, round(seconds, 4), facts.exposures, bucket, losses)


def _named(epoch: int, step: int) -> str:
    return f"preview of step {step}, step" if step else f"preview of epoch {epoch}, step"


def _why(kinds: list[str]) -> str:
    """The strongest of the wishes that end an attempt; without one it was the job's own stop button."""
    if "pause" in kinds:
        return "paused"
    return "after epoch" if kinds == ["stop after epoch"] else "asked"
