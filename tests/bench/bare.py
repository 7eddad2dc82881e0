"""The shortest loop that trains the same LoRA on the same batches: forward, backward, AdamW, and nothing else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import torch
import torch.nn.functional as F
from peft import LoraConfig, inject_adapter_in_model
from torch import Tensor, nn

from studio.core.recipe import Recipe
from studio.core.schedule import Batch, epoch_steps, grouped
from studio.engine.anima.checkpoint import Anima
from studio.engine.anima.text import stacked
from studio.engine.anima.transformer import velocity
from studio.engine.flow import draw_noise, draw_time
from studio.engine.latent_cache import LatentCache
from studio.engine.lora.targets import trained_modules
from studio.engine.precision import arithmetic, training_dtype
from studio.engine.text_cache import TextCache
from studio.engine.trainer import TrainImage

Words = tuple[Tensor, Tensor | None]


@dataclass(frozen=True, slots=True)
class BareBatch:
    """What one step eats, all of it ready: latents and noise (batch, 16, 1, h/8, w/8), t (batch,), and words."""

    latents: Tensor
    noise: Tensor
    t: Tensor
    captions: tuple[str, ...]
    words: Words


class BareLoop:
    """AdamW on `parameters`, called with a batch and returning its loss, (), which nobody waits for."""

    def __init__(self, transformer: nn.Module, parameters: Sequence[nn.Parameter], recipe: Recipe) -> None:
        self._transformer, device = transformer, parameters[0].device
        self._device, self._dtype = device, training_dtype(recipe.precision, device)
        self._optimizer = torch.optim.AdamW(
            parameters, lr=recipe.learning_rate, betas=(recipe.beta1, recipe.beta2), weight_decay=recipe.weight_decay,
            fused=True,
        )  # fmt: skip

    def __call__(self, batch: BareBatch) -> Tensor:
        t = batch.t.view(-1, 1, 1, 1, 1)
        with arithmetic(self._device, self._dtype):
            noised = (1 - t) * batch.latents + t * batch.noise
            predicted = velocity(self._transformer, noised, batch.t, *batch.words)
        loss = F.mse_loss(predicted, batch.noise - batch.latents)
        loss.backward()
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        return loss.detach()


def with_lora(transformer: nn.Module, recipe: Recipe) -> list[nn.Parameter]:
    """Puts on an adapter as peft makes it; what is then to be trained."""
    modules = list(trained_modules(transformer).values())
    inject_adapter_in_model(LoraConfig(r=recipe.rank, lora_alpha=recipe.alpha, target_modules=modules), transformer)
    return [parameter for parameter in transformer.parameters() if parameter.requires_grad]


def batches(anima: Anima, images: Sequence[TrainImage], recipe: Recipe, cache: Path) -> Iterator[BareBatch]:
    """The trainer's batches in its own order, with its own noise; without flips, dropout and accumulation."""
    recipe = replace(recipe, accumulation=1)
    by_id, groups = {image.id: image for image in images}, grouped((i.bucket, i.id, i.repeats) for i in images)
    latents, contexts = LatentCache(anima, cache / "latents"), TextCache(anima, cache / "contexts")
    for epoch in count(1):
        for (batch,) in epoch_steps(groups, recipe, epoch):
            shown = [by_id[sample.image_id] for sample in batch]
            seen = torch.stack([latents.get(image.path, image.bucket, flip=False) for image in shown])
            captions = tuple(image.caption for image in shown)
            words = stacked([contexts.get(caption) for caption in captions])
            noise, t = _drawn(batch, recipe, seen.shape[1:])
            yield BareBatch(seen.to(anima.device), noise.to(anima.device), t.to(anima.device), captions, words)


def _drawn(batch: Batch, recipe: Recipe, shape: torch.Size) -> tuple[Tensor, Tensor]:
    """Noise and times of each sample."""
    noise = torch.stack([draw_noise(recipe, sample, shape) for sample in batch])
    return noise, torch.stack([draw_time(recipe, sample) for sample in batch])
