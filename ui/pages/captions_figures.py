"""What does the captions page reckon from the whole set, in a thread beside the window?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from studio.core.caption import is_heading
from studio.core.chips import grouped, tag_counts
from studio.core.completion import KnownTag, TagIndex, own_tags
from studio.core.contamination import FIELDS, Link, crossings, links
from studio.core.record import Record
from studio.core.showing import showings
from studio.core.tag_table import shipped_table
from studio.store.tag_csv import read_tag_csv
from ui.widgets.contamination import FEW
from ui.widgets.tag_table import TagRow

_MOST_LINKED = 2000  # pictures up to which each tag's strongest link is looked for at every change


@dataclass(frozen=True, slots=True)
class SetFigures:
    """The tags of the set by their groups, how many captions have each, and an index to find them by letters."""

    groups: Mapping[str, Sequence[TagRow]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    index: TagIndex = field(default_factory=TagIndex)

    @property
    def folded(self) -> dict[str, int]:
        """The counts by tags in lower case."""
        found: dict[str, int] = {}
        for tag, count in self.counts.items():
            found[tag.casefold()] = found.get(tag.casefold(), 0) + count
        return found


def figures(records: Sequence[Record]) -> SetFigures:
    """What the page shows of a set."""
    counts = tag_counts(records)
    strongest = _strongest(records) if len(records) <= _MOST_LINKED else {}
    rows = {tag: TagRow(tag, count, count / len(records), strongest.get(tag)) for tag, count in counts.most_common()}
    groups = {group: [rows[tag] for tag in tags] for group, tags in grouped(rows).items()}
    return SetFigures(groups, counts, own_tags(counts.items()))


def crossed(records: Sequence[Record], label: str,
            triggers: Iterable[str]) -> Mapping[tuple[str, str], tuple[Link, ...]]:
    """Every tag of what is drawn against every word of a label; of triggers and quality it is no question."""
    called = frozenset(triggers)
    tags = [tag for tag in tag_counts(records) if tag not in called and not is_heading(tag)]
    return crossings(showings(records), tags, fields=(label,))


def tag_list(path: str) -> TagIndex:
    """The tags of a person's list; without one those that the studio knows itself. Raises `UserError` for a bad one."""
    if not path:
        return TagIndex(KnownTag(tag) for tag in shipped_table().rows)
    return TagIndex(read_tag_csv(Path(path)).tags)


def _strongest(records: Sequence[Record]) -> dict[str, Link]:
    """For each tag what it is nearest to mean: links come the strongest first."""
    found: dict[str, Link] = {}
    for link in links(showings(records), fields=FIELDS):
        if link.tag != link.word and link.lift > 1 and link.carriers >= FEW:
            found.setdefault(link.tag, link)
    return found
