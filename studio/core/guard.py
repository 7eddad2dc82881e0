"""How much may be said against an epoch that was seen to fail so and so often?

A few bad pictures are a lottery, and so are a few good ones. What is said here is a remark beside the verdict: the
strongest word is "suspect", and only cells compared in pairs can make an epoch worse.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from studio.core.said import Said, said
from studio.core.stats import Hits, clopper_pearson, fisher_two_sided

SUSPECT_SEEDS = 4  # of each epoch: 4 of 4 against 0 of 4 is the smallest table that is not chance
_CHANCE = 0.05
_RARE = 0.5        # the rate that the interval of a one-off stays below

State = Literal["clean", "insufficient", "not shown", "one-off", "suspect"]


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What the failures of an epoch come to. `p` is Fisher's against the reference; 1 without one."""

    state: State
    bad: Hits
    p: float
    text: Said


def suspicion(bad: Hits, reference: Hits | None = None) -> Suspicion:
    """What `bad` of so many renders says, if in the reference that many were bad."""
    p = _p(bad, reference)
    state = _state(bad, reference, p)
    return Suspicion(state, bad, p, _text(state, bad, reference, p))


def span(hits: Hits) -> str:
    """The exact 95 % interval of a rate as it stands in a sentence: "2.5-100 %", "0.6-81 %"."""
    lo, hi = clopper_pearson(hits.hits, hits.tries)
    return f"{_brief(lo)}-{_brief(hi)} %"


def _state(bad: Hits, reference: Hits | None, p: float) -> State:
    if bad.hits == 0:
        return "clean"
    if bad.tries < SUSPECT_SEEDS:
        return "insufficient"
    if reference and min(bad.tries, reference.tries) >= SUSPECT_SEEDS and p <= _CHANCE and bad.rate > reference.rate:
        return "suspect"
    return "one-off" if clopper_pearson(bad.hits, bad.tries)[1] < _RARE else "not shown"


def _p(bad: Hits, reference: Hits | None) -> float:
    if reference is None:
        return 1.0
    return fisher_two_sided(bad.hits, bad.tries - bad.hits, reference.hits, reference.tries - reference.hits)


def _text(state: State, bad: Hits, reference: Hits | None, p: float) -> Said:
    seen = {"bad": bad.hits, "of": bad.tries, "span": span(bad)}
    if state == "clean":
        return said("none of {of} bad, which leaves {span}", **seen)
    if state == "insufficient":
        return said("{bad} of {of} bad, which leaves {span}: too few seeds to say anything", **seen)
    if state == "suspect" and reference:
        return said("suspect: {bad} of {of} bad, {span}, against {other} of {others}, p {p}", **seen,
                    other=reference.hits, others=reference.tries, p=f"{p:.2g}")
    if state == "one-off":
        return said("a one-off: {bad} of {of} bad, {span}", **seen)
    return said("not shown ({bad} of {of}): {span}", **seen)


def _brief(rate: float) -> str:
    """One decimal below 10 %, where it matters, and none above."""
    percent = 100 * rate
    return f"{percent:.1f}" if 0 < percent < 9.95 else f"{percent:.0f}"
