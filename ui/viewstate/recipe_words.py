"""In which order, and in which words, does a person meet the settings of a recipe? What counts tonight comes first.

A setting that stands in no section is shown in the last one: none can be forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from studio.core.knobs import Knob, Setting, knobs_of
from studio.core.recipe import Recipe
from ui.i18n import tr

BASIC = ("epochs", "rank", "learning_rate", "batch_size", "accumulation", "resolution", "save_every", "preview_every")
HIDDEN = ("name",)  # the preset says it

_SECTIONS = {
    "adapter": ("alpha", "adapter", "lokr_factor", "train_adaln"),
    "optimizer": ("optimizer", "lr_schedule", "lr_floor", "warmup_steps", "weight_decay", "beta1", "beta2", "clip",
                  "ema"),
    "captions": ("caption_dropout", "caption_variants", "tag_dropout"),
    "pictures": ("area_band", "bucket_step", "min_aspect", "max_aspect", "flip"),
    "noise": ("timestep_sampling", "timestep_shift", "logit_mean", "logit_std", "loss_weighting"),
    "previews": ("preview_prompts", "preview_negative", "preview_seeds", "preview_steps", "preview_cfg",
                 "preview_sampler", "preview_scheduler", "preview_width", "preview_height"),
    "saving": ("keep_last", "keep_every", "state_every"),
    "machine": ("gradient_checkpointing", "compile", "blocks_to_swap", "precision"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Section:
    """Settings that are folded together."""

    id: str
    name: str
    knobs: tuple[Knob, ...]


def sections() -> tuple[Section, ...]:
    """Every setting of a recipe once; the first section is the basic one."""
    known = {knob.name: knob for knob in knobs_of(Recipe)}
    listed = {"basic": BASIC, **_SECTIONS}
    seen = {name for names in listed.values() for name in names}
    listed["other"] = tuple(name for name in known if name not in seen and name not in HIDDEN)
    return tuple(Section(id, _names()[id], tuple(known[name] for name in names)) for id, names in listed.items())


def label_of(knob: Knob) -> str:
    """What a person calls the setting; the basic ones say what they are for."""
    return _words().get(knob.name) or tr(knob.label)


def help_of(knob: Knob) -> str:
    """What it does, in a sentence."""
    return _helps().get(knob.name) or tr(knob.help)


def choice_of(value: str) -> str:
    """A choice as people read it."""
    return _choices().get(value, value)


def matches(knob: Knob, words: str) -> bool:
    """Whether all words of a search are found in what is said of a setting: its names, its help, its choices."""
    names = (label_of(knob), knob.name, knob.name.replace("_", " "), tr(knob.label))
    text = " ".join((*names, tr(knob.help), help_of(knob), *(knob.choices or ()))).casefold()
    return all(word in text for word in words.casefold().split())


def told(knob: Knob, setting: Setting) -> str:
    """A value as sentences say it."""
    if isinstance(setting, bool):
        return tr("on") if setting else tr("off")
    if isinstance(setting, tuple):
        return tr("none") if not setting else ", ".join(map(str, setting))
    if isinstance(setting, int):
        return f"{setting:,}"
    return f"{setting:g}" if isinstance(setting, float) else choice_of(setting)


def preset_name(name: str) -> str:
    """A recipe as people call it; those that a person keeps have their own names."""
    return {"official": tr("Official"), "practice": tr("For the practice model")}.get(name, name)


def _names() -> Mapping[str, str]:
    return {
        "basic": tr("What matters tonight"), "adapter": tr("What is learnt"), "optimizer": tr("How it learns"),
        "captions": tr("Captions"), "pictures": tr("Size and shape of pictures"), "noise": tr("Noise levels"),
        "previews": tr("Previews"), "saving": tr("What is kept"), "machine": tr("Speed and memory"),
        "other": tr("Other"),
    }  # fmt: skip


def _words() -> Mapping[str, str]:
    return {
        "epochs": tr("How long to train (epochs)"), "rank": tr("How much the LoRA can learn (rank)"),
        "learning_rate": tr("How fast it learns (learning rate)"),
        "batch_size": tr("Pictures at once (batch size)"),
        "resolution": tr("Size of training pictures (resolution)"),
        "save_every": tr("Keep a LoRA every"), "preview_every": tr("Draw previews every"),
    }  # fmt: skip


def _helps() -> Mapping[str, str]:
    return {
        "epochs": tr("An epoch shows each picture as often as the repeats of its character say."),
        "rank": tr("32 is usual for one character; several together want 64 for each."),
        "save_every": tr("Each can be compared with the others later on."),
        "preview_every": tr("They take time of their own; 0 draws none."),
    }  # fmt: skip


def _choices() -> Mapping[str, str]:
    """Names that are nobody's words; what is not here is a name that others know by heart, and stays."""
    return {
        "lora": "LoRA", "dora": "DoRA", "lokr": "LoKr", "adamw": "AdamW", "adamw_8bit": tr("AdamW, 8 bit"),
        "prodigy": "Prodigy", "adamw_schedulefree": tr("AdamW, schedule-free"), "none": tr("None"),
        "constant": tr("Constant"), "cosine": tr("Cosine"), "linear": tr("Linear"), "uniform": tr("Uniform"),
        "shifted": tr("Shifted"), "logit_normal": tr("Logit-normal"), "auto": tr("Automatic"),
    }  # fmt: skip
