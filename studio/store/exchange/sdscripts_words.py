"""What sd-scripts' words mean here: those of its configuration files, and those in the header of its LoRAs.

The keys are the ones of `anima_train_network.py`; where a file is silent, its documented defaults are assumed. Lists of
"key=value" are taken apart beforehand: `network_args.factor` is one word.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace

from studio.core.foreign_recipe import Dialect, Roughly, Unfit, Word, among, precision_out, written_as

TOOL = "sd-scripts"
ENDLESS = 10_000  # epochs, where the number of steps ends a run

_ORDERS = 8
_ADALN = "['.*adaln_modulation.*']"
_BASE = "The base model is named with each run, not in a recipe."
_IMAGES = "Images and captions are imported into a project."
_REPEATS = "Repeats belong to the characters of a project."
_STEPS = "Checkpoints and previews follow epochs here, not steps."
_SPEED = "It changes the speed and not the result; the studio decides it."
_ALONE = "A run here trains the model alone, not its text encoder."
_SHUFFLED = (f"Shown in {_ORDERS} orders, the trigger and what stands before it in place, and sentences whole; "
             "sd-scripts shuffles anew each time.")
_SIGMA = "It acts with timestep_sampling = sigma only, which has no place here."


def _variants(shuffle: bool) -> Roughly | int:
    return Roughly(_ORDERS, _SHUFFLED) if shuffle else 1


def _shuffle(variants: int) -> Roughly | bool:
    return Roughly(True, "sd-scripts shuffles at every comma, sentences included.") if variants > 1 else False


def _side(text: str) -> Roughly | int:
    """`1024,1024`, `(1024, 1024)` or `1024`; of another shape, the square of the same area, as its buckets are."""
    numbers = [int(number) for number in re.findall(r"\d{1,6}", text)][:2]
    if not numbers:
        raise Unfit("It names no size.")
    side = math.isqrt(numbers[0] * numbers[-1])
    return side if side == numbers[0] else Roughly(side, "The side of the square of that area.")


def _steps_not_share(steps: float) -> int:
    if 0 < steps < 1:
        raise Unfit("It is a share of the run; give a number of steps here.")
    return int(steps)


def _adaln(patterns: str) -> bool:
    if "".join(patterns.split()) != _ADALN:
        raise Unfit("Which modules are trained is chosen with Train AdaLN alone.")
    return True


_ADAPTERS = {
    "networks.lora_anima": "lora", "networks.lora": "lora", "lycoris.kohya algo=lora": "lora",
    "lycoris.kohya algo=lokr": "lokr", "networks.lokr": "lokr", "networks.lokr_anima": "lokr",
    "lycoris.kohya algo=lora dora_wd": "dora",
}  # fmt: skip
_ADAPTERS_OUT = {"lora": "networks.lora_anima", "lokr": "lycoris.kohya algo=lokr",
                 "dora": "lycoris.kohya algo=lora dora_wd"}
_OPTIMIZERS = {
    "adamw": "adamw", "torch.optim.adamw.adamw": "adamw", "adamw8bit": "adamw_8bit", "adamw_8bit": "adamw_8bit",
    "bitsandbytes.optim.adamw.adamw8bit": "adamw_8bit", "prodigy": "prodigy", "prodigyopt.prodigy.prodigy": "prodigy",
    "adamwschedulefree": "adamw_schedulefree", "adamw_schedulefree": "adamw_schedulefree",
    "schedulefree.adamw_schedulefree.adamwschedulefree": "adamw_schedulefree",
}  # fmt: skip
_OPTIMIZERS_OUT = {"adamw": "AdamW", "adamw_8bit": "AdamW8bit", "prodigy": "Prodigy",
                   "adamw_schedulefree": "AdamWScheduleFree"}
_SCHEDULES = {"constant": "constant", "constant_with_warmup": "constant", "cosine": "cosine", "linear": "linear",
              "cosine_with_min_lr": "cosine"}
_SAMPLINGS = {"sigmoid": "logit_normal", "uniform": "uniform", "shift": "shifted"}
_WEIGHTINGS = {"none": "none", "uniform": "none", "sigma_sqrt": "sigma_sqrt", "cosmap": "cosmap"}
_PRECISIONS = {"bf16": "bf16", "no": "fp32", "auto": "auto", "fp32": "fp32"}
_SAMPLERS = {"euler": "euler", "euler_a": "euler_ancestral", "k_euler": "euler", "k_euler_a": "euler_ancestral"}


def _back(pairs: dict[str, str]) -> dict[str, str]:
    """Ours -> theirs, the first of theirs where several mean the same."""
    return {ours: theirs for theirs, ours in reversed(pairs.items())}


def _closed(key: str, setting: str, pairs: dict[str, str], otherwise: str,
            out: dict[str, str] | None = None) -> Word:
    return Word(key, setting, among(pairs, otherwise), written_as(out or _back(pairs), otherwise))


_ADAPTER = _closed("network_module", "adapter", _ADAPTERS, "No adapter of that kind is known.", _ADAPTERS_OUT)
_TRAINING = (
    _ADAPTER,
    Word("network_dim", "rank"),
    Word("network_alpha", "alpha"),
    Word("network_args.factor", "lokr_factor"),
    Word("network_args.include_patterns", "train_adaln", _adaln, lambda on: _ADALN if on else None, kind=str),
    Word("network_args.train_adaln", "train_adaln"),
    Word("learning_rate", "learning_rate"),
    Word("unet_lr", "learning_rate"),
    Word("gradient_accumulation_steps", "accumulation"),
    Word("seed", "seed"),
    Word("max_grad_norm", "clip"),
    Word("lr_warmup_steps", "warmup_steps", _steps_not_share, kind=float, write=int),
    Word("lr_scheduler_min_lr_ratio", "lr_floor", write=lambda share: share or None),
    Word("gradient_checkpointing", "gradient_checkpointing"),
    Word("optimizer_args.weight_decay", "weight_decay"),
    Word("optimizer_args.beta1", "beta1"),
    Word("optimizer_args.beta2", "beta2"),
    _closed("lr_scheduler", "lr_schedule", _SCHEDULES, "No schedule of that name is known."),
    _closed("timestep_sampling", "timestep_sampling", _SAMPLINGS, "No such way to draw noise levels is known."),
    Word("discrete_flow_shift", "timestep_shift"),
    Word("sigmoid_scale", "logit_std"),
    _closed("weighting_scheme", "loss_weighting", _WEIGHTINGS, "No such weighting is known."),
    Word("resolution", "resolution", _side, lambda side: f"{side},{side}", kind=str),
    Word("caption_dropout_rate", "caption_dropout"),
    Word("mixed_precision", "precision", among(_PRECISIONS, "fp16 overflows in this model; bf16 and fp32 do not."),
         precision_out),
)
_FILE_ONLY = (
    Word("output_name", "name"),
    _closed("optimizer_type", "optimizer", _OPTIMIZERS, "No optimizer of that name is known.", _OPTIMIZERS_OUT),
    Word("train_batch_size", "batch_size"),
    Word("batch_size", "batch_size"),
    Word("max_train_epochs", "epochs"),
    Word("max_train_steps", "max_steps"),
    Word("bucket_reso_steps", "bucket_step"),
    Word("shuffle_caption", "caption_variants", _variants, _shuffle, kind=bool),
    Word("caption_tag_dropout_rate", "tag_dropout"),
    Word("flip_aug", "flip"),
    Word("torch_compile", "compile"),
    Word("blocks_to_swap", "blocks_to_swap"),
    Word("save_every_n_epochs", "save_every"),
    Word("save_last_n_epochs", "keep_last"),
    Word("sample_every_n_epochs", "preview_every", write=lambda every: every or None),
    _closed("sample_sampler", "preview_sampler", _SAMPLERS, "sd-scripts has no such sampler, or the studio has none."),
)
_HEADER_ONLY = (
    Word("output_name", "name"),
    _closed("optimizer", "optimizer", _OPTIMIZERS, "No optimizer of that name is known."),
    Word("total_batch_size", "batch_size"),
    Word("batch_size_per_device", "batch_size"),
    Word("num_epochs", "epochs"),
    Word("max_train_steps", "max_steps"),
    Word("logit_mean", "logit_mean"),
    Word("logit_std", "logit_std"),
)
_ASSUMED = {
    "name": "last", "rank": 4, "alpha": 1.0, "learning_rate": 2e-6, "precision": "fp32", "epochs": ENDLESS,
    "max_steps": 1600, "gradient_checkpointing": False, "optimizer": "adamw", "beta1": 0.9, "beta2": 0.999,
    "weight_decay": 0.01, "clip": 1.0, "lr_schedule": "constant", "warmup_steps": 0, "caption_dropout": 0.0,
    "timestep_sampling": "logit_normal", "timestep_shift": 1.0, "logit_mean": 0.0, "logit_std": 1.0,
    "loss_weighting": "none", "preview_every": 0, "preview_sampler": "euler",
}  # fmt: skip
_ALWAYS = {
    "network_train_unet_only": True, "enable_bucket": True, "cache_latents": True, "save_model_as": "safetensors",
}  # fmt: skip
_REASONS = {
    **dict.fromkeys(("pretrained_model_name_or_path", "qwen3", "vae", "llm_adapter_path", "t5_tokenizer_path"), _BASE),
    **dict.fromkeys(("train_data_dir", "image_dir", "class_tokens", "caption_extension", "metadata_file", "is_reg",
                     "reg_data_dir", "dataset_config", "in_json", "caption_prefix", "caption_suffix"), _IMAGES),
    **dict.fromkeys(("num_repeats", "dataset_repeats"), _REPEATS),
    **dict.fromkeys(("save_every_n_steps", "sample_every_n_steps", "save_last_n_steps", "sample_at_first"), _STEPS),
    **dict.fromkeys(("cache_latents_to_disk", "cache_text_encoder_outputs", "cache_text_encoder_outputs_to_disk",
                     "attn_mode", "split_attn", "sdpa", "xformers", "max_data_loader_n_workers", "vae_chunk_size",
                     "persistent_data_loader_workers", "vae_batch_size", "vae_disable_cache", "highvram", "lowram",
                     "mem_eff_attn", "full_bf16", "unsloth_offload_checkpointing"), _SPEED),
    **dict.fromkeys(("text_encoder_lr", "network_train_text_encoder_only"), _ALONE),
    **dict.fromkeys(("logit_mean", "logit_std", "mode_scale"), _SIGMA),
    **dict.fromkeys(("min_bucket_reso", "max_bucket_reso", "bucket_no_upscale"),
                    "Buckets follow from the resolution and two aspects here."),
    "keep_tokens": "The trigger and what stands before it keep their place here in any case.",
    "keep_tokens_separator": "The trigger and what stands before it keep their place here in any case.",
    "output_dir": "Runs lie in their project.", "logging_dir": "Runs lie in their project.",
    "network_args.train_llm_adapter": "The text adapter is never trained here; it is spoilt easily.",
    "sample_prompts": "No text file of prompts lies there.",
    "save_precision": "LoRAs are saved in the precision they are trained in.",
    "network_weights": "A run begins with a LoRA of its own.", "resume": "Its state fits no other trainer.",
}  # fmt: skip
_HEADER_REASONS = {
    **dict.fromkeys(("tag_frequency", "dataset_dirs", "bucket_info", "reg_dataset_dirs", "datasets", "num_train_images",
                     "num_reg_images", "num_batches_per_epoch", "training_comment"), _IMAGES),
    **dict.fromkeys(("sd_model_name", "sd_model_hash", "new_sd_model_hash", "base_model_version", "vae_name",
                     "vae_hash", "new_vae_hash"), _BASE),
    **dict.fromkeys(("epoch", "steps", "session_id", "training_started_at", "training_finished_at", "output_dir",
                     "sd_scripts_commit_hash"), "It tells of that run, and decides nothing."),
}  # fmt: skip

FILE = Dialect(TOOL, _TRAINING + _FILE_ONLY, _ASSUMED, _ALWAYS, _REASONS)


def _header() -> Dialect:
    """The same words behind `ss_`. The header is silent on much; there the studio's own defaults hold."""
    words = tuple(replace(word, key=f"ss_{word.key}") for word in (*_TRAINING, *_HEADER_ONLY))
    reasons = {f"ss_{key}": why for key, why in (_REASONS | _HEADER_REASONS).items()}
    return Dialect(TOOL, words, reasons=reasons, always={f"ss_{key}": value for key, value in _ALWAYS.items()})


HEADER = _header()
EPOCHS_FIRST = "max_train_epochs goes before it."
