"""What do the marks of a sheet say, in one sentence, and what would change it?

The sentence uses one of three words: better, worse, not shown. It never blocks a pick; it words what is known. All
comparisons are against a reference that was named before anybody looked, and share one error rate.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from studio.core.axes import Value
from studio.core.guard import Suspicion, suspicion
from studio.core.lint.phrases import listed
from studio.core.paired import (
    ALPHA,
    PROMPTS,
    SEEDS,
    Comparison,
    Seen,
    Word,
    arm_name,
    compare,
    in_order,
    seeds_missing,
    seeds_to_settle,
)
from studio.core.plateau import Recommendation, recommended
from studio.core.said import Said, said
from studio.core.stats import Hits

_PATTERNS: dict[Word, str] = {
    "better": "{arms}: better than {reference} ({traits})", "worse": "{arms}: worse than {reference} ({traits})",
    "not shown": "{arms}: no difference shown",
}  # fmt: skip
NOISE = 0.1  # of the scale: half a point of five, as long as no blind repeats tell the judge's own


@dataclass(frozen=True, slots=True)
class Remark:
    """What stands under "Why?" of one epoch and trait."""

    arm: Value
    trait: str
    said: Suspicion


@dataclass(frozen=True, slots=True)
class More:
    """The one button: render and judge `seeds` seeds that nobody saw on each of `prompts` prompts."""

    seeds: int
    prompts: int
    text: Said


@dataclass(frozen=True, slots=True)
class Verdict:
    """The sentence and all that it rests on.

    `pick` is the epoch to take, None without marks. `more` is None where a few more seeds would not change it.
    """

    word: Word
    pick: Value | None
    clauses: tuple[Said, ...]
    reference: Value | None = None
    comparisons: tuple[Comparison, ...] = ()
    remarks: tuple[Remark, ...] = ()
    plateau: Recommendation | None = None
    more: More | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The cells it rests on."""
        return tuple(dict.fromkeys(key for each in self.comparisons for key in each.keys))

    @property
    def sentence(self) -> str:
        """The one sentence: "ep100 to ep180: no difference shown; take ep100."."""
        return "; ".join(map(str, self.clauses)) + "."

    @property
    def why(self) -> tuple[Said, ...]:
        """The method, then every comparison, the most telling first, then the remarks."""
        ordered = sorted(self.comparisons, key=lambda each: (each.adjusted, -abs(each.better - each.worse)))
        remarks = (said("{arm}, {trait}: {remark}", arm=arm_name(each.arm), trait=each.trait, remark=each.said.text)
                   for each in self.remarks)
        return (self._method(), *map(_compared, ordered), *remarks)

    def _method(self) -> Said:
        tested = sum(each.can_speak for each in self.comparisons)
        pattern = ("cells of one prompt and seed in pairs, against {reference}; exact sign test, error rate {alpha}, "
                   "Holm's correction ({tested} of {count} comparisons have pairs enough to speak); "
                   "worse takes {seeds} seeds on each of {prompts} prompts")
        return said(pattern, reference=arm_name(self.reference), alpha=ALPHA, tested=tested,
                    count=len(self.comparisons), seeds=SEEDS, prompts=PROMPTS)


@dataclass(frozen=True, slots=True)
class Pick:
    """A choice that was made by marks, and what it is to be confirmed against: only other seeds can do that."""

    arm: Value
    reference: Value
    seeds: frozenset[int]


def verdict(seen: Iterable[Seen], reference: Value | None = None, noise: float = NOISE) -> Verdict:
    """What these marks say. Without a `reference` it is the last arm, which nobody chose by its looks.

    `noise` is the judge's, as a share of the scale. No lead counts on the plateau that is within it, that luck alone
    gives the best of so many, or that is one cell.
    """
    marks = tuple(seen)
    arms = in_order(each.arm for each in marks)
    if not arms:
        return Verdict("not shown", None, (said("Nothing is marked yet"),))
    reference = arms[-1] if reference is None else reference
    comparisons = compare(marks, reference)
    plateau = _plateau(marks, arms, noise)
    pick = _pick(arms, reference, comparisons, plateau)
    word, clauses = _clauses(arms, reference, comparisons, pick)
    return Verdict(word, pick, (*clauses, said("take {pick}", pick=arm_name(pick))), reference, comparisons,
                   tuple(_remarks(comparisons)), plateau, _more(comparisons, pick))


