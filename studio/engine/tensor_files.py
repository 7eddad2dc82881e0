"""Tensor files whose bytes depend on what they hold and on nothing else.

The safetensors library writes the header's free text in an order that changes from one process to the next; here it is
sorted, so that the same tensors always have the same hash.
"""

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from studio.core.errors import UserError
from studio.store.atomic import write_atomic
from studio.store.weight_header import read_entries

_LENGTH_BYTES = 8
_ALIGNMENT = 8


def write_tensors(path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str], *,
                  is_shared: bool = False) -> None:
    """Writes a safetensors file whole or not at all; one that `is_shared` may be written by several at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, tensor_bytes(tensors, metadata), is_shared=is_shared)


def tensor_bytes(tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> bytes:
    """A safetensors file's content, free text sorted."""
    cpu = {name: value.detach().to("cpu").contiguous() for name, value in tensors.items()}
    raw = save(cpu, {"format": "pt", **metadata})
    size = int.from_bytes(raw[:_LENGTH_BYTES], "little")
    header = json.loads(raw[_LENGTH_BYTES : _LENGTH_BYTES + size])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % _ALIGNMENT)
    return len(text).to_bytes(_LENGTH_BYTES, "little") + text + raw[_LENGTH_BYTES + size :]


def read_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """(tensors, header text) of a safetensors file. UserError if it is missing, cut short or something else."""
    read_entries(path)  # says in its own words what the file is instead
    try:
        with safe_open(path, framework="pt") as file:
            return {key: file.get_tensor(key) for key in file.keys()}, file.metadata() or {}
    except (SafetensorError, OSError) as error:
        raise UserError(f"{path} is not a whole safetensors file ({error})", "Download or export it again.") from error


def cached_tensor(path: Path, name: str, make: Callable[[], Tensor]) -> Tensor:
    """A tensor that was written to `path` once. The file may be lost or damaged at no cost but the time to make it.

    Two runs may come to the same picture at the same time: both make it, and both write the same bytes.
    """
    try:
        return read_tensors(path)[0][name]
    except (UserError, KeyError):
        pass
    made = make()
    write_tensors(path, {name: made}, {}, is_shared=True)
    return made


def first_not_finite(tensors: Mapping[str, Tensor]) -> str | None:
    """The first tensor that holds NaN or infinity."""
    return next((name for name, value in tensors.items() if not _is_finite(value)), None)


def _is_finite(tensor: Tensor) -> bool:
    """A finite sum proves it at a third of the cost; finite numbers whose sum overflows are looked at one by one."""
    return math.isfinite(tensor.sum(dtype=torch.float32)) or bool(torch.isfinite(tensor).all())
