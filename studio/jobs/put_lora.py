"""Writes a LoRA into a folder that ComfyUI reads, in its names, and never over a file of somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from studio.core.errors import UserError
from studio.core.events import Note
from studio.jobs.execute import Emit
from studio.jobs.render_picture import read_loras
from studio.jobs.used_name import SOURCE_HASH, used_name
from studio.store.digests import sha256_of
from studio.store.lora_header import read_lora_header

_NO_FOLDER = "Name the folder where your ComfyUI keeps LoRAs, such as ComfyUI/models/loras."


def put_lora(source: Path, folder: Path, emit: Emit, header: Mapping[str, str] | None = None) -> Path:
    """The file as it lies there then. `header` is added to its own entries, and the SHA-256 of `source`.

    Raises UserError for a folder that is none, and for a file of that name which is another LoRA.
    """
    from studio.engine.lora.formats import unwritten, without, write_lora

    target, sha256 = folder.expanduser().absolute() / used_name(source), sha256_of(source)
    if not target.parent.is_dir():
        raise UserError(f"There is no folder {target.parent}", _NO_FOLDER)
    if target.exists() and not is_put(target, sha256):
        raise UserError(f"{target} is there and is another file", "Move it away, or choose another folder.")
    [(lora, _)] = read_loras([(source, 1.0)])
    if left_out := unwritten(lora, "comfy"):
        emit(Note(f"Modules on the text encoder, left out, as no ComfyUI LoRA holds any: {', '.join(left_out)}."))
    write_lora(without(lora, left_out), target, "comfy", {**(header or {}), SOURCE_HASH: sha256})
    return target


def is_put(target: Path, sha256: str) -> bool:
    """Whether the file is, or was made of, the one with this SHA-256."""
    try:
        return read_lora_header(target).metadata.get(SOURCE_HASH) == sha256 or sha256_of(target) == sha256
    except (UserError, OSError):
        return False
