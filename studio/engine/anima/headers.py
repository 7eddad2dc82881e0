"""What tensors a weight source holds, told from headers alone, and their values when they are wanted."""

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import torch
from torch import Tensor

from studio.core.errors import UserError
from studio.store.weight_header import Entry, read_entries
from studio.store.weight_source import weight_files

__all__ = ["Entry", "read_header", "read_tensors"]

_AGAIN = "Fetch the file again, or name another one."
_DTYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}


def read_header(source: Path) -> dict[str, Entry]:
    """Tensor name -> entry for a file or a folder. No tensor is read. UserError names what cannot be read."""
    return {entry.name: entry for file in weight_files(source) for entry in read_entries(file)}


def read_tensors(entries: Iterable[Entry], device: torch.device, dtype: torch.dtype) -> dict[Entry, Tensor]:
    """The entries' values, in memory of their own. Only plain floating-point numbers can be read.

    Each is read from the file into its own place: a map of the file would count against memory a second time, change
    when the file is overwritten, and give other bits for the same products at its odd addresses. The format changes
    before the device does, as not every device has every format (MPS lacks float64).
    """
    with ExitStack() as stack:
        opened: dict[Path, BinaryIO] = {}
        values = {}
        for entry in entries:
            if entry.file not in opened:
                opened[entry.file] = stack.enter_context(entry.file.open("rb"))
            values[entry] = _read(entry, opened[entry.file]).to(dtype).to(device)
    return values


def _read(entry: Entry, opened: BinaryIO) -> Tensor:
    raw = torch.empty(entry.stop - entry.start, dtype=torch.uint8)
    opened.seek(entry.start)
    if opened.readinto(memoryview(raw.numpy())) != len(raw):
        raise UserError(f"{entry.file} was cut short while it was read, at {entry.name}", _AGAIN)
    return raw.view(_DTYPES[entry.dtype]).view(entry.shape)
