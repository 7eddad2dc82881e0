"""What does a rule of the lint find, what does it cost to let it be, and what can be done about it at once?"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from studio.core.dataset import ImageItem
from studio.core.edits import SILENCED, Change, State, value_change
from studio.core.record import Record
from studio.core.said import Said, said
from studio.core.shot_list import Pictures
from studio.core.tag_edits import Operation, Preview, previews

Severity = Literal["error", "warning", "note"]
Page = Literal["images", "labels", "traits", "boxes", "provenance", "captions", "tagging", "contamination", "ledger",
               "characters", "import"]  # fmt: skip

SEVERITIES = ("error", "warning", "note")


class Cost(IntEnum):
    """What it costs to train on the set as it is; findings are ranked by it."""

    STYLE = 1
    DETAIL = 2
    TRAIT = 3
    NIGHT = 4

    @property
    def said(self) -> Said:
        """The cost as people say it."""
        return _COST_WORDS[self]

    @property
    def words(self) -> str:
        """The same in English."""
        return str(self.said)


class Certainty(IntEnum):
    """How sure it is that a finding comes to cost what it may; of equal cost the surer ones are ranked first."""

    UNKNOWN = 1
    OURS = 2
    RUN = 3
    READ = 4

    @property
    def said(self) -> Said:
        """What the certainty rests on, as people say it."""
        return _CERTAINTY_WORDS[self]


_COST_WORDS = {
    Cost.STYLE: said("a matter of style"), Cost.DETAIL: said("softer pictures"),
    Cost.TRAIT: said("a trait or a tag that does not obey"), Cost.NIGHT: said("a night of baking"),
}  # fmt: skip
_CERTAINTY_WORDS = {
    Certainty.UNKNOWN: said("nobody knows before it is labelled"), Certainty.OURS: said("by our own estimate"),
    Certainty.RUN: said("a published run showed it"), Certainty.READ: said("it stands in the files"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Captions to be written anew, as one edit that can be undone. `said` is the button and the edit's name."""

    said: Said
    previews: Callable[[], tuple[Preview, ...]]

    @property
    def what(self) -> str:
        return str(self.said)


@dataclass(frozen=True, slots=True)
class Trash:
    """Images to be thrown away, with undo."""

    said: Said
    images: tuple[ImageItem, ...]

    @property
    def what(self) -> str:
        return str(self.said)


@dataclass(frozen=True, slots=True)
class Open:
    """A page on which a person decides, with the finding's images chosen; `field` is what is asked there, if any."""

    said: Said
    page: Page
    field: str = ""

    @property
    def what(self) -> str:
        return str(self.said)


Remedy = Rewrite | Trash | Pictures | Open


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule says of some images. What it has not of its own, severity, cost and certainty, is its rule's."""

    records: tuple[Record, ...]
    said: Said
    figure: Said
    remedy: Remedy
    severity: Severity | None = None
    cost: Cost | None = None
    certainty: Certainty | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence a person can act on, the images it speaks of, what shows it, and one button.

    `shown_by` are the figures of this set, and from where one may know what becomes of it.
    """

    rule: str
    severity: Severity
    images: tuple[ImageItem, ...]
    said: Said
    shown_by: tuple[Said, ...]
    remedy: Remedy
    cost: Cost
    certainty: Certainty

    @property
    def message(self) -> str:
        """The sentence in English."""
        return str(self.said)

    @property
    def evidence(self) -> str:
        """What shows it, in English."""
        return " ".join(map(str, self.shown_by))


def rewrite(what: Said, records: Iterable[Record], operation: Operation) -> Rewrite:
    """One operation for all captions of some images."""
    images = tuple(record.image for record in records)
    return Rewrite(what, lambda: previews(images, operation))


def rank(finding: Finding) -> tuple[int, int, int]:
    """What sorts findings: what it costs to let it be, how sure that is, and how grave it is."""
    return -finding.cost, -finding.certainty, SEVERITIES.index(finding.severity)


def silencing(finding: Finding, state: State) -> tuple[Change, ...]:
    """The edit "I mean it so": its rule no longer looks at these images."""
    wanted = (value_change(state, image.id, SILENCED + finding.rule, True) for image in finding.images)
    return tuple(each for each in wanted if each.before != each.after)
