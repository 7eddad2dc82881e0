"""Which trait of whom turned up on somebody else, and in how many cells?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from studio.core.stats import Hits


@dataclass(frozen=True, slots=True)
class Sighting:
    """In one cell a trait of `owner` is worn by `slot`; an empty slot is nobody, the owner's own is as it should be."""

    key: str
    trait: str
    owner: str
    slot: str


@dataclass(frozen=True, slots=True)
class Bleed:
    """How often a trait went from its owner to another slot, of the cells that were looked at for it.

    `slot` is empty for a trait that stayed at home throughout. `keys` are the cells in which it went.
    """

    trait: str
    owner: str
    slot: str
    hits: Hits
    keys: tuple[str, ...]

    @property
    def text(self) -> str:
        """"side ponytail: Kana->Lily 1/3", "ahoge: 0/3"."""
        way = f"{self.owner}->{self.slot} " if self.slot else ""
        return f"{self.trait}: {way}{self.hits.hits}/{self.hits.tries}"


def bleeds(sightings: Iterable[Sighting]) -> tuple[Bleed, ...]:
    """The matrix, a row for each trait, owner and slot, in the order in which they first come up."""
    by_trait: defaultdict[tuple[str, str], list[Sighting]] = defaultdict(list)
    for each in sightings:
        by_trait[each.trait, each.owner].append(each)
    return tuple(row for (trait, owner), found in by_trait.items() for row in _rows(trait, owner, found))


def _rows(trait: str, owner: str, found: list[Sighting]) -> Iterable[Bleed]:
    cells = len({each.key for each in found})
    strangers = [each for each in found if each.slot not in ("", owner)]
    for slot in Counter(each.slot for each in strangers) or ("",):
        keys = tuple(dict.fromkeys(each.key for each in strangers if each.slot == slot))
        yield Bleed(trait, owner, slot, Hits(len(keys), cells), keys)
