"""What is the checksum of a large file, told while it is read? A caller that stops asking stops the reading."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

_CHUNK_BYTES = 8 * 2**20


class Digest(Protocol):
    """What hashlib makes."""

    def update(self, chunk: bytes, /) -> None: ...

    def hexdigest(self) -> str: ...


def digesting(path: Path, digest: Digest) -> Iterator[int]:
    """Feeds the file to `digest`; yields how many bytes each piece had."""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
            yield len(chunk)


def git_blob(size: int) -> Digest:
    """The digest by which git names a file of this many bytes: SHA-1 over a line with the size, then the content."""
    return hashlib.sha1(f"blob {size}\0".encode(), usedforsecurity=False)
