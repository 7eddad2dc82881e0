"""Reads the recipe that a LoRA was trained with from its header, as sd-scripts and this studio write it: `ss_*`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from studio.core.errors import UserError
from studio.core.foreign_recipe import Dialect, Imported, LeftOut, imported, refuse_nothing, said
from studio.store.exchange.sdscripts_toml import adapter_word, taken_apart
from studio.store.exchange.sdscripts_words import HEADER, TOOL
from studio.store.lora_header import read_lora_header

_SS = "ss_"
_OF_THE_FILE = "It describes the file, not its training."
_CALL = re.compile(r"\s*([\w.]+)\s*(?:\((.*)\))?\s*", re.DOTALL)
_ARGUMENT = re.compile(r"(\w+)\s*=\s*(\([^)]*\)|[^,]*)")


def read_header_recipe(path: Path) -> Imported:
    """The recipe in the header of a LoRA. Raises UserError if the file is none, or its header says nothing of one."""
    return from_metadata(read_lora_header(path).metadata, str(path))


def from_metadata(metadata: Mapping[str, str], where: str = "header") -> Imported:
    """The recipe of a header's free text. The studio's own defaults hold wherever it is silent."""
    words = adapter_word(_words(metadata, where))
    without = _beside(metadata)
    if words.get("ss_num_epochs") and (steps := words.pop("ss_max_train_steps", None)):
        without += (LeftOut("ss_max_train_steps", said(steps), "It is what all epochs come to, not a limit."),)
    found = imported(_dialect(words), words, where, without)
    refuse_nothing(found.carried, TOOL, where)
    return found


def _dialect(words: Mapping[str, object]) -> Dialect:
    """torch's own AdamW is named with its module; where no betas stand beside it, they are torch's."""
    named = str(words.get("ss_optimizer", ""))
    return replace(HEADER, assumed={"beta1": 0.9, "beta2": 0.999} if "." in named else {})


def _beside(metadata: Mapping[str, str]) -> tuple[LeftOut, ...]:
    return tuple(LeftOut(key, said(text), _OF_THE_FILE) for key, text in metadata.items() if not key.startswith(_SS))


def _words(metadata: Mapping[str, str], where: str) -> dict[str, object]:
    words: dict[str, object] = {}
    for key, text in metadata.items():
        if key == "ss_network_args":
            words |= {f"{key}.{name}": str(value) for name, value in _arguments(text, where).items()}
        elif key == "ss_optimizer":
            words |= _optimizer(text, where)
        elif key.startswith(_SS):
            words[key] = text
    return words


def _arguments(text: str, where: str) -> Mapping[str, object]:
    """The JSON table of the network's arguments; some write null or None for none."""
    if text.strip() in ("", "null", "None"):
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise UserError(f"{where}: ss_network_args cannot be {said(text)}", "It must be a JSON table.")
    return found


def _optimizer(text: str, where: str) -> dict[str, object]:
    """`torch.optim.adamw.AdamW(weight_decay=0.01,betas=(0.9, 0.99))` taken apart."""
    found = _CALL.fullmatch(text)
    if found is None:
        return {"ss_optimizer": text}
    listed = [f"{name}={value}" for name, value in _ARGUMENT.findall(found[2] or "")]
    arguments = taken_apart(listed, "optimizer_args", where)
    return {"ss_optimizer": found[1]} | {f"ss_{key}": value for key, value in arguments}
