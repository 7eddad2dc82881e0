"""Is one arm of a sheet better than another, looked at cell by cell under the same prompt and the same seed?

A pair whose two values are equal says nothing; of the others, were there no difference, either arm would win each with
the chance of a coin. That is the sign test, exact, and all comparisons that one sentence rests on share one error rate
(Holm); one with too few decided pairs cannot speak and is none of them.

Prompts are chosen by the plan; seeds are the sample. Many pairs of one prompt prove little of an epoch, so calling it
worse takes a number of seeds on more than one prompt.
"""

from __future__ import annotations

import dataclasses
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from studio.core.axes import BASE, EPOCH, Value
from studio.core.marks import Mark
from studio.core.stats import Hits
from studio.core.sweep import Cell

ALPHA = 0.05       # the chance that a sentence claims any difference where there is none
DECIDED = 6        # pairs that differ; with fewer no result of a sign test is below ALPHA
SEEDS = 8          # on each of
PROMPTS = 2        # prompts, before anything is called worse

Word = Literal["better", "worse", "not shown"]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a judge said of one trait in one cell. `value` is on a scale from 0 to 1.

    `prompt` is all that the cell shares with those of the other arms, but for the seed.
    """

    arm: Value
    prompt: str
    seed: int
    trait: str
    value: float
    is_hit: bool = False
    scale: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """The pairs of one prompt: in how many the arm is better than the reference, worse, or the same."""

    prompt: str
    better: int = 0
    worse: int = 0
    same: int = 0

    @property
    def pairs(self) -> int:
        return self.better + self.worse + self.same

    @property
    def lead(self) -> int:
        return self.better - self.worse


@dataclass(frozen=True, slots=True)
class Comparison:
    """One arm against the reference in one trait. `adjusted` is p after Holm's correction over all that can speak.

    `hits` and `reference_hits` count the cells of the pairs, `keys` are these cells, those of decided pairs first.
    """

    arm: Value
    reference: Value
    trait: str
    tallies: tuple[Tally, ...]
    hits: Hits = Hits()
    reference_hits: Hits = Hits()
    adjusted: float = 1.0
    keys: tuple[str, ...] = ()

    @property
    def better(self) -> int:
        return sum(each.better for each in self.tallies)

    @property
    def worse(self) -> int:
        return sum(each.worse for each in self.tallies)

    @property
    def pairs(self) -> int:
        return sum(each.pairs for each in self.tallies)

    @property
    def decided(self) -> int:
        return self.better + self.worse

    @property
    def p(self) -> float:
        return sign_test(self.better, self.worse)

    @property
    def can_speak(self) -> bool:
        """Whether enough pairs are decided for any result to be more than chance."""
        return self.decided >= DECIDED

    @property
    def is_clear(self) -> bool:
        """Whether chance is ruled out for these pairs, on however few prompts."""
        return self.adjusted <= ALPHA and self.can_speak

    @property
    def is_broad(self) -> bool:
        """Whether there are seeds and prompts enough to call an arm worse."""
        return sum(each.pairs >= SEEDS for each in self.tallies) >= PROMPTS

    @property
    def convicts(self) -> bool:
        """Whether the winner's lead calls something worse: the arm, or a reference that was trained longer."""
        if self.worse > self.better:
            return True
        return isinstance(self.arm, int) and isinstance(self.reference, int) and self.arm < self.reference

    @property
    def word(self) -> Word:
        """The only three words there are for it."""
        if not self.is_clear or self.convicts and not self.is_broad:
            return "not shown"
        return "better" if self.better > self.worse else "worse"

    @property
    def carried_by(self) -> str:
        """The prompt without which the others show nothing of it; empty if there is none, or but one prompt."""
        ahead = math.copysign(1, self.better - self.worse)
        total = sum(each.lead for each in self.tallies)
        alone = [each.prompt for each in self.tallies if ahead * (total - each.lead) <= 0]
        return alone[0] if len(self.tallies) > 1 and len(alone) == 1 and total else ""


def arm_name(arm: Value | None) -> str:
    """An arm as sentences name it: whole numbers are epochs, "ep100", all else is called what it is."""
    if isinstance(arm, float):
        return f"{arm:g}"
    return f"ep{arm}" if isinstance(arm, int) else str(arm)


def in_order(arms: Iterable[Value]) -> list[Value]:
    """Each arm once: numbers in their order, then words in theirs."""
    return sorted(set(arms), key=lambda arm: (isinstance(arm, str), arm))


@cache
def sign_test(wins: int, losses: int) -> float:
    """The exact two-sided p that either side wins a decided pair with the chance of a half."""
    decided = wins + losses
    tail = sum(math.comb(decided, count) for count in range(max(wins, losses), decided + 1))
    return min(1.0, 2 * tail / 2**decided)


