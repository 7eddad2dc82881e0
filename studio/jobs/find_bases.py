"""Looks for base models where people keep them: in ComfyUI installations. Only headers are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from studio.core.errors import UserError
from studio.core.events import Ending, Finished, Note, Started, Stopped
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.store import comfyui
from studio.store.comfyui import Installation


@dataclass(frozen=True, slots=True)
class FindBases:
    """Tells the bases of every installation in the usual places, and in one more folder that a person named.

    `lora_folders` are where these installations look for LoRAs, as far as there are such folders.
    """

    also: Path | None = None
    home: Path = field(default_factory=Path.home)
    kind = "find bases"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        emit(Started("", self.kind, 1))
        places = (*((self.also,) if self.also else ()), *comfyui.usual_places(self.home))
        bases: list[Path] = []
        folders: list[Path] = []
        for installation in _readable(places, emit):
            if stop.is_set():
                return Stopped({"bases": tuple(bases)})
            bases += installation.bases
            folders += [each for each in comfyui.lora_folders(installation.folder) if each.is_dir()]
        return Finished({"bases": tuple(dict.fromkeys(bases)), "lora_folders": tuple(dict.fromkeys(folders))})


def _readable(places: Iterable[Path], emit: Emit) -> Iterator[Installation]:
    """An installation that cannot be understood must not hide the others."""
    for place in places:
        try:
            yield from comfyui.found_in((place,))
        except UserError as error:
            emit(Note(str(error)))
