"""What is a file that is no safetensors file? Told from its first bytes, one sentence for each kind.

A pickle is recognised and never opened: reading one runs whatever code is in it.
"""

from __future__ import annotations

from pathlib import Path

from studio.core.errors import UserError

HEAD_BYTES = 64  # all that telling them apart takes

_RELEASE = "Use the model's .safetensors release."
_AGAIN = "Fetch the file again, or name another one."
_PICKLES = tuple(bytes((0x80, protocol)) for protocol in range(2, 6))
_BLANKS = b"\xef\xbb\xbf \t\r\n"

_STARTS: tuple[tuple[bytes, str, str], ...] = (
    (b"GGUF", "is a GGUF file, whose weights are quantised", "Use the bf16, fp16 or fp32 .safetensors release."),
    (b"PK\x03\x04", "is a zip archive, as PyTorch's pickled .ckpt and .pt files are; it is not opened", _RELEASE),
    (b"version https://git-lfs", "is a git-lfs pointer: a note about a model, not the model",
     "Run `git lfs pull` in its folder, or download the file itself."),
    (b"<!doctype html", "is a web page under a model's name", "Log in where it comes from, then download it again."),
    (b"<html", "is a web page under a model's name", "Log in where it comes from, then download it again."),
)  # fmt: skip


def foreign(file: Path, head: bytes) -> UserError:
    """What to say of a file that begins with `head`, its first `HEAD_BYTES`, and so is no safetensors file."""
    if not head:
        return UserError(f"{file} is empty", _AGAIN)
    if head.startswith(_PICKLES):
        return UserError(f"{file} is a pickle; it is not opened, as reading one runs the code in it", _RELEASE)
    if not any(head):
        return UserError(f"{file} begins with zeros, as an unfinished download does", _AGAIN)
    text = head.lstrip(_BLANKS).lower()
    for start, what, remedy in _STARTS:
        if head.startswith(start) or text.startswith(start):
            return UserError(f"{file} {what}", remedy)
    return UserError(f"{file} is not a safetensors file", _AGAIN)
