"""What is in a weight file, and does it go with another? Told from headers alone, without torch."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from studio.core import weight_kinds
from studio.core.errors import UserError
from studio.core.weight_kinds import Model, Role
from studio.store.weight_header import Entry, quantised, read_entries


@dataclass(frozen=True, slots=True)
class WeightFile:
    """A safetensors file and the models in it."""

    path: Path
    entries: Mapping[str, Entry]
    models: tuple[Model, ...]

    def holds(self, title: str) -> bool:
        """Whether a model of this title, as `core.weight_kinds` calls them, is among them."""
        return any(model.title == title for model in self.models)

    def model(self, role: Role) -> Model | None:
        return next((model for model in self.models if model.role == role), None)

    def text_width(self, role: Role) -> int | None:
        """Of the text states that its base reads, or that its text encoder gives; None where that cannot be told."""
        model = self.model(role)
        return weight_kinds.text_width(model, self._shapes) if model else None

    def latent_channels(self, role: Role) -> int | None:
        """Of the latents that its base moves, or that its VAE gives; None where that cannot be told."""
        model = self.model(role)
        return weight_kinds.latent_channels(model, self._shapes) if model else None

    def is_quantised(self, role: Role) -> bool:
        """Whether its model for this role keeps weights in fewer bits than can be trained on."""
        return bool(quantised(weight_kinds.tensors_of(self.model(role), self.entries).values()))

    @property
    def _shapes(self) -> dict[str, weight_kinds.Shape]:
        return {name: entry.shape for name, entry in self.entries.items()}


def read_weight_file(path: Path) -> WeightFile:
    """The file's header, understood. UserError if it is cut short or no safetensors file."""
    entries = {entry.name: entry for entry in read_entries(path)}
    return WeightFile(path, entries, weight_kinds.models_in(entries))


def readable_weight_file(path: Path) -> WeightFile | None:
    """The same, or None for a file that cannot be read, about which nothing can be said."""
    try:
        return read_weight_file(path)
    except UserError:
        return None


def files_below(folder: Path) -> Iterator[Path]:
    """Every safetensors file in this folder and below, sorted; links are followed, each folder once."""
    seen = set()
    for parent, folders, names in os.walk(folder, followlinks=True):
        if (real := os.path.realpath(parent)) in seen:
            folders.clear()
            continue
        seen.add(real)
        folders.sort()
        yield from (Path(parent, name) for name in sorted(names) if name.endswith(".safetensors"))


def distinct(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Each file once, under the first of its names."""
    real: dict[Path, Path] = {}
    for path in paths:
        real.setdefault(path.resolve(), path)
    return tuple(real.values())
