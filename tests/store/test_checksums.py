"""Checksums that are told piece by piece."""

import hashlib
import subprocess
from pathlib import Path

import pytest

from studio.store.checksums import digesting, git_blob


@pytest.mark.parametrize("size", [0, 1, 8 * 2**20, 8 * 2**20 + 1])
def test_the_pieces_make_up_the_file(tmp_path: Path, size: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * size)
    digest = hashlib.sha256()
    assert sum(digesting(path, digest)) == size
    assert digest.hexdigest() == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_blob_is_named_as_git_names_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes("Мира\n".encode())
    digest = git_blob(path.stat().st_size)
    list(digesting(path, digest))
    said = subprocess.run(["git", "hash-object", "--no-filters", str(path)], capture_output=True, text=True, check=True)
    assert digest.hexdigest() == said.stdout.strip()
