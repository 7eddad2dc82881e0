"""What is the SHA-256 of a file? Read once for each version of the file, told apart by size and time."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path


def sha256_of(path: Path) -> str:
    """The file's SHA-256, 64 hex digits."""
    facts = path.stat()
    return _known(path.absolute(), facts.st_size, facts.st_mtime_ns)


def fits(path: Path, sha256: str) -> bool:
    """Whether the file exists and holds exactly these bytes."""
    return path.is_file() and sha256_of(path) == sha256


@lru_cache(maxsize=100_000)
def _known(path: Path, size: int, mtime_ns: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
