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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import torch
from torch import Tensor

from studio.core.buckets import Bucket, is_upscaled, upscale
from studio.core.errors import UserError
from studio.core.knobs import to_mapping
from studio.core.recipe import Recipe
from studio.core.schedule import Batch, Sample, epoch_steps, grouped, plan, sample_seed
from studio.engine.anima.checkpoint import Anima
from studio.engine.anima.files import base_digest
from studio.engine.anima.text import stacked
from studio.engine.anima.transformer import velocity
from studio.engine.flow import draw_noise, draw_time, drops_caption, is_flipped, losses, noised
from studio.engine.latent_cache import LatentCache
from studio.engine.lora.formats import Format, LoraFile, write_lora
from studio.engine.lora.inject import adapter_factors, adapter_parameters, add_lora, remove_lora
from studio.engine.optim import build_optimizer, clip_gradients, flags, learning_rate, load_moments, moments, take_step
from studio.engine.precision import arithmetic, training_dtype
from studio.engine.state import TrainState, machine_facts
from studio.engine.text_cache import TextCache
from studio.store.images import size_of_file

# Settings that may change between a run and its continuation: they decide no step.
_FREE = ("name", "epochs", "max_steps", "save_every", "state_every", "transferable")


@dataclass(frozen=True, slots=True)
class TrainImage:
    """One image of the run: its file, its final literal caption, and how often an epoch shows it."""

    id: str
    path: Path
    caption: str
    bucket: Bucket
    repeats: int = 1


