"""Trains a character LoRA on a frozen Anima: a generator of steps that can be left and taken up again at any of them.

    with Trainer(anima, images, recipe, cache) as trainer:
        for facts in trainer.prepare(): ...
        for facts in trainer.steps(): ...

Nothing is drawn from a running generator. What happens at step n follows from the recipe, the images and n, so a run
that was stopped, drew previews or moved house makes the same steps as one that did not.
"""

import hashlib
import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path
from types import TracebackType

import torch
from torch import Tensor, nn

from studio.core.buckets import Bucket, is_upscaled, upscale
from studio.core.caption import split_caption
from studio.core.errors import UserError
from studio.core.knobs import to_mapping
from studio.core.rate import is_spent, learning_rate
from studio.core.recipe import Recipe
from studio.core.schedule import Batch, LaidOut, Plan, Sample, grouped, laid_out, plan, sample_seed
from studio.core.soundness import require_sound
from studio.core.variants import caption_of, captions_of
from studio.engine.anima.checkpoint import Anima
from studio.engine.anima.files import base_digest
from studio.engine.anima.text import stacked
from studio.engine.anima.transformer import velocity
from studio.engine.block_swap import BlockSwap
from studio.engine.compiled import Blocks, reason_of
from studio.engine.ema import follow, standing_in
from studio.engine.flow import draw_noise, draw_time, drops_caption, is_flipped, loss_weights, losses, noised
from studio.engine.latent_cache import LatentCache
from studio.engine.lora.formats import Format, LoraFile, write_lora
from studio.engine.lora.inject import adapter_modules, adapter_names, adapter_parameters, add_adapter, remove_adapter
from studio.engine.lora.metadata import TrainFacts, header_of
from studio.engine.optim import (
    averaged,
    build_optimizer,
    clip_gradients,
    flags,
    load_memories,
    memories,
    require_installed,
    take_step,
)
from studio.engine.peers import Peers
from studio.engine.precision import arithmetic, training_dtype
from studio.engine.state import TrainState, machine_facts
from studio.engine.text_cache import TextCache
from studio.engine.together import Together
from studio.engine.train_facts import Prepared, StepFacts, TrainImage, Uncompiled, Upscaled
from studio.store.digests import sha256_of
from studio.store.images import size_of_file

# Settings that may change between a run and its continuation: they decide no step.
_FREE = ("name", "epochs", "max_steps", "save_every", "keep_last", "keep_every", "state_every", "blocks_to_swap",
         "transferable")
_AVERAGE = "ema."  # before the name of what is averaged


