"""A sentence that can still be said in another language: its pattern, and what stands in the gaps."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """`pattern` is the English text with {names}; `fills` are (name, text)."""

    pattern: str
    fills: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return self.pattern.format(**dict(self.fills))


def said(pattern: str, **fills: object) -> Said:
    """The pattern with these fills; whole numbers are written with thousands apart."""
    written = {name: f"{fill:,}" if isinstance(fill, int) else str(fill) for name, fill in fills.items()}
    return Said(pattern, tuple(written.items()))
