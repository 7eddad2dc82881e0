"""Do two judges agree beyond what chance would make them, and did they look at different evidence at all?

Two who looked at the same lucky picture are wrong together. Agreement on one seed says nothing about the epoch.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from studio.core.marks import Mark
from studio.core.rubric import SCALES
from studio.core.said import Said, said


@dataclass(frozen=True, slots=True)
class Agreement:
    """Weighted kappa of two judges for one trait: 1 is all alike, 0 is chance; None where there was no choice to make.

    `warning` says that all of it rests on one seed.
    """

    trait: str
    kappa: float | None
    cells: int
    seeds: tuple[int, ...]
    warning: Said | None


def weighted_kappa(pairs: Sequence[tuple[int, int]], categories: int) -> float | None:
    """Cohen's kappa with quadratic weights (Psychological Bulletin 70, 1968) of values from 0 to `categories` - 1.

    None if by chance alone there could be no disagreement.
    """
    seen, count = Counter(pairs), len(pairs)
    first, second = (Counter(pair[side] for pair in pairs) for side in (0, 1))
    places = [(one, other) for one in range(categories) for other in range(categories)]
    observed = math.fsum((one - other) ** 2 * seen[one, other] for one, other in places)
    by_chance = math.fsum((one - other) ** 2 * first[one] * second[other] for one, other in places)
    return 1 - count * observed / by_chance if by_chance else None


def agreements(one: Iterable[Mark], other: Iterable[Mark], seeds: Mapping[str, int]) -> tuple[Agreement, ...]:
    """How far two judges' counting marks agree, for each trait that both judged on one scale; `seeds` by cell key."""
    theirs = {(mark.key, mark.trait, mark.scale): mark for mark in other}
    by_trait: defaultdict[tuple[str, str], list[tuple[Mark, Mark]]] = defaultdict(list)
    for mark in one:
        match = theirs.get((mark.key, mark.trait, mark.scale))
        if match and mark.is_of_trait and match.is_of_trait:
            by_trait[mark.trait, mark.scale].append((mark, match))
    return tuple(_agreement(trait, SCALES[scale].most + 1, pairs, seeds) for (trait, scale), pairs in by_trait.items())


def _agreement(trait: str, categories: int, pairs: list[tuple[Mark, Mark]], seeds: Mapping[str, int]) -> Agreement:
    looked_at = tuple(sorted({seeds[mark.key] for mark, _ in pairs if mark.key in seeds}))
    kappa = weighted_kappa([(int(mark.value), int(match.value)) for mark, match in pairs], categories)
    warning = said("Both judges saw seed {seed} only: they share the evidence, and may share the error",
                   seed=str(looked_at[0])) if len(looked_at) == 1 else None  # fmt: skip
    return Agreement(trait, kappa, len(pairs), looked_at, warning)
