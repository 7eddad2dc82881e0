"""What does a rule of the lint find, what does it cost to let it be, and what can be done about it at once?"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from studio.core.dataset import ImageItem
from studio.core.edits import SILENCED, Change, State, value_change
from studio.core.record import Record
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
    def words(self) -> str:
        """The cost as people say it."""
        return _COST_WORDS[self]


_COST_WORDS = {
    Cost.STYLE: "a matter of style", Cost.DETAIL: "softer pictures", Cost.TRAIT: "a trait or a tag that does not obey",
    Cost.NIGHT: "a night of baking",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Captions to be written anew, as one edit that can be undone. `what` is the button and the edit's name."""

    what: str
    previews: Callable[[], tuple[Preview, ...]]


@dataclass(frozen=True, slots=True)
class Trash:
    """Images to be thrown away, with undo."""

    what: str
    images: tuple[ImageItem, ...]


@dataclass(frozen=True, slots=True)
class Open:
    """A page on which a person decides, with the finding's images chosen; `field` is what is asked there, if any."""

    what: str
    page: Page
    field: str = ""


Remedy = Rewrite | Trash | Pictures | Open


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule says of some images. Without a severity and a cost of its own it has those of its rule."""

    records: tuple[Record, ...]
    message: str
    figure: str
    remedy: Remedy
    severity: Severity | None = None
    cost: Cost | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence a person can act on, the images it speaks of, what shows it, and one button."""

    rule: str
    severity: Severity
    images: tuple[ImageItem, ...]
    message: str
    evidence: str
    remedy: Remedy
    cost: Cost


def rewrite(what: str, records: Iterable[Record], operation: Operation) -> Rewrite:
    """One operation for all captions of some images."""
    images = tuple(record.image for record in records)
    return Rewrite(what, lambda: previews(images, operation))


def silencing(finding: Finding, state: State) -> tuple[Change, ...]:
    """The edit "I mean it so": its rule no longer looks at these images."""
    wanted = (value_change(state, image.id, SILENCED + finding.rule, True) for image in finding.images)
    return tuple(each for each in wanted if each.before != each.after)
