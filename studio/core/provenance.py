"""Was a picture drawn by the very model that is to be trained, by a sibling of it, or by something else?

A model that is trained on its own pictures learns fast and learns its own faults, so this decides how long to train.
The answer comes from what generators write into their files. Without such metadata it is unknown, which does not mean
that a person drew the picture.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from studio.core.errors import UserError, unknown
from studio.core.record import PROVENANCES, Provenance

NOTHING_KNOWN = "No metadata says where it comes from"
MODEL_ENDINGS = (".safetensors", ".gguf", ".ckpt", ".pt", ".pth", ".sft", ".bin")

_SHORTEST_HASH = 8  # hex digits; generators cut SHA-256 to ten or twelve
_ANIMA = re.compile(r"anima(?=$|[^a-z]|base|official|preview|turbo|aesthetic|yume|ika)")
_OTHERS = re.compile(r"xl|pencil|pony|illustrious|noob|sd[_-]?1|flux")  # names of other families with "anima" in them
_ENCODER, _VAE = re.compile(r"qwen_?3_?0?\.?6b"), re.compile(r"qwen_image_vae")
_PRECISION = re.compile(r"[-_. ]?(fp8\w*|fp16|bf16|fp32|int8|nvfp4|q\d\w*|scaled|e4m3fn)(?=$|[-_. ])")

Kind = Literal["same base", "same family", "other generator"]


@dataclass(frozen=True, slots=True)
class Made:
    """What a picture's metadata tell of its making; names are as the generator wrote them.

    `parts` are text encoders and VAEs, `hashes` beginnings of the model file's SHA-256. `where` says what was read.
    """

    generator: str
    where: str
    models: tuple[str, ...] = ()
    loras: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    hashes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """The base that is trained: the names its file goes by, and its SHA-256 if somebody computed it."""

    names: tuple[str, ...] = ()
    sha256: str = ""


def provenance_of(made: Made | None, target: Target) -> Provenance:
    """Where a picture comes from, seen from the base that is trained."""
    if made is None:
        return Provenance("unknown", evidence=NOTHING_KNOWN, origin="metadata")
    kind, model, remark = _compared(made, target)
    named = f"{made.where} names {model}" if model else f"{made.where} was written by {made.generator}"
    loras = f" with the LoRA {' and '.join(made.loras[:3])}" if made.loras else ""
    return Provenance(kind, made.generator, model, named + loras + remark, "metadata")


def by_folder(rules: Mapping[str, Provenance], folder: str) -> Provenance | None:
    """What a person's rule says of a folder, given as "set/gemini"; the innermost that has one decides, "" is any."""
    known = {name.casefold(): provenance for name, provenance in rules.items()}
    names = [part.casefold() for part in reversed(PurePosixPath(folder).parts)]
    return next((known[name] for name in (*names, "") if name in known), None)


def folder_rules(texts: Iterable[str]) -> dict[str, Provenance]:
    """Rules as they are typed: "gemini=other-generator", or "same family" for every folder."""
    rules = {}
    for text in texts:
        folder, _, kind = (part.strip() for part in text.rpartition("="))
        kind = kind.replace("-", " ")
        if kind not in PROVENANCES:
            raise unknown("provenance", kind, PROVENANCES)
        if "=" in text and not folder:
            raise UserError(f"'{text}' names no folder", "Write FOLDER=KIND, or KIND alone.")
        evidence = f"The rule for the folder {folder}" if folder else "The rule for this import"
        rules[folder] = Provenance(kind, evidence=evidence, origin="folder")
    return rules


def is_anima(name: str) -> bool:
    """Whether a model's name says that it is Anima or was made from it."""
    plain = name.casefold()
    return bool(_ANIMA.search(plain)) and not _OTHERS.search(plain)


def _compared(made: Made, target: Target) -> tuple[Kind, str, str]:
    """How near the picture's model is to the target, which model that is, and what tells so if not its name."""
    first = made.models[0] if made.models else ""
    names = {_plain(name) for name in target.names} - {""}
    for model in made.models:
        if _plain(model) in names:
            return "same base", model, ""
    if any(len(each) >= _SHORTEST_HASH and target.sha256.startswith(each.casefold()) for each in made.hashes):
        return "same base", first, ", whose hash is that of the base"
    for model in made.models:
        if is_anima(model):
            return "same family", model, ""
    if _has_animas_parts(made.parts):
        return "same family", first, f", and {' and '.join(made.parts)}, which belong to Anima"
    return "other generator", first, ""


def _has_animas_parts(parts: Iterable[str]) -> bool:
    """Its text encoder gives Anima away, whatever the model is called, unless its VAE is another's."""
    plain = [part.casefold() for part in parts]
    vaes = [part for part in plain if "vae" in part]
    return any(map(_ENCODER.search, plain)) and (not vaes or any(map(_VAE.search, vaes)))


def _plain(name: str) -> str:
    """A model's name without folder, ending, precision and punctuation, all of which differ between tools."""
    stem = re.split(r"[/\\]", name.casefold())[-1]
    for ending in MODEL_ENDINGS:
        stem = stem.removesuffix(ending)
    return re.sub(r"[^a-z0-9]", "", _PRECISION.sub("", stem))
