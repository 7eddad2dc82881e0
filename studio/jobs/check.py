"""Looks whether this machine and a base model are ready for work, the quick looks first."""

from __future__ import annotations

import dataclasses
import hashlib
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.errors import UserError
from studio.core.events import Ending, Facts, Finished, Note, Progress, Started, Stopped
from studio.core.generations import Here, build_for, found_in, generation_of
from studio.jobs import machine
from studio.jobs.bases import PRACTICE, BaseChoice
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.jobs.nvidia import SeenCard, seen_card
from studio.jobs.pace import Pace
from studio.jobs.room import free_bytes
from studio.jobs.threads import cores
from studio.store import comfyui, workspace
from studio.store.checksums import digesting
from studio.store.comfyui import Installation
from studio.store.weight_source import weight_files

if TYPE_CHECKING:
    import torch

    from studio.engine.anima.checkpoint import Anima
    from studio.engine.anima.files import BaseFiles

MIB = 2**20
_TOLD = ("R11",)     # by `machine.unfit_versions`
PROBLEM = "problem"  # what a fact is called that someone should do something about; there may be many

_LITTLE_ROOM = 2 * 2**30  # bytes on the disk; a run of the public release keeps several checkpoints of 90 MiB
_LISTED = {"bases": "base", "text_encoders": "text encoder", "vaes": "VAE", "loras": "LoRA", "tokenizers": "tokenizer",
           "unreadable": "cannot be read"}  # fmt: skip

# A fact to tell and keep, facts that were told already, or something only to tell.
Found = Iterator[tuple[str, object] | Facts | Note | Progress]


@dataclass(frozen=True, slots=True)
class Check:
    """Says what computes, in which versions. With a base, reads it whole and says what it is; without, what there is.

    Each thing is told as it is found. What should be put right is told in a sentence and listed under `problems`.
    """

    base: BaseChoice | None = None
    comfyui: Path | None = None
    here: Path = field(default_factory=Path.cwd)
    home: Path = field(default_factory=Path.home)
    kind = "check"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        emit(Started("", self.kind, 1))
        facts: dict[str, object] = {"problems": ()}
        for found in self._found(gpu):
            match found:
                case (name, value):
                    emit(Note(f"{name}: {value}"))
                    facts |= {"problems": (*facts["problems"], value)} if name == PROBLEM else {name: value}
                case dict():
                    facts |= found
                case _:
                    emit(found)
            if stop.is_set():
                return Stopped(facts)
        return Finished(facts)

    def _found(self, gpu: Gpu) -> Found:
        yield from _machine(self.here)
        yield from _device(gpu)
        if self.base:
            yield from _base(self.base, gpu)
        if self.comfyui or not self.base:
            yield from _models(self.here, self._installations())

    def _installations(self) -> Iterator[Installation]:
        if self.comfyui is None:
            return comfyui.found_in(comfyui.usual_places(self.home))
        found = comfyui.installation(self.comfyui)
        if found is None:
            raise UserError(f"{self.comfyui} is no ComfyUI installation: no models lie in its models/",
                            "Name the folder with ComfyUI's main.py, or its models folder.")
        return iter((found,))


def _machine(here: Path) -> Found:
    yield from machine.versions()
    yield from ((PROBLEM, sentence) for sentence in machine.unfit_versions())
    free, total = machine.ram_bytes()
    yield from {"cores": cores(), "ram_gib": _gib(total), "free_ram_gib": _gib(free)}.items()
    room = free_bytes(here)
    yield "free_gib", _gib(room)
    if room < _LITTLE_ROOM:
        yield PROBLEM, f"Only {_gib(room)} GiB are free on the disk; make room before a training run."


def _device(gpu: Gpu) -> Found:
    """The first thing here that imports torch."""
    yield from gpu.facts().items()
    if gpu.device.type != "cpu":
        free, total = gpu.memory()
        yield from {"device_gib": _gib(total), "free_device_gib": _gib(free)}.items()
    if card := seen_card():
        yield from _card(card)


def _card(card: SeenCard) -> Found:
    """Its generation, the build of torch that fits it, and each landmine that it stands on by its id."""
    generation, build = generation_of(card.capability), build_for(card.capability, card.driver)
    yield "card", f"{card.name}, compute {'.'.join(map(str, card.capability))}, driver {card.driver}"
    yield "generation", generation.name if generation else "unknown"
    if build:
        yield "wheel_index", build.index
    here = Here(card.name, card.capability, card.driver, machine.of_card(), machine.beside_torch())
    yield from ((PROBLEM, f"{id}: {case.message} {case.remedy}") for id, case in found_in(here) if id not in _TOLD)


def _base(choice: BaseChoice, gpu: Gpu) -> Found:
    """Names, then headers, then weights, then checksums."""
    files = choice.files()
    yield from {"base": str(files.transformer), "title": choice.title}.items()
    yield from _headers(files, gpu.dtype(), gpu.memory()[0])
    with gpu.resident(files) as anima:
        yield "weights", "read whole"
        yield from ((PROBLEM, sentence) for sentence in _not_finite(anima))
    yield from _checksums(_files_of(files))


def _headers(files: BaseFiles, dtype: torch.dtype, free: int) -> Found:
    """Raises UserError if the base does not fit itself, or not into memory."""
    from studio.engine.anima.checkpoint import outline

    found = outline(files)
    needed = found.numbers * dtype.itemsize
    yield from {"blocks": found.blocks, "million_parameters": round(found.parameters / 1e6, 1),
                "formats": ", ".join(found.formats), "base_gib": _gib(needed)}.items()
    yield from ((PROBLEM, sentence) for sentence in found.left_out)
    if needed > free:
        raise UserError(f"The base takes {_gib(needed)} GiB in this device's format, and {_gib(free)} GiB are free",
                        "Close other programs, or choose another --device.")


def _not_finite(anima: Anima) -> Iterator[str]:
    from studio.engine.tensor_files import first_not_finite

    models = {"transformer": anima.transformer, "conditioner": anima.text.conditioner, "text encoder": anima.text.qwen,
              "VAE": anima.vae}  # fmt: skip
    for part, model in models.items():
        if name := first_not_finite(model.state_dict()):
            yield f"The {part} holds numbers that are none, first in {name}; fetch its file again."


def _files_of(files: BaseFiles) -> tuple[Path, ...]:
    sources = (files.transformer, files.conditioner, files.text_encoder, files.vae)
    return tuple(dict.fromkeys(path for source in sources if source for path in weight_files(source)))


def _checksums(paths: tuple[Path, ...]) -> Found:
    total, done, known = sum(path.stat().st_size for path in paths), 0, {}
    pace = Pace(total, time.monotonic)
    for path in paths:
        digest = hashlib.sha256()
        for count in digesting(path, digest):
            done += count
            yield Progress(done // MIB, total // MIB, pace.seconds_left(done), "MiB of checksums")
        known[str(path)] = digest.hexdigest()
        yield Note(f"sha256 of {path}: {known[str(path)]}")
    yield {"sha256": known}


def _models(here: Path, installations: Iterable[Installation]) -> Found:
    """What there is to train on, and to train with."""
    if (here / workspace.NAME).is_file():
        yield "project_base", workspace.read_project(here).project.base or "none"
    yield "practice_base", PRACTICE
    found = []
    for each in installations:
        yield Note(f"ComfyUI: {each.folder}")
        yield from (Note(f"{kind}: {path}") for name, kind in _LISTED.items() for path in getattr(each, name))
        found.append(dataclasses.asdict(each))
    yield {"comfyui": tuple(found)}


def _gib(count: int) -> float:
    return round(count / 2**30, 1)
