"""After how many exposures was a character best, in the runs that people reported?

Nobody knows a law: the same person's best runs lie between 80 and 720. So what is told are ranges, each with the recipe
it belongs to, and all that come near the run at hand are told side by side.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

import resources
from studio.core import toml
from studio.core.lint.images import OWN_FAMILY
from studio.core.lint.phrases import listed, percent
from studio.core.lint.settings import LintSettings
from studio.core.record import Record

FILE = "priors.toml"

_NEAR = 1.5            # ours: learning rates within this factor count as the same
_FASTEST_RATE = 1e-2   # beyond it the optimizer finds the rate itself


@dataclass(frozen=True, slots=True)
class Prior:
    """Between how many exposures of an image one reported recipe was best, with all that it depended on.

    `images` are those of each character, empty where nobody said. `usable` and `too_much` are exposures, 0 if unknown.
    `at_most` marks a run whose best is unknown. `reported_at` is the learning rate of the report where `lo` and `hi`
    were carried over to another, 0 otherwise.
    """

    name: str
    lo: int
    hi: int
    source: str
    finding: str
    self_share: tuple[float, float]
    identities: int
    learning_rate: float
    rank: int
    late: bool | None = None
    images: tuple[int, ...] = ()
    repeats: int = 1
    epochs: tuple[int, int] = (1, 1)
    accumulation: int = 1
    usable: int = 0
    too_much: int = 0
    at_most: bool = False
    assumed: tuple[str, ...] = ()
    reported_at: float = 0.0

    @property
    def range(self) -> str:
        """`480 to 600`, `about 80`, `at most 300`."""
        if self.at_most:
            return f"at most {self.hi}"
        return f"about {self.hi}" if self.lo == self.hi else f"{self.lo} to {self.hi}"

    @property
    def conditions(self) -> str:
        """What it was reported for: `1 character, rank 32, learning rate 2e-05, images from elsewhere`."""
        low, high = self.self_share
        kind = {(True, False): "images from elsewhere", (False, True): "the base's own images"}
        origin = kind.get((high <= 0.5, low >= 0.5), "images of any origin")
        who = "1 character" if self.identities == 1 else f"{self.identities} characters"
        late = {True: "with a late feature", False: "without a late feature"}.get(self.late, "")
        rate = f"learning rate {self.reported_at or self.learning_rate:g}"
        return ", ".join(filter(None, (who, f"rank {self.rank}", rate, origin, late)))

    @property
    def sentence(self) -> str:
        """The range with where it comes from."""
        carried = f", carried over to {self.learning_rate:g} as exposures x rate" if self.reported_at else ""
        unsaid = f" Not said there, and assumed: {listed(self.assumed)}." if self.assumed else ""
        return f"{self.range} exposures ({self.conditions}{carried}): {self.finding}. {self.source}.{unsaid}"


def priors_for(self_share: float | None, identities: int, learning_rate: float,
               late_feature: bool | None = None) -> tuple[Prior, ...]:
    """The reports that come near a run, those of its learning rate first; where none has that, all are carried over.

    `self_share` is the share of images that the base's own family drew. None stands for what nobody knows, and leaves
    every possibility in. Empty for what nobody reported: more than two characters, or a rate that the optimizer finds.
    """
    if not 0 < learning_rate < _FASTEST_RATE:
        return ()
    near = [each for each in priors() if each.identities == identities and _fits(each, self_share, late_feature)]
    same = tuple(each for each in near if _is_near(each.learning_rate, learning_rate))
    return same or tuple(_carried(each, learning_rate) for each in near)


@cache
def priors() -> tuple[Prior, ...]:
    """Every report that the studio knows."""
    path = resources.folder("recipes").parent / FILE
    return tuple(_prior(table) for table in toml.load(path)["run"])


def span(found: Iterable[Prior]) -> tuple[int, int] | None:
    """From the least to the most that any of them reports; None without one. A run whose best is unknown counts not."""
    known = [each for each in found if not each.at_most]
    return (min(each.lo for each in known), max(each.hi for each in known)) if known else None


def self_share(records: Iterable[Record]) -> float | None:
    """The share of a set that the base's own family drew, by exposures; None unless nearly all origins are known."""
    shown = [record for record in records if not record.rejected]
    unknown = [each for each in shown if each.provenance is None or each.provenance.kind == "unknown"]
    if not shown or not LintSettings().may_judge(unknown, shown):
        return None
    known = [each for each in shown if each.provenance and each.provenance.kind != "unknown"]
    own = sum(each.repeats for each in known if each.provenance.kind in OWN_FAMILY)
    return own / sum(each.repeats for each in known)


def told_share(share: float | None) -> str:
    """The share as people say it."""
    return "unknown" if share is None else percent(share)


def _fits(prior: Prior, share: float | None, late: bool | None) -> bool:
    """The borders of shares belong to the lower one: half and half counts as images from elsewhere."""
    low, high = prior.self_share
    has_share = share is None or low < share <= high or share == low == 0
    return has_share and (late is None or prior.late is None or prior.late == late)


def _is_near(one: float, other: float) -> bool:
    return max(one, other) <= _NEAR * min(one, other)


def _carried(prior: Prior, rate: float) -> Prior:
    """Exposures x learning rate lines reports up better than exposures do."""
    factor = prior.learning_rate / rate
    lo, hi, usable, too_much = (round(factor * each) for each in (prior.lo, prior.hi, prior.usable, prior.too_much))
    return replace(prior, lo=max(1, lo), hi=max(1, hi), usable=usable, too_much=too_much, learning_rate=rate,
                   reported_at=prior.learning_rate)


def _prior(table: dict[str, object]) -> Prior:
    repeats, (first, last) = table["repeats"], table["epochs"]
    exposures = {name: repeats * table.get(name, 0) for name in ("usable", "too_much")}
    lists = {name: tuple(table.get(name, ())) for name in ("images", "assumed", "self_share", "epochs")}
    return Prior(lo=repeats * first, hi=repeats * last, **table | exposures | lists)
