"""What may a file or folder be called, so that the project opens on every machine?"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Collection, Iterator

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f\ud800-\udfff]')  # Windows' list, controls, undecodable bytes
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_LONGEST = 60  # characters; four UTF-8 bytes each still leave room for `-12.safetensors.part` within 255 bytes


def safe_name(text: str) -> str:
    """`text` as a file name without its ending: legal on Linux, Windows and macOS, never empty."""
    name = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", text))[:_LONGEST].strip(" .")
    return f"_{name}" if not name or _RESERVED.fullmatch(name) else name


def slug(text: str) -> str:
    """`text` as one short lower-case word for an id: `Mira Sol!` becomes `mira-sol`; what leaves nothing is `run`."""
    return re.sub(r"[^\w]+", "-", text.casefold()).strip("-_")[:24].rstrip("-_") or "run"


def free_name(wanted: str, taken: Collection[str]) -> str:
    """The first of `numbered` that is free; `taken` holds case-folded names, as some disks ignore case."""
    return next(name for name in numbered(wanted) if name.casefold() not in taken)


def numbered(wanted: str) -> Iterator[str]:
    """`wanted`, `wanted-2`, `wanted-3` and so on."""
    yield wanted
    yield from (f"{wanted}-{count}" for count in itertools.count(2))
