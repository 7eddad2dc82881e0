"""Reads and writes the training files of AnimaLoraToolkit: one YAML table of keys and values.

Its trainer fixes what a recipe here decides: AdamW without a clip, and noise levels shifted by 3. That is assumed where
a file is read, and told where one is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import yaml

from studio.core.errors import UserError, shown
from studio.core.foreign_recipe import (
    Dialect,
    Imported,
    LeftOut,
    Roughly,
    Table,
    Translated,
    Unfit,
    Word,
    among,
    imported,
    precision_out,
    refuse_nothing,
    said,
    spelled_out,
    translated,
    with_placeholder,
    written_as,
)
from studio.core.recipe import Recipe
from studio.core.texts import read_text

TOOL = "AnimaLoraToolkit"

_LARGEST, _DEEPEST = 2**18, 8  # bytes and levels; its own template has 6 kB and two
_ORDERS = 8  # of a shuffled caption: more of them take memory, and the rest of a run sees no difference
_SHUFFLED = (f"Shown in {_ORDERS} orders, the trigger and what stands before it in place, and sentences whole; "
             "AnimaLoraToolkit shuffles at every comma.")
_STEPS = "Checkpoints and previews follow epochs here, not steps."
_BASE = "The base model is named with each run, not in a recipe."
_SCREEN = "It is about how progress is shown, which decides nothing."
_FOLDER = "Images are imported into a project."
_SPEED = "It changes the speed and not the result; the studio decides it."


def _variants(shuffle: bool) -> Roughly | int:
    return Roughly(_ORDERS, _SHUFFLED) if shuffle else 1


def _shuffle(variants: int) -> Roughly | bool:
    return Roughly(True, "AnimaLoraToolkit shuffles at every comma, sentences included.") if variants > 1 else False


def _epochs_between(every: int) -> int:
    if every == 0:
        raise Unfit("A run here saves after epochs, at least after the last one.")
    return every


def _full_or_half(word: str) -> Roughly | str:
    if word.strip().lower() == "fp16":
        return Roughly("fp32", "AnimaLoraToolkit computes in fp32 for anything but bf16.")
    return among({"bf16": "bf16", "no": "fp32", "fp32": "fp32"}, "No precision of that name is known.")(word)


def _fixed_seed(seed: int) -> tuple[int, ...]:
    if seed == 0:
        raise Unfit("Previews here have the same seed in each epoch, so that they can be compared.")
    return (seed,)


def _one_seed(seeds: tuple[int, ...]) -> Roughly | int:
    if not seeds or seeds[0] == 0:
        raise Unfit("AnimaLoraToolkit reads 0 as no seed at all.")
    return seeds[0] if len(seeds) == 1 else Roughly(seeds[0], f"{TOOL} takes one seed.")


def _some(prompt: str) -> str:
    if not prompt:
        raise Unfit(f"Where it is empty, {TOOL} takes a negative prompt of its own.")
    return prompt


_KIND = {"lora": "lora", "lokr": "lokr"}
_SAMPLERS = {name: name for name in ("er_sde", "euler")}
_WORDS = (
    Word("output_name", "name"),
    Word("lora_type", "adapter", among(_KIND, "No adapter of that kind is known."),
         written_as(_KIND, f"{TOOL} knows LoRA and LoKr only.")),
    Word("lora_rank", "rank"),
    Word("lora_alpha", "alpha"),
    Word("lokr_factor", "lokr_factor"),
    Word("learning_rate", "learning_rate"),
    Word("lr", "learning_rate"),
    Word("batch_size", "batch_size"),
    Word("grad_accum", "accumulation"),
    Word("epochs", "epochs"),
    Word("max_steps", "max_steps"),
    Word("seed", "seed"),
    Word("resolution", "resolution"),
    Word("shuffle_caption", "caption_variants", _variants, _shuffle, kind=bool),
    Word("tag_dropout", "tag_dropout"),
    Word("flip_augment", "flip"),
    Word("grad_checkpoint", "gradient_checkpointing"),
    Word("mixed_precision", "precision", _full_or_half, precision_out),
    Word("save_every", "save_every", _epochs_between),
    Word("save_state_every", "state_every"),
    Word("sample_every", "preview_every"),
    Word("sample_infer_steps", "preview_steps"),
    Word("sample_cfg_scale", "preview_cfg"),
    Word("sample_sampler_name", "preview_sampler", among(_SAMPLERS, f"{TOOL} draws with Euler for this name."),
         written_as(_SAMPLERS, f"{TOOL} draws with ER SDE or Euler.")),
    Word("sample_scheduler", "preview_scheduler", write=written_as({"simple": "simple"}, f"{TOOL} knows simple only.")),
    Word("sample_width", "preview_width"),
    Word("sample_height", "preview_height"),
    Word("sample_seed", "preview_seeds", _fixed_seed, _one_seed, many=False),
    Word("sample_negative_prompt", "preview_negative", write=_some),
    Word("sample_prompts", "preview_prompts"),
    Word("sample_prompt", "preview_prompts", lambda prompt: (prompt,), many=False),
)
_ASSUMED = {
    "name": "anima_lora", "adapter": "lokr", "rank": 32, "alpha": 32.0, "lokr_factor": 8, "learning_rate": 1e-4,
    "accumulation": 1, "epochs": 10, "precision": "bf16", "gradient_checkpointing": False, "preview_every": 0,
    "optimizer": "adamw", "beta1": 0.9, "beta2": 0.999, "weight_decay": 0.01, "clip": 0.0, "warmup_steps": 0,
    "lr_schedule": "constant", "timestep_sampling": "shifted", "timestep_shift": 3.0, "logit_mean": 0.0,
    "logit_std": 1.0, "loss_weighting": "none", "caption_dropout": 0.0,
}  # fmt: skip
_REASONS = {
    "repeats": "Repeats belong to the characters of a project.",
    "keep_tokens": "The trigger and what stands before it keep their place here in any case.",
    "data_dir": _FOLDER, "prefer_json": "Captions are read when images are imported, JSON included.",
    "transformer_path": _BASE, "vae_path": _BASE, "text_encoder_path": _BASE, "t5_tokenizer_path": _BASE,
    "output_dir": "Runs lie in their project.", "save_every_steps": _STEPS, "sample_steps": _STEPS,
    "resume_lora": "A run begins with a LoRA of its own.", "resume_state": "Its state fits no other trainer.",
    "cache_latents": _SPEED, "xformers": _SPEED,
    "num_workers": _SPEED, "loss_curve_steps": _SCREEN, "no_progress": _SCREEN, "log_every": _SCREEN,
    "no_monitor": _SCREEN, "monitor_host": _SCREEN, "monitor_port": _SCREEN, "no_browser": _SCREEN,
    "no_live_curve": _SCREEN, "auto_install": _SCREEN, "interactive": _SCREEN,
}  # fmt: skip
DIALECT = Dialect(TOOL, _WORDS, _ASSUMED, reasons=_REASONS)


def read_toolkit(path: Path, trigger: str = "") -> Imported:
    """The recipe of a file; where previews spell `trigger` out, they get the placeholder instead."""
    return from_yaml(read_text(path, _LARGEST), str(path), trigger)


def from_yaml(text: str, where: str = "recipe", trigger: str = "") -> Imported:
    """The recipe of a YAML text. Raises UserError for what is no table, and for a value of the wrong type."""
    table = _table(text, where)
    found = imported(_dialect(table), _settled(table), where, _overruled(table))
    refuse_nothing(found.carried, TOOL, where)
    return replace(found, recipe=with_placeholder(found.recipe, trigger))


def to_yaml(recipe: Recipe, trigger: str = "") -> tuple[str, Translated]:
    """The recipe as its text, and what of it could not be said; {trigger} in previews becomes the word itself."""
    found = translated(DIALECT, spelled_out(recipe, trigger))
    return yaml.safe_dump(dict(found.table), sort_keys=False, allow_unicode=True, width=2**16), found


def _dialect(table: Table) -> Dialect:
    """Previews are as large as training pictures where the file does not say otherwise."""
    side = table.get("resolution", Recipe().resolution)
    sides = {"preview_width": side, "preview_height": side} if type(side) is int else {}
    return replace(DIALECT, assumed=DIALECT.assumed | sides)


def _settled(table: Table) -> dict[str, object]:
    """Without what another key of it overrules: one prompt beside several, and sides of 0, which follow training."""
    idle = {key for key in ("sample_width", "sample_height") if table.get(key) in (0, "0")}
    idle |= {"sample_prompt"} if table.get("sample_prompts") else set()
    return {key: value for key, value in table.items() if key not in idle}


def _overruled(table: Table) -> tuple[LeftOut, ...]:
    if not (table.get("sample_prompt") and table.get("sample_prompts")):
        return ()
    return (LeftOut("sample_prompt", said(table["sample_prompt"]), "sample_prompts goes before it."),)


def _table(text: str, where: str) -> Mapping[str, object]:
    """The one table of a YAML text. Nothing in it may refer to another place, nest deeply or be said twice."""
    try:
        _require_plain(text, where)
        node = yaml.compose(text, yaml.SafeLoader)
        if not isinstance(node, yaml.MappingNode):
            raise UserError(f"{where} is no table of keys and values", f"Choose a training file of {TOOL}.")
        _require_distinct([str(key.value) for key, _ in node.value], where)
        return {str(key): value for key, value in yaml.safe_load(text).items()}
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        reason = shown(" ".join(str(error).split()))
        raise UserError(f"{where} is not valid YAML: {reason}", "Correct that line, or restore the file.") from None


def _require_plain(text: str, where: str) -> None:
    """Raises UserError for aliases, of which a small text can make gigabytes, and for nesting without end."""
    depth = 0
    for event in yaml.parse(text, yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent):
            raise UserError(f"{where} uses the alias *{shown(event.anchor)}", "Write the value out in its place.")
        if depth > _DEEPEST:
            raise UserError(f"{where} nests deeper than {_DEEPEST} levels", f"Choose a training file of {TOOL}.")


def _require_distinct(keys: list[str], where: str) -> None:
    twice = [key for key, count in Counter(keys).items() if count > 1]
    if twice:
        raise UserError(f"{where} says {shown(twice[0])} twice", "Remove one of the two lines.")
