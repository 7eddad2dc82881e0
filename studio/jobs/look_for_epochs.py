"""What lies in a folder of LoRA files, who do they call, and which of the bases of this machine were they made for?

Only names and headers are read. A LoRA fits a base where their modules are of one width; which of several is meant is
what the header says, and where it says nothing a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from studio.core.errors import UserError
from studio.core.events import Ending, Finished, Started, Stopped
from studio.core.foreign_run import ForeignRun, named
from studio.core.weight_kinds import is_anima_lora
from studio.jobs.bases import PRACTICE, BaseChoice
from studio.jobs.execute import Emit, Stop
from studio.jobs.find_bases import FindBases
from studio.jobs.gpu import Gpu
from studio.store import runs
from studio.store.foreign_runs import runs_in
from studio.store.lora_header import read_lora_header
from studio.store.runs import RunFolder
from studio.store.weight_header import read_entries
from studio.store.weight_source import weight_files

Source = Literal["run", "header", "name"]

_NO_NAME = re.compile(r"(?i)(v\d+|e\d+|r\d+|rank\d*|dim\d*|lora|lokr|anima|base|final|last|epoch\w*|step\w*|\d+)")
_DOWNS = (".lora_down.weight", ".lora_A.weight")


@dataclass(frozen=True, slots=True)
class FoundRun:
    """One run of the folder. `source` says where the `trigger` was read: in its own run, a header, or a file's name.

    `bases` are those it fits, as projects remember them: the one it was trained on first, if its header names it.
    """

    run: ForeignRun
    trigger: str
    source: Source
    bases: tuple[str, ...]
    is_named: bool = False   # whether its header names the first of them


@dataclass(frozen=True, slots=True)
class LookForEpochs:
    """Its result is `found`, the runs in a folder, or in that of a LoRA file, the one with most files first.

    `also` is a folder in which ComfyUI may lie, `known` are bases that were used before.
    """

    where: Path
    also: Path | None = None
    known: tuple[str, ...] = ()
    home: Path = field(default_factory=Path.home)
    kind = "look"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        emit(Started(self.where.name, self.kind, 1))
        folder = self.where if self.where.is_dir() else self.where.parent
        found = _runs(folder, self.where)
        if stop.is_set():
            return Stopped()
        looked = FindBases(self.also, self.home).run(gpu, lambda event: None, stop)
        bases = tuple(dict.fromkeys((*self.known, *map(str, looked.facts["bases"]), PRACTICE)))
        return Finished({"found": tuple(_found(run, bases) for run in found)})


def _runs(folder: Path, wanted: Path) -> tuple[ForeignRun, ...]:
    """Those whose files are LoRAs of an Anima, that of the `wanted` file first. Raises UserError where none is."""
    all = [run for run in runs_in(folder) if run.checkpoints]
    if not all:
        raise UserError(f"There is no LoRA in {folder}", "Choose a folder with .safetensors files of a training.")
    ours = [run for run in all if is_anima_lora(read_lora_header(run.checkpoints[-1].path).shapes)]
    if not ours:
        raise UserError(f"The LoRA files in {folder} are not for an Anima", "Choose those of a training on Anima.")
    meant = named(wanted.relative_to(folder.parent)) if wanted.is_file() else None
    return tuple(sorted(ours, key=lambda run: meant is None or run.name != meant.name))


def _found(run: ForeignRun, bases: Iterable[str]) -> FoundRun:
    trigger, source = _trigger(run)
    fitting = [base for base in bases if _fits(run, base)]
    of_header = [base for base in fitting if _is_named(base, run.facts.base_name)]
    return FoundRun(run, trigger, source, tuple(dict.fromkeys((*of_header, *fitting))), bool(of_header))


def _trigger(run: ForeignRun) -> tuple[str, Source]:
    own = RunFolder(run.folder)
    if (own.folder / runs.DATASET).is_file():
        with suppress(UserError):
            return ", ".join(runs.read_dataset(own).triggers), "run"
    return (run.facts.trigger, "header") if run.facts.trigger else (_word_of(run.name), "name")


def _word_of(name: str) -> str:
    """What of a file's name may call somebody: the first word that is none of the trade."""
    words = [word for word in re.split(r"[\W_]+", name) if word]
    return next((word for word in words if not _NO_NAME.fullmatch(word)), "").casefold()


def _is_named(base: str, name: str) -> bool:
    """Whether a base is what a header calls `name`: a file, with or without its ending, or a path to it."""
    wanted = Path(name.replace("\\", "/")).name.casefold().removesuffix(".safetensors")
    return bool(wanted) and wanted in (Path(base).stem.casefold(), BaseChoice(base).title.casefold(),
                                       _file_name(base).casefold())


def _transformer(base: str) -> Path:
    """Its file; what it needs besides is asked for when it is taken. Raises UserError for a folder that holds none."""
    chosen = BaseChoice(base)
    return chosen.path if chosen.path.is_file() else chosen.files().transformer


def _file_name(base: str) -> str:
    try:
        return _transformer(base).stem
    except UserError:
        return ""


def _fits(run: ForeignRun, base: str) -> bool:
    """Whether no module of the LoRA is of another width than that of the base; one that cannot be read fits nothing."""
    from studio.engine.lora.layouts import layout_of

    path = run.checkpoints[-1].path
    try:
        files = weight_files(_transformer(base))
        widths = {entry.name: entry.shape[1] for file in files for entry in read_entries(file) if len(entry.shape) == 2}
        shapes = read_lora_header(path).shapes
        layout = layout_of(shapes, path)
    except UserError:
        return False
    places = ((layout.place(module), width) for module, width in _inputs(shapes))
    return all(wide == width for place, width in places if place and not place.text_encoder
               for wide in _widths(widths, place.name))


def _inputs(shapes: Mapping[str, tuple[int, ...]]) -> Iterator[tuple[str, int]]:
    """Each module with the width of what it reads, where a plain LoRA tells it."""
    return ((name.removesuffix(end), shape[1]) for name, shape in shapes.items() for end in _DOWNS
            if name.endswith(end) and len(shape) == 2)


def _widths(widths: Mapping[str, int], module: str) -> tuple[int, ...]:
    """That of a module of the base, whatever stands before its name; none where the base calls it otherwise."""
    name = f"{module}.weight"
    return tuple(width for key, width in widths.items() if key == name or key.endswith(f".{name}"))[:1]
