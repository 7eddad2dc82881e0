"""From which epoch on does nothing get better that the judge could tell?

A trait is on its plateau at the earliest epoch that comes within the judge's noise of the best one. A lead that is
smaller than the noise wins nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from studio.core.axes import Value
from studio.core.lint.phrases import listed
from studio.core.paired import arm_name, in_order
from studio.core.said import Said, said

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Plateau:
    """Where a trait stops growing: the `epoch` it is reached at, the best epoch and its score, the lead of that one."""

    trait: str
    epoch: Value
    best_epoch: Value
    best: float
    lead: float


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The earliest epoch at which every trait is on its plateau, or the one that comes nearest to it.

    `shortfall` is by how much its worst trait misses the plateau, 0 if none does.
    """

    epoch: Value
    plateaus: tuple[Plateau, ...]
    shortfall: float
    text: Said


def plateau(trait: str, scores: Mapping[Value, float], noise: float) -> Plateau:
    """Of scores by epoch, of which there is at least one; `noise` is in their unit."""
    epochs = in_order(scores)
    best_epoch = max(epochs, key=scores.__getitem__)
    best = scores[best_epoch]
    epoch = next(each for each in epochs if scores[each] >= best - noise - _ROUNDING)
    return Plateau(trait, epoch, best_epoch, best, best - scores[epoch])


def recommended(table: Mapping[str, Mapping[Value, float]], noise: float | Mapping[str, float]) -> Recommendation:
    """The epoch to take, of scores by trait and epoch; only epochs that every trait was judged at come into question.

    `noise` is one for all traits or that of each. Raises ValueError if there is no such epoch.
    """
    epochs = in_order(set.intersection(*(set(scores) for scores in table.values()))) if table else []
    if not epochs:
        raise ValueError("no epoch was judged for every trait")
    noises = noise if isinstance(noise, Mapping) else dict.fromkeys(table, noise)
    shared = {trait: {epoch: scores[epoch] for epoch in epochs} for trait, scores in table.items()}
    plateaus = tuple(plateau(trait, scores, noises[trait]) for trait, scores in shared.items())
    missed = [max(_missed(each, shared[each.trait][epoch], noises[each.trait]) for each in plateaus)
              for epoch in epochs]  # fmt: skip
    epoch = epochs[missed.index(min(missed))]
    return Recommendation(epoch, plateaus, min(missed), _text(epoch, plateaus, epochs, not min(missed)))


def _missed(each: Plateau, score: float, noise: float) -> float:
    return max(0.0, round(each.best - score - noise, 9))


def _text(epoch: Value, plateaus: Sequence[Plateau], epochs: Sequence[Value], is_reached: bool) -> Said:
    if not is_reached:
        return said("{epoch} comes nearest; no epoch is on the plateau of every trait", epoch=arm_name(epoch))
    late = listed([each.trait for each in plateaus if each.epoch == epoch])
    if not late:
        return said("{epoch} is the first with every trait within the judge's noise of its best", epoch=arm_name(epoch))
    if epoch == epochs[-1]:
        return said("{epoch} is the first with {traits} on the plateau, and the last there is", epoch=arm_name(epoch),
                    traits=late)
    return said("{epoch}: no gain after ({traits})", epoch=arm_name(epoch), traits=late)
