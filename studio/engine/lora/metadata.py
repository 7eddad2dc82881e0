"""What a LoRA file says about itself: kohya's `ss_*` facts and ModelSpec's, under the names other programs look for.

Nothing is taken from a clock, so the same LoRA gives the same bytes; a date is written if one is given.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from studio.core.recipe import Recipe

MODEL_HASH = "sshs_model_hash"

_ARCHITECTURE = "anima-preview/lora"
_IMPLEMENTATION = "https://huggingface.co/circlestone-labs/Anima"
# LyCORIS is kohya's module for whatever is no plain LoRA.
_NETWORK_MODULES = {"lora": "networks.lora_anima", "dora": "lycoris.kohya", "lokr": "lycoris.kohya"}
_SAMPLINGS = {"logit_normal": "sigmoid", "uniform": "uniform", "shifted": "shift"}
_LENGTH_BYTES = 8


@dataclass(frozen=True, slots=True)
class TrainFacts:
    """What only the run knows. What is left empty is not written. `tags` counts how many captions hold each."""

    epoch: int
    steps: int
    images: int = 0
    exposures_per_epoch: int = 0
    steps_per_epoch: int = 0
    base_name: str = ""
    base_sha256: str = ""
    triggers: tuple[str, ...] = ()
    tags: Mapping[str, int] = field(default_factory=dict)
    date: str = ""


def header_of(recipe: Recipe, facts: TrainFacts) -> dict[str, str]:
    """All of a LoRA's header but what the file's own content decides."""
    written = {**_network(recipe), **_course(recipe, facts), **_steps(recipe), **_modelspec(recipe, facts)}
    return {key: str(value) for key, value in written.items() if value != ""}


def model_hash(content: bytes) -> str:
    """kohya's `sshs_model_hash` of a safetensors file's content: SHA-256 over all that follows the header."""
    header = int.from_bytes(content[:_LENGTH_BYTES], "little")
    return hashlib.sha256(memoryview(content)[_LENGTH_BYTES + header :]).hexdigest()


def _network(recipe: Recipe) -> dict[str, object]:
    arguments = {
        "lora": {},
        "dora": {"algo": "lora", "dora_wd": "True"},
        "lokr": {"algo": "lokr", "factor": str(recipe.lokr_factor)},
    }[recipe.adapter]
    if recipe.train_adaln:
        arguments = {**arguments, "train_adaln": "True"}
    return {
        "ss_network_module": _NETWORK_MODULES[recipe.adapter],
        "ss_network_dim": recipe.rank,
        "ss_network_alpha": recipe.alpha,
        "ss_network_args": json.dumps(arguments) if arguments else "",
    }


def _course(recipe: Recipe, facts: TrainFacts) -> dict[str, object]:
    return {
        "ss_output_name": recipe.name,
        "ss_seed": recipe.seed,
        "ss_epoch": facts.epoch,
        "ss_num_epochs": recipe.epochs,
        "ss_steps": facts.steps,
        "ss_num_train_images": facts.exposures_per_epoch or "",
        "ss_num_batches_per_epoch": facts.steps_per_epoch or "",
        "ss_sd_model_name": facts.base_name,
        "ss_new_sd_model_hash": facts.base_sha256,
        "ss_tag_frequency": json.dumps({recipe.name: dict(facts.tags)}, sort_keys=True) if facts.tags else "",
        "ss_dataset_dirs": _dirs(recipe, facts),
    }


def _dirs(recipe: Recipe, facts: TrainFacts) -> str:
    """Distinct images and how often an epoch shows them on the average, in the place where tools look for repeats."""
    if not facts.images:
        return ""
    repeats = max(1, round(facts.exposures_per_epoch / facts.images))
    return json.dumps({recipe.name: {"n_repeats": repeats, "img_count": facts.images}})


def _steps(recipe: Recipe) -> dict[str, object]:
    """What decides a step."""
    return {
        "ss_learning_rate": recipe.learning_rate,
        "ss_optimizer": recipe.optimizer,
        "ss_lr_scheduler": recipe.lr_schedule,
        "ss_lr_warmup_steps": recipe.warmup_steps,
        "ss_max_grad_norm": recipe.clip,
        "ss_total_batch_size": recipe.batch_size,
        "ss_gradient_accumulation_steps": recipe.accumulation,
        "ss_gradient_checkpointing": recipe.gradient_checkpointing,
        "ss_mixed_precision": recipe.precision,
        "ss_resolution": f"({recipe.resolution}, {recipe.resolution})",
        "ss_caption_dropout_rate": recipe.caption_dropout,
        "ss_timestep_sampling": _SAMPLINGS[recipe.timestep_sampling],
        "ss_discrete_flow_shift": recipe.timestep_shift if recipe.timestep_sampling == "shifted" else 1.0,
        "ss_logit_mean": recipe.logit_mean,
        "ss_logit_std": recipe.logit_std,
        "ss_sigmoid_scale": recipe.logit_std,
        "ss_weighting_scheme": recipe.loss_weighting,
    }


def _modelspec(recipe: Recipe, facts: TrainFacts) -> dict[str, object]:
    return {
        "modelspec.sai_model_spec": "1.0.0",
        "modelspec.architecture": _ARCHITECTURE,
        "modelspec.implementation": _IMPLEMENTATION,
        "modelspec.title": recipe.name,
        "modelspec.resolution": f"{recipe.resolution}x{recipe.resolution}",
        "modelspec.trigger_phrase": ", ".join(facts.triggers),
        "modelspec.date": facts.date,
    }
