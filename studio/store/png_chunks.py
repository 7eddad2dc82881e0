"""Reads the text chunks of a picture, which may come from anywhere."""

from __future__ import annotations

from pathlib import Path

from studio.store.images import BROKEN, opened

LARGEST = 2**18  # characters of a chunk that are looked at


def text_chunk(path: Path, name: str) -> str:
    """The text under this name; empty if there is none, if it is too long, or if the file cannot be read."""
    try:
        with opened(path) as image:
            text = image.info.get(name, "")
    except BROKEN:
        return ""
    return text if isinstance(text, str) and len(text) <= LARGEST else ""
