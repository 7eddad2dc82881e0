"""What tensors does a weight file hold? Told from its header, without torch and without reading a weight.

A safetensors file is eight bytes of length, that much JSON, and the bytes of all tensors without a gap. Whatever of
that does not hold is refused here, so that those who read the weights later may trust every place and every size.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import BinaryIO

from studio.core.errors import UserError, shown
from studio.store.foreign_files import HEAD_BYTES, foreign

FLOATS = ("F64", "F32", "F16", "BF16")

_LENGTH_BYTES = 8
_LARGEST_HEADER = 16 * 2**20  # bytes; the format allows 100 MB, in which empty lists take 3 GB of memory and seconds
_LONGEST_NAME, _MOST_AXES, _LARGEST_NUMBER = 1000, 64, 2**63
_METADATA = "__metadata__"
_AGAIN = "Fetch the file again, or name another one."
_BITS = {
    **dict.fromkeys(("F4",), 4), **dict.fromkeys(("F6_E2M3", "F6_E3M2"), 6),
    **dict.fromkeys(("BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ"), 8),
    **dict.fromkeys(("I16", "U16", "F16", "BF16"), 16), **dict.fromkeys(("I32", "U32", "F32"), 32),
    **dict.fromkeys(("I64", "U64", "F64", "C64"), 64),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One tensor of a file. Its bytes lie from `start` up to `stop`."""

    file: Path
    name: str
    dtype: str
    shape: tuple[int, ...]
    start: int
    stop: int


def read_entries(file: Path) -> tuple[Entry, ...]:
    """The tensors of a safetensors file in the order of their bytes. UserError if it is cut short or something else."""
    try:
        with file.open("rb") as opened:
            return _entries(file, opened, file.stat().st_size)
    except FileNotFoundError as error:
        raise UserError(f"There is no file {file}", "Check the path, or name another file.") from error
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror}", "Check the path and its permissions.") from error


def quantised(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Those that do not hold plain floating-point numbers."""
    return tuple(entry for entry in entries if entry.dtype not in FLOATS)


def _entries(file: Path, opened: BinaryIO, size: int) -> tuple[Entry, ...]:
    body = _LENGTH_BYTES + _header_bytes(file, opened.read(HEAD_BYTES))
    if body > size:
        raise _cut_short(file, f"its header alone needs {body:,} bytes and {size:,} are there")
    opened.seek(_LENGTH_BYTES)
    try:
        entries = _in_place(file, body, _lines(opened.read(body - _LENGTH_BYTES)))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise UserError(f"{file} has a damaged header ({shown(str(error))})", _AGAIN) from error
    end = entries[-1].stop if entries else body
    if end > size:
        raise _cut_short(file, f"{size:,} of {end:,} bytes are there")
    if end < size:
        raise UserError(f"{file} holds {size - end:,} bytes more than its header lists", _AGAIN)
    return entries


def _header_bytes(file: Path, head: bytes) -> int:
    length = int.from_bytes(head[:_LENGTH_BYTES], "little")
    if length > _LARGEST_HEADER or head[_LENGTH_BYTES : _LENGTH_BYTES + 1] != b"{":
        raise foreign(file, head)
    return length


def _lines(text: bytes) -> Mapping[str, Mapping[str, object]]:
    """Raises ValueError, TypeError or RecursionError for what is no table of tables."""
    table = json.loads(text)
    if not isinstance(table, dict) or not _is_free_text(table.pop(_METADATA, None)):
        raise ValueError("it is no table with free text")
    if strange := next((name for name, line in table.items() if not isinstance(line, dict)), None):
        raise ValueError(f"{strange} is not described")
    return table


def _is_free_text(metadata: object) -> bool:
    return metadata is None or isinstance(metadata, dict) and all(isinstance(text, str) for text in metadata.values())


def _in_place(file: Path, body: int, lines: Mapping[str, Mapping[str, object]]) -> tuple[Entry, ...]:
    """The entries, sorted, where each begins where the one before it ends. `body` is where the first must begin."""
    entries = sorted((_entry(file, body, name, line) for name, line in lines.items()), key=_place)
    for entry, place in zip(entries, (body, *(each.stop for each in entries)), strict=False):
        if entry.start != place:
            raise ValueError(f"{entry.name} does not begin where the tensor before it ends")
    return tuple(entries)


def _entry(file: Path, body: int, name: str, line: Mapping[str, object]) -> Entry:
    dtype, shape, (start, stop) = line["dtype"], tuple(line["shape"]), line["data_offsets"]
    if dtype not in _BITS:
        raise ValueError(f"{name} holds numbers of the unknown kind {dtype}")
    if len(name) > _LONGEST_NAME or len(shape) > _MOST_AXES or not all(map(_is_count, (*shape, start, stop))):
        raise ValueError(f"no sound size for {name}")
    if prod(shape) * _BITS[dtype] != (stop - start) * 8:
        raise ValueError(f"{name} has {stop - start} bytes for {list(shape)} of {dtype}")
    return Entry(file, name, dtype, shape, body + start, body + stop)


def _is_count(number: object) -> bool:
    return type(number) is int and 0 <= number < _LARGEST_NUMBER


def _place(entry: Entry) -> tuple[int, int]:
    return entry.start, entry.stop


def _cut_short(file: Path, how: str) -> UserError:
    return UserError(f"{file} is cut short: {how}", _AGAIN)

