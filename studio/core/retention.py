"""Which LoRA files of a run stay, when a person wants room? Those that are pinned, picked, kept by a rule, or newest.

Nothing is decided by age or size alone. The newest stays unless somebody says otherwise, because people look there
first, and no run loses the last file it has.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

from studio.core.axes import EPOCH
from studio.core.marks import KEEPER, Mark
from studio.core.sweep import Cell
from studio.core.verdict_journal import Held

Reason = Literal["pinned", "picked", "keeper", "newest", "every"]


@dataclass(frozen=True, slots=True)
class Stored:
    """The LoRA of an epoch: its path, as the run's journal names it, and its size in bytes.

    `is_elsewhere` for one that lies outside the project: a file of another program, or of a person.
    """

    epoch: int
    path: str
    size: int
    sha256: str = ""
    step: int = 0
    is_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """`pins` were pinned by hand, `picks` by verdicts that stand, `keepers` have a cell that somebody keeps.

    Beside them the newest `last` stay and every `every`-th, 0 for none; where nothing else would, the newest stays
    whatever `last` says. Files that lie `elsewhere` stay as well, unless they are asked for.
    """

    pins: frozenset[int] = frozenset()
    picks: frozenset[int] = frozenset()
    keepers: frozenset[int] = frozenset()
    every: int = 0
    last: int = 1
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that stays, and why; without a reason it lies elsewhere and was not asked for."""

    file: Stored
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Forecast:
    """What would stay and what would go, each in the order of epochs."""

    kept: tuple[Kept, ...]
    going: tuple[Stored, ...]

    @property
    def freed(self) -> int:
        """Bytes."""
        return sum(each.size for each in self.going)

    @property
    def left(self) -> int:
        """Bytes of what stays."""
        return sum(each.file.size for each in self.kept)


def forecast(files: Iterable[Stored], policy: Policy) -> Forecast:
    """What becomes of these files; each epoch is there once."""
    every = sorted(files, key=lambda each: each.epoch)
    reasons = _reasons([each.epoch for each in every], policy)
    stays = [each for each in every if reasons[each.epoch] or each.is_elsewhere and not policy.elsewhere]
    epochs = {each.epoch for each in stays}
    return Forecast(tuple(Kept(each, reasons[each.epoch]) for each in stays),
                    tuple(each for each in every if each.epoch not in epochs))


def picked(held: Iterable[Held], sheets: Iterable[str]) -> frozenset[int]:
    """The epochs that verdicts on these sheets chose, or chose in the place of one that was taken back."""
    wanted = set(sheets)
    of_these = (each for each in held if {sheet for sheet, _ in each.judgement.cells} & wanted)
    texts = (each.retraction.instead if each.retraction else each.judgement.pick for each in of_these)
    return frozenset(epoch for text in texts for epoch in _epochs_in(text))


def kept_cells(cells: Iterable[Cell], marks: Iterable[Mark]) -> frozenset[int]:
    """The epochs of cells that somebody keeps."""
    keepers = {mark.key for mark in marks if mark.trait == KEEPER and mark.value}
    found = (cell.value(EPOCH) for cell in cells if cell.key in keepers)
    return frozenset(epoch for epoch in found if isinstance(epoch, int))


def _reasons(epochs: Sequence[int], policy: Policy) -> dict[int, tuple[Reason, ...]]:
    """Why each epoch stays, the newest not once more by the rule."""
    named = policy.pins | policy.picks | policy.keepers
    by_rule = {epoch for epoch in epochs if policy.every > 0 and epoch % policy.every == 0}
    last = policy.last if policy.last > 0 or by_rule | named & set(epochs) else 1
    newest = set(epochs[-last:]) if last > 0 else set[int]()
    found: tuple[tuple[Reason, Collection[int]], ...] = (
        ("pinned", policy.pins), ("picked", policy.picks), ("keeper", policy.keepers), ("newest", newest),
        ("every", by_rule - newest),
    )  # fmt: skip
    return {epoch: tuple(reason for reason, those in found if epoch in those) for epoch in epochs}


def _epochs_in(text: str) -> frozenset[int]:
    """The epochs that a pick names: "ep180", or both ends of "ep120-150"."""
    words = text.casefold().replace("epoch", " ").replace("ep", " ").replace("-", " ").replace("–", " ").split()
    return frozenset(int(word) for word in words if word.isdecimal() and len(word) < 10)


def outside(path: str) -> bool:
    """Whether a journal names a file by its whole path, as it does for those that lie elsewhere."""
    return PurePath(path).is_absolute()
