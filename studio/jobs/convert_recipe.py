"""Reads a recipe of any trainer that is known, and writes it for another; says what could not be carried over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from studio.core.events import Ending, Finished, Note, Started
from studio.core.foreign_recipe import Carried, Imported, LeftOut
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.store.exchange.recipes import STUDIO, read_recipe, write_recipe


@dataclass(frozen=True, slots=True)
class ConvertRecipe:
    """From a recipe file, or the header of a LoRA, to `target` in the words of `form`; without one it is only read."""

    source: Path
    target: Path | None = None
    form: str = STUDIO
    trigger: str = ""
    kind = "recipe"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        emit(Started(self.source.name, self.kind, 1))
        found = read_recipe(self.source, self.trigger)
        for note in _notes(self.source.name, found):
            emit(Note(note))
        if self.target is None:
            return Finished(_facts(found.left_out))
        written = write_recipe(found.recipe, self.form, self.target, self.trigger)
        for note in (*_rough(written.carried), *_lacking(self.target.name, written.left_out)):
            emit(Note(note))
        return Finished({"path": str(self.target), **_facts(found.left_out), "unwritten": _listed(written.left_out)})


def _notes(name: str, found: Imported) -> Iterator[str]:
    yield f"{name}: {len(found.carried)} keys carried over, {len(found.left_out)} left out."
    yield from _rough(found.carried)
    if found.assumed:
        told = ", ".join(f"{setting} {value}" for setting, value in found.assumed)
        yield f"Not in it, and taken as its trainer takes it: {told}."
    yield from _lacking(name, found.left_out)


def _rough(carried: Iterable[Carried]) -> Iterator[str]:
    """Keys that mean something slightly different."""
    yield from (f"{line.key} = {line.value}: {line.note}" for line in carried if line.note and line.setting)


def _lacking(name: str, left_out: Iterable[LeftOut]) -> Iterator[str]:
    yield from (f"{name} without {line.key} = {line.value}: {line.why}" for line in left_out)


def _facts(left_out: Iterable[LeftOut]) -> dict[str, object]:
    return {"left_out": _listed(left_out)}


def _listed(left_out: Iterable[LeftOut]) -> list[dict[str, str]]:
    return [asdict(line) for line in left_out]
