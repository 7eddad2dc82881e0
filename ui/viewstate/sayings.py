"""What the studio's core has to say, in the window's language: patterns with gaps, and what stands in the gaps."""

from __future__ import annotations

from collections.abc import Mapping

from studio.core.said import Said
from ui.i18n import tr

_WORDED = ("word", "trait", "traits")  # gaps that hold words of the studio, beside a person's own


def told(said: Said, words: Mapping[str, str] = {}) -> str:
    """One of them, whose gaps may hold others; `words` translates single words of the studio's own."""
    fills = {name: told(fill, words) if isinstance(fill, Said) else words.get(fill, fill) if name in _WORDED else fill
             for name, fill in said.fills}
    return tr(said.pattern, **fills)