def frozen_pick(seen: Iterable[Seen], found: Verdict) -> Pick | None:
    """What to confirm of a verdict: its pick, on seeds that took no part in it."""
    if found.pick is None or found.reference is None:
        return None
    return Pick(found.pick, found.reference, frozenset(each.seed for each in seen))


def confirmed(pick: Pick, seen: Iterable[Seen], noise: float = NOISE) -> Verdict:
    """The pick against its reference on fresh seeds only: what was best of twenty often was so by luck."""
    fresh = (each for each in seen if each.seed not in pick.seeds and each.arm in (pick.arm, pick.reference))
    return verdict(fresh, pick.reference, noise)


def range_name(chosen: Iterable[Value], arms: Sequence[Value]) -> str:
    """Some of the arms: "ep100 to ep180" where they follow on each other, else one by one."""
    places = sorted(map(arms.index, chosen))
    names = tuple(arm_name(arms[place]) for place in places)
    if len(places) > 2 and places[-1] - places[0] == len(places) - 1:
        return f"{names[0]} to {names[-1]}"
    return listed(names)


def _plateau(seen: Iterable[Seen], arms: Sequence[Value], noise: float) -> Recommendation | None:
    """Where the mean values stop growing, over the cells that all arms have; None where they share none."""
    values: defaultdict[str, defaultdict[tuple[str, int], dict[Value, float]]]
    values = defaultdict(lambda: defaultdict(dict))
    for each in seen:
        values[each.trait][each.prompt, each.seed][each.arm] = each.value
    cells = {trait: [[cell[arm] for arm in arms] for cell in of_trait.values() if len(cell) == len(arms)]
             for trait, of_trait in values.items()}  # fmt: skip
    shared = {trait: rows for trait, rows in cells.items() if rows}
    means = {trait: dict(zip(arms, map(fmean, zip(*rows, strict=True)), strict=True)) for trait, rows in shared.items()}
    looks = len(arms) * len(shared)
    noises = {trait: max(noise, 1 / len(rows), _luck(rows, looks)) for trait, rows in shared.items()}
    return recommended(means, noises) if means else None


def _luck(rows: Sequence[Sequence[float]], looks: int) -> float:
    """How far the best mean of so many stands out by chance; rows are cells, columns arms.

    About sqrt(2 ln looks) standard errors of a mean, and these from what is left of the values without the means of
    their cell and of their arm.
    """
    count, arms = len(rows), len(rows[0])
    if count < 2 or arms < 2:
        return 0.0
    columns, grand = [fmean(column) for column in zip(*rows, strict=True)], fmean(map(fmean, rows))
    left = (value - fmean(row) - column + grand for row in rows for value, column in zip(row, columns, strict=True))
    variance = math.fsum(each**2 for each in left) / (count - 1) / (arms - 1)
    return math.sqrt(2 * math.log(looks) * variance / count)


def _pick(arms: Sequence[Value], reference: Value, comparisons: Sequence[Comparison],
          plateau: Recommendation | None) -> Value:
    """The first epoch on the plateau that is not shown to be worse, and not beaten as the reference.

    Words have no first: the reference stays, as long as nothing beats it.
    """
    worse = {each.arm for each in comparisons if each.word == "worse"}
    better = {each.arm for each in comparisons if each.word == "better"} - worse
    left = [arm for arm in arms if arm in better] or [arm for arm in arms if arm not in worse]
    first = reference if plateau is None or isinstance(reference, str) and not better else plateau.epoch
    if first in arms:
        left = [arm for arm in left if arms.index(arm) >= arms.index(first)] or left[-1:]
    return left[0]


