"""What is over is told in a toast; what went wrong stands where it happened."""

from __future__ import annotations

from typing import Literal, NamedTuple

Tone = Literal["calm", "good", "doubtful", "bad"]

SHOWN_MS = 6_000      # a person reads some 15 characters in this time's tenth
SHOWN_BAD_MS = 15_000


class Notice(NamedTuple):
    """One thing to tell. `action` is the id of an action that the toast offers, such as "edit.undo"."""

    text: str
    remedy: str = ""
    tone: Tone = "calm"
    action: str = ""

    @property
    def shown_ms(self) -> int:
        return SHOWN_MS if self.tone in ("calm", "good") else SHOWN_BAD_MS