class Trainer:
    """A LoRA on `anima.transformer` for as long as the `with` lasts; the base is the same before and after.

    With `peers` each of them has a trainer of the same run: the first one's steps, the others `lend` it their hands.
    """

    def __init__(self, anima: Anima, images: Sequence[TrainImage], recipe: Recipe, cache: Path,
                 peers: Peers | None = None) -> None:
        require_sound(recipe)
        require_installed(recipe)
        self.anima, self.recipe = anima, recipe
        self.step = 0
        self._images = _by_id(images)
        self._teaches_several = len({trigger for image in images for trigger in image.triggers}) > 1
        self._groups = grouped((image.bucket, image.id, image.repeats) for image in images)
        self.plan = plan(self._groups, recipe)
        self._course = self.plan.steps  # a falling rate falls towards this step, wherever the run ends
        self._epoch = LaidOut(0, (), ())
        self._latents, self._contexts = LatentCache(anima, cache / "latents"), TextCache(anima, cache / "contexts")
        self._dtype = training_dtype(recipe.precision, anima.device)
        with ExitStack() as undo:
            self._dress(anima.transformer, undo)
            self._undo = undo.pop_all()
        share = self._share if peers is None or peers.is_first else self._share_at_last
        self._together = Together(peers, self._parameters, recipe.batch_size, share) if peers else None

    def _dress(self, transformer: nn.Module, undo: ExitStack) -> None:
        """Puts on what trains and what saves memory or time; `undo` takes it all off again, the last first."""
        recipe, device = self.recipe, self.anima.device
        add_adapter(transformer, recipe, sample_seed(recipe.seed, 0, "", 0, "adapter"))
        undo.callback(remove_adapter, transformer)
        self._names, self._parameters = adapter_names(transformer), adapter_parameters(transformer)
        self._optimizer = build_optimizer(self._parameters, recipe)
        self._averages = [each.detach().clone() for each in self._parameters] if recipe.ema else None
        if recipe.gradient_checkpointing:
            transformer.enable_gradient_checkpointing()
            undo.callback(transformer.disable_gradient_checkpointing)
        undo.callback(BlockSwap(transformer, recipe.blocks_to_swap, device).restore)
        self._blocks = Blocks(transformer, recipe.compile)
        undo.callback(self._blocks.restore)

    def __enter__(self) -> "Trainer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Gives the transformer back as it came."""
        self._undo.close()

    def prepare(self) -> Iterator[Prepared]:
        """Encodes what is in no cache yet. May be left at any time; `steps` fetches what is missing."""
        flips = (False, True) if self.recipe.flip else (False,)
        total = len(self._images)
        for done, image in enumerate(self._images.values(), start=1):
            for caption in captions_of(self.recipe, image.caption, image.triggers, image.id):
                self._contexts.get(caption)
            for flip in flips:
                self._latents.get(image.path, image.bucket, flip)
            yield Prepared(done, total)

    def steps(self) -> Iterator[StepFacts | Uncompiled]:
        """The steps that are left. Between two of them everything may be looked at, saved and exported."""
        while self.step < self.plan.steps:
            step = self.step + 1
            batches = self._batches_of(step)
            try:
                loss, norm, each = self._gradient(batches)
            except self._blocks.failures as error:
                yield self._given_up(error)
                continue
            _require_finite(step, loss, norm)
            rate = learning_rate(self.recipe, step, self._course)
            take_step(self._optimizer, rate)
            if self._averages:
                follow(self._averages, self._parameters, self.recipe.ema, step)
            self.step = step
            yield StepFacts(step, self.plan.epoch_of(step), self.plan.ends_epoch(step), loss, rate, self.exposures,
                            self._buckets_of(batches), self._by_trigger(batches, each))

    def lend(self) -> Iterator[int]:
        """Computes batches for the first of its peers until that lets it go; yields the step of each."""
        return self._together.lend(self._batches_of)

    def reach(self, epochs: int) -> None:
        """From here on the run ends with this epoch; the course of the learning rate stays what it was."""
        self.plan = self.plan_to(epochs)

    def plan_to(self, epochs: int) -> Plan:
        """The length of the run if it ends with this epoch."""
        return plan(self._groups, replace(self.recipe, epochs=epochs, max_steps=0))

    @property
    def numbers(self) -> int:
        """How many numbers are trained."""
        return sum(each.numel() for each in self._parameters)

    @property
    def is_spent(self) -> bool:
        """Whether steps beyond the planned end would change nothing, because the rate has fallen to nothing."""
        return is_spent(self.recipe, self._course)

    @property
    def exposures(self) -> int:
        """Pictures shown so far, repeats included."""
        if not self.step:
            return 0
        epoch, place = self._place_of(self.step)
        return (epoch - 1) * self.plan.exposures_per_epoch + self._laid_out(epoch).shown[place]

    @property
    def upscaled(self) -> tuple[Upscaled, ...]:
        """The images that are enlarged enough for a person to see it."""
        sizes = ((image, size_of_file(image.path)) for image in self._images.values())
        small = ((image, size) for image, size in sizes if is_upscaled(size, image.bucket))
        return tuple(Upscaled(image.id, image.path, upscale(size, image.bucket)) for image, size in small)

    @property
    def machine(self) -> dict[str, str]:
        """What must be equal for a continuation to be exact in every bit."""
        blocks = "compiled" if self._blocks.are_compiled else "plain"
        return {**machine_facts(self.anima.device, flags(self._optimizer)), "blocks": blocks}

    @property
    def fingerprint(self) -> str:
        """A digest of all that decides the steps: recipe, images, captions and base."""
        settings = {name: value for name, value in to_mapping(self.recipe).items() if not _is_free(name)}
        length = None if self.recipe.lr_schedule == "constant" else self._course  # a falling rate falls towards it
        images = sorted((image.id, image.caption, str(image.bucket), image.repeats, image.triggers)
                        for image in self._images.values())
        text = json.dumps([settings, length, images, base_digest(self.anima.files)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def state(self) -> TrainState:
        """All that the next step needs; the tensors are live, so write them before it."""
        weights = {name: value.detach() for name, value in zip(self._names, self._parameters, strict=True)}
        averages = dict(zip((_AVERAGE + name for name in self._names), self._averages or ()))
        remembered = memories(self._optimizer, self._names)
        return TrainState(self.step, weights | remembered | averages, self.fingerprint, self.machine)

    @torch.no_grad()
    def restore(self, state: TrainState) -> None:
        """Goes on from `state`. UserError if it belongs to another recipe, other images or another base."""
        if state.fingerprint != self.fingerprint:
            raise UserError(
                "The saved state belongs to other settings, images, captions or another base model",
                "Restore what was changed, or start a new run.",
            )
        for prefix, values in (("", self._parameters), (_AVERAGE, self._averages or ())):
            for name, value in zip(self._names, values):
                value.copy_(state.tensors[prefix + name])
        load_memories(self._optimizer, self._names, state.tensors)
        self.step = state.step

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Inside, the adapter is as it is exported and drawn, averaged if the recipe averages, and nothing is compiled.

        What is live comes back to the bit.
        """
        average = self._averages if self.step else None
        with self._blocks.passed_over(), standing_in(average or averaged(self._optimizer), self._parameters):
            yield

    def lora(self) -> LoraFile:
        """The LoRA as it is now, in the base's own format: float32 on a float32 base, else half the size."""
        with self.shown():
            live = adapter_modules(self.anima.transformer)
            modules = {name: delta.to("cpu", self.anima.dtype) for name, delta in live.items()}
        return LoraFile(modules, self.recipe.name, metadata=header_of(self.recipe, self._facts()))

    def export(self, path: Path, format: Format = "comfy", metadata: Mapping[str, str] | None = None) -> None:
        """Writes the LoRA as it is now, whole or not at all; `metadata` is added to the file's header."""
        write_lora(self.lora(), path, format, metadata)

    def _batches_of(self, step: int) -> tuple[Batch, ...]:
        epoch, place = self._place_of(step)
        return self._laid_out(epoch).steps[place]

    def _place_of(self, step: int) -> tuple[int, int]:
        """The epoch of a step, from 1, and its place there, from 0."""
        epochs, place = divmod(step - 1, self.plan.steps_per_epoch)
        return epochs + 1, place

    def _laid_out(self, epoch: int) -> LaidOut:
        if self._epoch.number != epoch:
            self._epoch = laid_out(self._groups, self.recipe, epoch)
        return self._epoch

    def _given_up(self, error: Exception) -> Uncompiled:
        """Leaves the step that failed as if it had not begun."""
        self._blocks.restore()
        self._optimizer.zero_grad(set_to_none=True)
        return Uncompiled(reason_of(error))

    def _gradient(self, batches: Sequence[Batch]) -> tuple[float, float, list[float]]:
        """Leaves a step's gradient with the parameters; its loss, the gradient's norm before it was clipped, and the
        loss of each sample."""
        step = self.step + 1
        loss, each = self._together.accumulate(step, batches) if self._together else self._accumulate(batches)
        norm = clip_gradients(self._optimizer, self.recipe.clip)
        loss, norm, *each = torch.cat((torch.stack((loss, norm)), each)).tolist()  # the device is waited for here only
        return loss, norm, each

    def _accumulate(self, batches: Sequence[Batch]) -> tuple[Tensor, Tensor]:
        """Adds up the gradients of the mean loss over every sample of the step, however its batches are cut.

        Returns that mean, (), and the loss of each sample, (samples,).
        """
        samples = sum(len(batch) for batch in batches)
        total, each = torch.zeros((), device=self.anima.device), []
        for batch in batches:
            share, of_batch = self._share(batch, samples)
            total += share
            each.append(of_batch)
        return total, torch.cat(each)

    def _share(self, batch: Batch, samples: int) -> tuple[Tensor, Tensor]:
        """Adds a batch's part of the gradient of a step of so many samples; that part of the loss, (), and the loss of
        each sample, (batch,)."""
        of_batch = self._losses(batch)
        share = of_batch.sum() / samples
        share.backward()
        return share.detach(), of_batch.detach()

    def _share_at_last(self, batch: Batch, samples: int) -> tuple[Tensor, Tensor]:
        """`_share` for others, who cannot wait for the step to be tried again."""
        try:
            return self._share(batch, samples)
        except self._blocks.failures as error:
            self._given_up(error)
            return self._share(batch, samples)

    def _losses(self, batch: Batch) -> Tensor:
        """The loss of each sample of a batch, (batch,)."""
        device = self.anima.device
        latents = torch.stack([self._latent_of(sample) for sample in batch])  # (batch, 16, 1, h, w), float32
        noise = torch.stack([draw_noise(self.recipe, sample, latents.shape[1:]) for sample in batch])
        t = torch.stack([draw_time(self.recipe, sample) for sample in batch])
        latents, noise, t = latents.to(device), noise.to(device), t.to(device)
        words = stacked([self._contexts.get(self._caption_of(sample)) for sample in batch])
        with arithmetic(device, self._dtype):
            predicted = velocity(self.anima.transformer, noised(latents, noise, t), t, *words)
        return losses(predicted, latents, noise) * loss_weights(self.recipe.loss_weighting, t)

    def _buckets_of(self, batches: Sequence[Batch]) -> tuple[Bucket, ...]:
        return tuple(dict.fromkeys(self._images[batch[0].image_id].bucket for batch in batches))

    def _by_trigger(self, batches: Sequence[Batch], each: Sequence[float]) -> dict[str, float]:
        """The mean loss of each trigger's pictures; nothing where one trigger is all there is."""
        if not self._teaches_several:
            return {}
        found: dict[str, list[float]] = {}
        for sample, loss in zip(chain.from_iterable(batches), each, strict=True):
            for trigger in self._images[sample.image_id].triggers:
                found.setdefault(trigger, []).append(loss)
        return {trigger: sum(losses) / len(losses) for trigger, losses in found.items()}

    def _latent_of(self, sample: Sample) -> Tensor:
        image = self._images[sample.image_id]
        return self._latents.get(image.path, image.bucket, is_flipped(self.recipe, sample))

    def _caption_of(self, sample: Sample) -> str:
        if drops_caption(self.recipe, sample):
            return ""
        image = self._images[sample.image_id]
        return caption_of(self.recipe, image.caption, image.triggers, sample)

    def _facts(self) -> TrainFacts:
        """For the header of an export, so that other programs show them."""
        images, base = self._images.values(), self.anima.files.transformer
        return TrainFacts(
            epoch=self.step // self.plan.steps_per_epoch,
            steps=self.step,
            images=len(images),
            exposures_per_epoch=self.plan.exposures_per_epoch,
            steps_per_epoch=self.plan.steps_per_epoch,
            base_name=base.name,
            base_sha256=sha256_of(base),
            triggers=tuple(dict.fromkeys(trigger for image in images for trigger in image.triggers)),
            tags=Counter(tag for image in images for tag in dict.fromkeys(split_caption(image.caption)[0])),
        )


def _by_id(images: Sequence[TrainImage]) -> dict[str, TrainImage]:
    found: dict[str, TrainImage] = {}
    for image in images:
        twin = found.setdefault(image.id, image)
        if twin is not image:
            raise UserError(f"{twin.path} and {image.path} are the same image", "Leave one out and raise its repeats.")
    return found


def _is_free(setting: str) -> bool:
    return setting in _FREE or setting.startswith("preview_")


def _require_finite(step: int, loss: float, gradient_norm: float) -> None:
    """Both are looked at: attention can swallow a NaN on the way forward."""
    if not math.isfinite(loss + gradient_norm):
        raise UserError(
            f"The run went astray: at step {step} the loss is {loss:g} and the gradient {gradient_norm:g}",
            "Lower the learning rate, or resume from the last state with precision fp32.",
        )
