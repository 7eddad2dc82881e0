"""Where does an image's caption lie, and what does it say?

One UTF-8 text file beside the image, `mira.png` and `mira.txt`; `.caption`, as other trainers write it, is read too.
A caption is literal text: no weights, no escapes. A file of white space and commas is no caption, and none is ever
written. UTF-8 is read, and UTF-16 that says so; of other encodings nobody can tell which one it is.
"""

from __future__ import annotations

import codecs
from pathlib import Path

from studio.core.errors import UserError
from studio.store.atomic import write_atomic

SUFFIXES = (".txt", ".caption")  # in order of preference
LARGEST = 256 * 2**10            # bytes

_SAYS_NOTHING = " \t\n,"

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # what Windows' editor calls "Unicode"


def caption_path(image: Path) -> Path:
    """Where the studio writes the caption of an image."""
    return image.with_suffix(SUFFIXES[0])


def find_sidecar(image: Path) -> Path | None:
    """The first sidecar of an image that says something."""
    candidates = (image.with_suffix(suffix) for suffix in SUFFIXES)
    return next((path for path in candidates if path.is_file() and read_sidecar(path)), None)


def read_caption(image: Path) -> str | None:
    """The caption of an image, None without one. Raises UserError when its file is not text."""
    sidecar = find_sidecar(image)
    return read_sidecar(sidecar) if sidecar else None


def read_sidecar(path: Path) -> str:
    """The text of a caption file: line ends as `\\n`, no white space around it. Raises UserError naming the file."""
    return caption_in(_content(path), str(path))


def caption_in(content: bytes, where: str) -> str:
    """The caption that such bytes are. Raises UserError, naming where they are from, when they are no text."""
    if len(content) > LARGEST:
        raise UserError(f"{where} is too long for a caption", f"Keep captions under {LARGEST // 2**10} KiB.")
    text = _decoded(where, content).replace("\r\n", "\n").replace("\r", "\n").strip()
    return text if text.strip(_SAYS_NOTHING) else ""


def write_caption(image: Path, text: str) -> Path:
    """Writes the caption beside its image and returns the file. Raises UserError for a blank caption."""
    if not text.strip(_SAYS_NOTHING):
        raise UserError(f"The caption of {image.name} would be empty", "Write at least the trigger.")
    path = caption_path(image)
    write_atomic(path, text.strip() + "\n")
    return path


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise UserError(f"{path} is too long for a caption", f"Keep captions under {LARGEST // 2**10} KiB.")
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}", "Check the path and its permissions.") from error


def _decoded(where: str, content: bytes) -> str:
    encoding = "utf-16" if content.startswith(_UTF_16) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UserError(f"{where} is not UTF-8 text (byte {error.start})", "Save it as UTF-8.") from error
    if "\0" in text:
        raise UserError(f"{where} is not text: it holds zero bytes", "Write the caption again and save it as UTF-8.")
    return text.lstrip("\ufeff")  # some editors put a second mark before the first