def _clauses(arms: Sequence[Value], reference: Value, comparisons: Sequence[Comparison],
             pick: Value) -> tuple[Word, tuple[Said, ...]]:
    """What is worse, what is better, what is not shown; the clause that answers for the pick comes first."""
    looked_at = {each.arm for each in comparisons} | {reference}
    said_of = {word: [each for each in comparisons if each.word == word] for word in ("better", "worse")}
    spoken = {each.arm for each in comparisons if each.word != "not shown"}
    alike = [arm for arm in arms[arms.index(pick):] if arm in looked_at - spoken]
    clauses: dict[Word, list[Said]] = {word: _told(word, found, arms, reference) for word, found in said_of.items()}
    clauses["not shown"] = [said(_PATTERNS["not shown"], arms=range_name(alike, arms))] * (len(alike) > 1)
    later = any(arms.index(each.arm) > arms.index(pick) for each in said_of["worse"])
    order: tuple[Word, ...] = ("worse", "better", "not shown") if later else ("better", "not shown", "worse")
    told = [(word, clause) for word in order for clause in clauses[word]]
    if not told and len(looked_at) > 1:
        return "not shown", (said(_PATTERNS["not shown"], arms=range_name(looked_at, arms)),)
    if not told:
        return "not shown", (said("{arm}: nothing to compare it with yet", arm=arm_name(pick)),)
    return told[0][0], tuple(clause for _, clause in told)


def _told(word: Word, found: Sequence[Comparison], arms: Sequence[Value], reference: Value) -> list[Said]:
    """One clause for all of that word, or none; which arm differs in which trait stands under "Why?"."""
    if not found:
        return []
    traits = [_trait(trait, found) for trait in dict.fromkeys(each.trait for each in found)]
    return [said(_PATTERNS[word], arms=range_name({each.arm for each in found}, arms), reference=arm_name(reference),
                 traits=listed(traits))]  # fmt: skip


def _trait(trait: str, found: Iterable[Comparison]) -> str:
    """The trait, and the prompt that carries it alone in every arm if there is one."""
    alone = {each.carried_by for each in found if each.trait == trait}
    return f"{trait}, only in {alone.pop()}" if len(alone) == 1 and "" not in alone else trait


def _remarks(comparisons: Iterable[Comparison]) -> Iterable[Remark]:
    """What may be suspected where nothing is shown and an arm has more failures than the reference."""
    for each in comparisons:
        bad, other = _misses(each.hits), _misses(each.reference_hits)
        if each.word == "not shown" and bad.rate > other.rate:
            yield Remark(each.arm, each.trait, suspicion(bad, other))
        elif each.word == "not shown" and other.rate > bad.rate:
            yield Remark(each.reference, each.trait, suspicion(other, bad))


def _misses(hits: Hits) -> Hits:
    return Hits(hits.tries - hits.hits, hits.tries)


def _more(comparisons: Sequence[Comparison], pick: Value) -> More | None:
    """The seeds that would make the most telling open comparison clear, if its pairs went on as they did.

    Where nothing is open they are to confirm the pick.
    """
    if not comparisons:
        return None
    open_ones = [each for each in comparisons if each.word == "not shown"]
    if not open_ones or len(open_ones) < len(comparisons):
        prompts = max(PROMPTS, len(comparisons[0].tallies))
        return More(SEEDS, prompts, said("{seeds} fresh seeds would confirm {pick}", seeds=SEEDS, pick=arm_name(pick)))
    leading = min(open_ones, key=lambda each: (each.p, -each.decided))
    family = sum(each.can_speak or each is leading for each in comparisons)
    settling = seeds_to_settle(leading, family)
    lacking = seeds_missing(leading) if leading.convicts or settling is None else 0
    return _asked(leading, max(lacking, settling or 0), settling is not None)


def _asked(leading: Comparison, seeds: int, is_settling: bool) -> More | None:
    if seeds == 0:
        return None
    prompts = max(PROMPTS, len(leading.tallies))
    pattern = "{seeds} more seeds on each of {prompts} prompts allow a verdict"
    if is_settling:
        pattern = "{seeds} more seeds on each of {prompts} prompts would settle {arm}, {trait}, if it goes on like this"
    return More(seeds, prompts, said(pattern, seeds=seeds, prompts=prompts, arm=arm_name(leading.arm),
                                     trait=leading.trait))


def _compared(each: Comparison) -> Said:
    return said("{arm} against {reference}, {trait}: {word}; {better} better, {worse} worse, {same} the same of "
                "{pairs} pairs, p {p}, corrected {adjusted}{alone}", arm=arm_name(each.arm), trait=each.trait,
                reference=arm_name(each.reference), word=each.word, better=each.better, worse=each.worse,
                same=each.pairs - each.decided, pairs=each.pairs, p=f"{each.p:.2g}", adjusted=f"{each.adjusted:.2g}",
                alone=f"; only in {each.carried_by}" if each.carried_by else "")  # fmt: skip
