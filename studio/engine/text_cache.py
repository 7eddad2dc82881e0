"""Captions as contexts: encoded once, after the frozen adapter, kept on disk under all that decides them.

A caption is literal text, tags and sentences alike, and is never cut or shuffled here. Whether it is dropped for an
exposure is drawn at each step; the empty caption is one more entry, so no rate can be baked into a cache.
"""

import hashlib
from pathlib import Path

import torch
from torch import Tensor

from studio.engine.anima.checkpoint import Anima
from studio.engine.anima.files import text_digest
from studio.engine.anima.text import Context
from studio.engine.tensor_files import cached_tensor

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
        return Context(cached_tensor(file, _TOKENS, lambda: self._encoded(caption)).to(self._anima.device))

    @torch.no_grad()
    def _encoded(self, caption: str) -> Tensor:
        return self._anima.text.encode(caption, literal=True).tokens


def text_key(caption: str, encoder: str) -> str:
    """The name of a context; each part changes it."""
    return hashlib.sha256("\0".join((caption, encoder)).encode()).hexdigest()
