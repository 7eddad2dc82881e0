"""How often does an interaction of two characters come out, and how many rolls does a keeper take?"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from studio.core.said import Said, said
from studio.core.stats import Hits, clopper_pearson

APART, SYMMETRIC, STACK, INTERLEAVE, FACE = "apart", "symmetric", "stack", "interleave", "face"
CLASSES: Mapping[str, str] = {
    "side by side": APART, "hug": SYMMETRIC, "holding hands": SYMMETRIC, "back hug": STACK, "piggyback": STACK,
    "princess carry": STACK, "arm over shoulder": INTERLEAVE, "lap-sit": INTERLEAVE, "cheek to cheek": FACE,
}  # fmt: skip
CHANCE = 0.9  # of at least one keeper among the rolls

_REWORD, _ENLARGE = "prompt reading", "face fusion"


@dataclass(frozen=True, slots=True)
class Roll:
    """One rendered cell of an interaction: whether it is kept, and if not, what is to blame."""

    interaction: str
    is_kept: bool
    causes: tuple[str, ...] = ()
    key: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """The rolls of an interaction, of a class or of all. `rolls` is None as long as there is no keeper."""

    name: str
    hits: Hits
    rolls: int | None
    causes: Mapping[str, int]

    @property
    def likely_rolls(self) -> tuple[int, int | None]:
        """How many rolls it takes at the two ends of the rate's interval; None if it may never come out."""
        lo, hi = clopper_pearson(self.hits.hits, self.hits.tries)
        return rolls_for(hi) or 1, rolls_for(lo)

    @property
    def text(self) -> Said:
        if self.rolls is None:
            return said("{name}: {rate}, no keeper yet; {least} rolls or more", name=self.name, rate=self.hits,
                        least=self.likely_rolls[0])
        return said("{name}: {rate}, {rolls} rolls for one keeper", name=self.name, rate=self.hits, rolls=self.rolls)

    @property
    def advice(self) -> Said | None:
        """What to try before blaming the LoRA."""
        if self.causes.get(_REWORD):
            return said("{name}: reword the prompt first", name=self.name)
        return said("{name}: render it larger first", name=self.name) if self.causes.get(_ENLARGE) else None


@dataclass(frozen=True, slots=True)
class Interactions:
    """The counts by interaction, the subtotals by class, and the total, in the order in which they first come up."""

    each: tuple[Count, ...]
    classes: tuple[Count, ...]
    total: Count


def rolls_for(rate: float, chance: float = CHANCE) -> int | None:
    """How many tries give at least one hit with that chance; None where there is never one."""
    if rate <= 0:
        return None
    return 1 if rate >= chance else math.ceil(math.log1p(-chance) / math.log1p(-rate) - 1e-12)


def interactions(rolls: Iterable[Roll], classes: Mapping[str, str] = CLASSES) -> Interactions:
    """What the rolls come to. An interaction that has no class is one of its own."""
    by_name: defaultdict[str, list[Roll]] = defaultdict(list)
    by_class: defaultdict[str, list[Roll]] = defaultdict(list)
    for roll in rolls:
        by_name[roll.interaction].append(roll)
        by_class[classes.get(roll.interaction, roll.interaction)].append(roll)
    counted = [tuple(_count(name, found) for name, found in groups.items()) for groups in (by_name, by_class)]
    return Interactions(*counted, _count("all", [roll for found in by_name.values() for roll in found]))


def _count(name: str, rolls: list[Roll]) -> Count:
    hits = Hits(sum(roll.is_kept for roll in rolls), len(rolls))
    return Count(name, hits, rolls_for(hits.rate), Counter(cause for roll in rolls for cause in roll.causes))