def holm(chances: Sequence[float]) -> tuple[float, ...]:
    """Each p after Holm's correction (Scandinavian Journal of Statistics 6, 1979), in the order given."""
    order = sorted(range(len(chances)), key=chances.__getitem__)
    adjusted, highest = [1.0] * len(chances), 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, (len(chances) - rank) * chances[place]))
        adjusted[place] = highest
    return tuple(adjusted)


def seen_in(cells: Iterable[Cell], marks: Iterable[Mark], axis: str = EPOCH) -> tuple[Seen, ...]:
    """What one judge's counting marks say of the cells, with the values of `axis` as the arms; the base is none.

    Raises ValueError for the marks of several judges: the same picture looked at twice is no second picture.
    """
    of_cell: defaultdict[str, list[Mark]] = defaultdict(list)
    judges = set()
    for mark in marks:
        if mark.is_of_trait:
            of_cell[mark.key].append(mark)
            judges.add(mark.judge)
    if len(judges) > 1:
        raise ValueError(f"marks of {len(judges)} judges")
    arms = (cell for cell in cells if cell.value(axis) not in ("", BASE))
    return tuple(_seen(cell, mark, axis) for cell in arms for mark in of_cell[cell.key])


def compare(seen: Iterable[Seen], reference: Value) -> tuple[Comparison, ...]:
    """Every other arm against the reference in every trait, as they first come up, corrected over all that can speak.

    How many those are follows from the marks, but from whether pairs are decided and not from how; on planted tables
    the error rate stays far below ALPHA (`tests/core/test_verdict_rates.py`).
    """
    by_arm: defaultdict[tuple[Value, str], dict[tuple[str, int, str], Seen]] = defaultdict(dict)
    for each in seen:
        by_arm[each.arm, each.trait][each.prompt, each.seed, each.scale] = each
    found = [_compared(arm, reference, trait, there, by_arm.get((reference, trait), {}))
             for (arm, trait), there in by_arm.items() if arm != reference]
    adjusted = iter(holm([each.p for each in found if each.can_speak]))
    return tuple(dataclasses.replace(each, adjusted=next(adjusted)) if each.can_speak else each
                 for each in found if each.pairs)


def seeds_to_settle(comparison: Comparison, family: int, most: int = 64) -> int | None:
    """How many more seeds on each prompt would make the result clear if the pairs went on as they did.

    `family` is the number of comparisons that share the sentence. None if more than `most`, as for a tie.
    """
    seeds = comparison.pairs / max(1, len(comparison.tallies))
    ahead, behind = sorted((comparison.better, comparison.worse), reverse=True)
    for more in range(1, most + 1) if ahead > behind else ():
        grown = (seeds + more) / seeds
        wins, losses = math.floor(ahead * grown), math.ceil(behind * grown)
        if wins + losses >= DECIDED and family * sign_test(wins, losses) <= ALPHA:
            return more
    return None


def seeds_missing(comparison: Comparison) -> int:
    """How many seeds on each of two prompts lack before anything may be called worse."""
    pairs = sorted((each.pairs for each in comparison.tallies), reverse=True) + [0] * PROMPTS
    return max(0, SEEDS - pairs[PROMPTS - 1])


def _seen(cell: Cell, mark: Mark, axis: str) -> Seen:
    shared = [str(value) for name, value in cell.values if name not in (axis, "seed")]
    prompt = ", ".join(shared) or cell.spec.prompt
    return Seen(cell.value(axis), prompt, cell.spec.seed, mark.trait, mark.share, mark.is_hit, mark.scale, cell.key)


def _compared(arm: Value, reference: Value, trait: str, there: Mapping[tuple[str, int, str], Seen],
              here: Mapping[tuple[str, int, str], Seen]) -> Comparison:
    both = [place for place in there if place in here]
    prompts = dict.fromkeys(prompt for prompt, _, _ in both)
    decided_first = sorted(both, key=lambda place: there[place].value == here[place].value)
    return Comparison(
        arm, reference, trait,
        tuple(_tally(prompt, [(there[place].value, here[place].value) for place in both if place[0] == prompt])
              for prompt in prompts),
        *(Hits(sum(side[place].is_hit for place in both), len(both)) for side in (there, here)),
        keys=tuple(side[place].key for place in decided_first for side in (there, here) if side[place].key),
    )  # fmt: skip


def _tally(prompt: str, values: Sequence[tuple[float, float]]) -> Tally:
    better, worse = sum(one > other for one, other in values), sum(one < other for one, other in values)
    return Tally(prompt, better, worse, len(values) - better - worse)
