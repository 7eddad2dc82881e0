"""Captions as contexts: encoded once, after the frozen adapter, kept on disk under all that decides them.

A caption is literal text, tags and sentences alike, and is never cut or shuffled here. Whether it is dropped for an
exposure is drawn at each step; the empty caption is one more entry, so no rate can be baked into a cache.
"""

import hashlib
from pathlib import Path

import torch

from studio.core.errors import UserError
from studio.engine.anima.checkpoint import Anima, text_digest
from studio.engine.anima.text import Context
from studio.engine.tensor_files import read_tensors, write_tensors

_TOKENS = "tokens"


class TextCache:
    """Looks a context up in memory, then in `folder`, and encodes it only if it is in neither."""

    def __init__(self, anima: Anima, folder: Path) -> None:
        self._anima, self._folder = anima, folder
        self._encoder = f"{text_digest(anima.files)} {anima.dtype}"
        self._memory: dict[str, Context] = {}

    def get(self, caption: str) -> Context:
        """The adapter's output for a literal caption, unpadded."""
        if caption not in self._memory:
            self._memory[caption] = self._from_disk(caption)
        return self._memory[caption]

    def _from_disk(self, caption: str) -> Context:
        file = self._folder / f"{text_key(caption, self._encoder)}.safetensors"
        kept = _kept(file, self._anima.device)
        if kept is None:
            with torch.no_grad():
                kept = self._anima.text.encode(caption, literal=True)
            write_tensors(file, {_TOKENS: kept.tokens}, {})
        return kept


def text_key(caption: str, encoder: str) -> str:
    """The name of a context; each part changes it."""
    return hashlib.sha256("\0".join((caption, encoder)).encode()).hexdigest()


def _kept(file: Path, device: torch.device) -> Context | None:
    """A cache may be lost or damaged at no cost but time."""
    try:
        return Context(read_tensors(file)[0][_TOKENS].to(device))
    except (UserError, KeyError):
        return None