@dataclass(frozen=True, slots=True)
class Prepared:
    """`done` of `total` images and captions are in the cache."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class StepFacts:
    """One optimizer step; steps and epochs count from 1. `exposures` counts pictures shown since the run began."""

    step: int
    epoch: int
    epoch_done: bool
    loss: float
    lr: float
    exposures: int


@dataclass(frozen=True, slots=True)
class Upscaled:
    """An image smaller than its bucket, enlarged by `factor`."""

    image_id: str
    path: Path
    factor: float


class Trainer:
    """A LoRA on `anima.transformer` for as long as the `with` lasts; the base is the same before and after."""

    def __init__(self, anima: Anima, images: Sequence[TrainImage], recipe: Recipe, cache: Path) -> None:
        self.anima, self.recipe = anima, recipe
        self.step = 0
        self._images = _by_id(images)
        self._groups = grouped((image.bucket, image.id, image.repeats) for image in images)
        self.plan = plan(self._groups, recipe)
        self._epoch: tuple[int, tuple[tuple[Batch, ...], ...]] = (0, ())
        self._latents, self._contexts = LatentCache(anima, cache / "latents"), TextCache(anima, cache / "contexts")
        self._dtype = training_dtype(recipe.precision, anima.device)
        add_lora(anima.transformer, recipe.rank, recipe.alpha, sample_seed(recipe.seed, 0, "", 0, "adapter"))
        self._parameters = adapter_parameters(anima.transformer)
        self._optimizer = build_optimizer(self._parameters, recipe)
        if recipe.gradient_checkpointing:
            anima.transformer.enable_gradient_checkpointing()

    def __enter__(self) -> "Trainer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Gives the transformer back as it came."""
        self.anima.transformer.disable_gradient_checkpointing()
        remove_lora(self.anima.transformer)

    def prepare(self) -> Iterator[Prepared]:
        """Encodes what is in no cache yet. May be left at any time; `steps` fetches what is missing."""
        flips = (False, True) if self.recipe.flip else (False,)
        total = len(self._images)
        for done, image in enumerate(self._images.values(), start=1):
            self._contexts.get(image.caption)
            for flip in flips:
                self._latents.get(image.path, image.bucket, flip)
            yield Prepared(done, total)

    def steps(self) -> Iterator[StepFacts]:
        """The steps that are left. Between two of them everything may be looked at, saved and exported."""
        while self.step < self.plan.steps:
            step = self.step + 1
            batches = self._batches_of(step)
            loss = self._accumulate(batches)
            norm = clip_gradients(self._optimizer, self.recipe.clip)
            _require_finite(step, loss, norm)
            rate = learning_rate(self.recipe, step)
            take_step(self._optimizer, rate)
            self.step = step
            yield StepFacts(step, self.plan.epoch_of(step), self.plan.ends_epoch(step), loss, rate, self.exposures)

    @property
    def exposures(self) -> int:
        """Pictures shown so far, repeats included."""
        epochs, steps = divmod(self.step, self.plan.steps_per_epoch)
        begun = self._steps_of(epochs + 1)[:steps]
        return epochs * self.plan.exposures_per_epoch + sum(len(batch) for batches in begun for batch in batches)

    @property
    def upscaled(self) -> tuple[Upscaled, ...]:
        """The images that are enlarged enough for a person to see it."""
        sizes = ((image, size_of_file(image.path)) for image in self._images.values())
        small = ((image, size) for image, size in sizes if is_upscaled(size, image.bucket))
        return tuple(Upscaled(image.id, image.path, upscale(size, image.bucket)) for image, size in small)

    @property
    def machine(self) -> dict[str, str]:
        """What must be equal for a continuation to be exact in every bit."""
        return machine_facts(self.anima.device, flags(self._optimizer))

    @property
    def fingerprint(self) -> str:
        """A digest of all that decides the steps: recipe, images, captions and base."""
        settings = {name: value for name, value in to_mapping(self.recipe).items() if not _is_free(name)}
        images = sorted((image.id, image.caption, str(image.bucket), image.repeats) for image in self._images.values())
        text = json.dumps([settings, images, base_digest(self.anima.files)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def state(self) -> TrainState:
        """All that the next step needs; the tensors are live, so write them before it."""
        names = self._names()
        factors = {name: value.detach() for name, value in zip(names, self._parameters, strict=True)}
        return TrainState(self.step, factors | moments(self._optimizer, names), self.fingerprint, self.machine)

    @torch.no_grad()
    def restore(self, state: TrainState) -> None:
        """Goes on from `state`. UserError if it belongs to another recipe, other images or another base."""
        if state.fingerprint != self.fingerprint:
            raise UserError(
                "The saved state belongs to other settings, images, captions or another base model",
                "Restore what was changed, or start a new run.",
            )
        names = self._names()
        for name, parameter in zip(names, self._parameters, strict=True):
            parameter.copy_(state.tensors[name])
        load_moments(self._optimizer, names, state.tensors)
        self.step = state.step

    def lora(self) -> LoraFile:
        """The LoRA as it is now, in the base's own format: float32 on a float32 base, else half the size."""
        live = adapter_factors(self.anima.transformer)
        modules = {name: factors.to("cpu", self.anima.dtype) for name, factors in live.items()}
        return LoraFile(modules, self.recipe.name, metadata=self._header())

    def export(self, path: Path, format: Format = "comfy", metadata: Mapping[str, str] | None = None) -> None:
        """Writes the LoRA as it is now, whole or not at all; `metadata` is added to the file's header."""
        write_lora(self.lora(), path, format, metadata)

    def _batches_of(self, step: int) -> tuple[Batch, ...]:
        epochs, place = divmod(step - 1, self.plan.steps_per_epoch)
        return self._steps_of(epochs + 1)[place]

    def _steps_of(self, epoch: int) -> tuple[tuple[Batch, ...], ...]:
        if self._epoch[0] != epoch:
            self._epoch = epoch, epoch_steps(self._groups, self.recipe, epoch)
        return self._epoch[1]

    def _accumulate(self, batches: Sequence[Batch]) -> float:
        """Adds up the gradients of the mean loss over every sample of the step, however its batches are cut."""
        samples = sum(len(batch) for batch in batches)
        total = 0.0
        for batch in batches:
            share = self._losses(batch).sum() / samples
            share.backward()
            total += share.item()
        return total

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
        return losses(predicted, latents, noise)

    def _latent_of(self, sample: Sample) -> Tensor:
        image = self._images[sample.image_id]
        return self._latents.get(image.path, image.bucket, is_flipped(self.recipe, sample))

    def _caption_of(self, sample: Sample) -> str:
        return "" if drops_caption(self.recipe, sample) else self._images[sample.image_id].caption

    def _names(self) -> list[str]:
        """The names of the trained tensors in the optimizer's order."""
        return [f"{name}.{factor}" for name in adapter_factors(self.anima.transformer) for factor in ("down", "up")]

    def _header(self) -> dict[str, str]:
        """What kohya's tools call these facts, so that other programs show them."""
        return {
            "modelspec.architecture": "anima-preview/lora",
            "modelspec.title": self.recipe.name,
            "ss_network_module": "networks.lora_anima",
            "ss_network_dim": str(self.recipe.rank),
            "ss_network_alpha": str(self.recipe.alpha),
            "ss_learning_rate": str(self.recipe.learning_rate),
            "ss_seed": str(self.recipe.seed),
            "ss_epoch": str(self.step // self.plan.steps_per_epoch),
            "ss_steps": str(self.step),
        }


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
