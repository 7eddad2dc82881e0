"""What tensors a weight file holds, told from its header alone, and their values when they are wanted.

A weight source is one `.safetensors` file, or a folder of them: a single file, or shards under an index.
"""

import json
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from studio.core.errors import UserError

_FLOATS = ("F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2")
_AGAIN = "Fetch the file again, or name another one."


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a header: a tensor that can be read when it is needed."""

    file: Path
    name: str
    shape: tuple[int, ...]


def read_header(source: Path) -> dict[str, Entry]:
    """Tensor name -> entry for a file or a folder. No tensor is read. UserError names what cannot be read."""
    return {entry.name: entry for file in weight_files(source) for entry in _entries(file)}


def weight_files(source: Path) -> tuple[Path, ...]:
    """The files that make up a source: itself, the shards its index names, or the one file in the folder."""
    if source.is_file():
        return (source,)
    if not source.is_dir():
        raise UserError(f"There is no file {source}", "Check the path, or name another file.")
    return _shards(source) or (_only_file(source),)


def read_tensors(entries: Iterable[Entry], device: torch.device, dtype: torch.dtype) -> dict[Entry, Tensor]:
    """The entries' values, in memory of their own.

    The file is mapped and copied tensor by tensor, so memory never holds a model twice. A map itself would not do as
    weights: it changes when the file is overwritten, and at its odd addresses the same products differ in their bits.
    """
    with ExitStack() as stack:
        opened = {}
        values = {}
        for entry in entries:
            if entry.file not in opened:
                opened[entry.file] = stack.enter_context(safe_open(entry.file, framework="pt"))
            values[entry] = opened[entry.file].get_tensor(entry.name).to(device, dtype, copy=True)
    return values


def _entries(file: Path) -> list[Entry]:
    try:
        with safe_open(file, framework="pt") as header:
            slices = {name: header.get_slice(name) for name in header.keys()}
            _require_floats(file, {name: part.get_dtype() for name, part in slices.items()})
            return [Entry(file, name, tuple(part.get_shape())) for name, part in slices.items()]
    except (SafetensorError, OSError) as error:
        raise UserError(f"{file} is not a readable safetensors file ({error})", _AGAIN) from error


def _require_floats(file: Path, dtypes: Mapping[str, str]) -> None:
    strange = [name for name, dtype in dtypes.items() if dtype not in _FLOATS]
    if strange:
        raise UserError(
            f"{file} is quantised: {strange[0]} holds {dtypes[strange[0]]}, as do {len(strange) - 1} more tensors",
            "Training and exact rendering need the bf16, fp16 or fp32 release of the file.",
        )


def _shards(folder: Path) -> tuple[Path, ...]:
    indexes = sorted(folder.glob("*.safetensors.index.json"))
    if not indexes:
        return ()
    if len(indexes) > 1:
        raise UserError(f"{folder} holds two indexes, {indexes[0].name} and {indexes[1].name}", "Leave only one there.")
    shards = tuple(folder / name for name in sorted(set(_weight_map(indexes[0]).values())))
    missing = [shard for shard in shards if not shard.is_file()]
    if missing:
        raise UserError(f"{indexes[0]} names {missing[0].name}, which is not there", "Fetch the missing file.")
    return shards


def _weight_map(index: Path) -> dict[str, str]:
    try:
        return dict(json.loads(index.read_text(encoding="utf-8"))["weight_map"])
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{index} is not a readable index", _AGAIN) from error


def _only_file(folder: Path) -> Path:
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise UserError(f"{folder} holds no .safetensors file", _AGAIN)
    if len(files) > 1:
        both = f"{files[0].name} and {files[1].name}"
        raise UserError(f"{folder} holds {both}", "Leave only one there, or name the file.")
    return files[0]
