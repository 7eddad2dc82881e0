"""What does a LoRA file say of itself? Its header alone is read, without torch, and only from a file that is whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from studio.store.weight_header import read_entries

_LENGTH_BYTES = 8
_METADATA = "__metadata__"


@dataclass(frozen=True, slots=True)
class LoraHeader:
    """The free text of a header, and the shape of every tensor by its name."""

    metadata: Mapping[str, str]
    shapes: Mapping[str, tuple[int, ...]]


def read_lora_header(path: Path) -> LoraHeader:
    """The header of a whole safetensors file. Raises UserError for a missing one, one cut short, and anything else."""
    shapes = {entry.name: entry.shape for entry in read_entries(path)}
    with path.open("rb") as file:
        length = int.from_bytes(file.read(_LENGTH_BYTES), "little")
        table = json.loads(file.read(length))
    return LoraHeader(table.get(_METADATA) or {}, shapes)
