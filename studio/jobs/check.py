"""Looks whether this machine and a base model are ready for work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.events import Ending, Facts, Finished, Note, Started
from studio.jobs.bases import BaseChoice
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.jobs.room import free_bytes
from studio.jobs.threads import cores

if TYPE_CHECKING:
    from studio.engine.anima.checkpoint import Anima

PACKAGES = ("torch", "diffusers", "transformers", "peft", "safetensors", "tokenizers", "onnxruntime", "pillow")


@dataclass(frozen=True, slots=True)
class Check:
    """Says what computes and in which versions; with a base, reads it whole and says what it is."""

    base: BaseChoice | None = None
    kind = "check"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        emit(Started("", self.kind, 1))
        found = dict(_versions()) | dict(gpu.facts()) | {"cores": cores(), "free_gib": _gib(free_bytes(Path.cwd()))}
        found |= self._base(gpu) if self.base else {}
        for name, value in found.items():
            emit(Note(f"{name}: {value}"))
        return Finished(found)

    def _base(self, gpu: Gpu) -> Facts:
        files = self.base.files()
        with gpu.resident(files) as anima:
            return {"base": str(files.transformer), "title": self.base.title, **_size_of(anima)}


def _versions() -> Iterator[tuple[str, str]]:
    for package in PACKAGES:
        try:
            yield package, version(package)
        except PackageNotFoundError:
            yield package, "missing"


def _gib(count: int) -> float:
    return round(count / 2**30, 1)


def _size_of(anima: Anima) -> Facts:
    parameters = sum(weight.numel() for weight in anima.transformer.parameters())
    return {"blocks": len(anima.transformer.transformer_blocks), "million_parameters": round(parameters / 1e6, 1)}
