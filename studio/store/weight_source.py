"""Which files make up a weight source? One `.safetensors` file, or a folder: its only one, or shards under an index."""

from __future__ import annotations

import json
from pathlib import Path

from studio.core.errors import UserError

_AGAIN = "Fetch the file again, or name another one."


def weight_files(source: Path) -> tuple[Path, ...]:
    """The files that make up a source: itself, the shards its index names, or the one file in the folder."""
    if source.is_file():
        return (source,)
    if not source.is_dir():
        raise UserError(f"There is no file {source}", "Check the path, or name another file.")
    return _shards(source) or (_only_file(source),)


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
        names = json.loads(index.read_text(encoding="utf-8"))["weight_map"]
        return {str(tensor): str(file) for tensor, file in names.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UserError(f"{index} is not a readable index", _AGAIN) from error


def _only_file(folder: Path) -> Path:
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise UserError(f"{folder} holds no .safetensors file", _AGAIN)
    if len(files) > 1:
        both = f"{files[0].name} and {files[1].name}"
        raise UserError(f"{folder} holds {both}", "Leave only one there, or name the file.")
    return files[0]
