"""What becomes of captions in trainers that split them at commas or cut them short? Only exports are asked."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from studio.core.record import Record


@dataclass(frozen=True, slots=True)
class ExportTarget:
    """How another trainer reads captions.

    One that shuffles splits at every comma, sentences included; the first `keep` pieces stay. `tokens` counts a caption
    as the longer of its tokenizers does, and `limit` is where it is cut; 0 is nowhere.
    """

    name: str
    shuffles: bool = False
    keep: int = 0
    limit: int = 0
    tokens: Callable[[str], int] | None = None


def scattered(records: Iterable[Record], target: ExportTarget) -> tuple[Record, ...]:
    """The images whose sentences would be cut at their commas and shuffled in among the tags."""
    if not target.shuffles:
        return ()
    return tuple(each for each in records if each.sentences and each.caption.count(",") >= target.keep)


def cut_short(records: Iterable[Record], target: ExportTarget) -> tuple[Record, ...]:
    """The images of whose captions the end would be lost."""
    if not target.limit or target.tokens is None:
        return ()
    return tuple(each for each in records if each.caption and target.tokens(each.caption) > target.limit)
