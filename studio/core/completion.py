"""Which tag does somebody mean who has typed a few letters of it?

An index holds its tags in the order of their popularity as one long text, so that looking for letters is one search
through memory that may stop at the first hits: 140,000 tags answer within the blink in which the next key is pressed.
First come the tags that begin with the letters, by their own name or by an alias, then those with a word that does,
then those that have the letters anywhere; within each the more popular first. Underscores and spaces are the same.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import nsmallest
from itertools import accumulate, islice
from operator import attrgetter

from studio.core.tag_names import folded, spelled

ARTIST = "artist"
LIMIT = 12  # suggestions; more than a list shows

_MANY = 256            # hits, with which letters count as common: the popular of them are enough
_LAST = "\U0010ffff"  # behind every name that goes on
_AT = re.compile(r"@[^\W_]")  # an artist, and no face


@dataclass(frozen=True, slots=True)
class KnownTag:
    """A tag as a list has it. `kind` is "general", "artist", "copyright", "character" or "meta"."""

    name: str
    count: int = 0
    kind: str = "general"
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A tag as it is put into a caption. `alias` is the one that was typed, if it was; `own` says the set has it."""

    tag: str
    count: int
    kind: str
    alias: str = ""
    own: bool = False


class TagIndex:
    """Tags to be found by their letters."""

    def __init__(self, tags: Iterable[KnownTag] = ()) -> None:
        self._tags = sorted(tags, key=attrgetter("count"), reverse=True)
        self._names = _Letters([folded(tag.name) for tag in self._tags])
        aliases = [(folded(alias), place) for place, tag in enumerate(self._tags) for alias in tag.aliases]
        self._aliases = _Letters([alias for alias, _ in aliases])
        self._owners = [place for _, place in aliases]
        self._places: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._tags)

    def find(self, text: str, limit: int = LIMIT) -> tuple[Suggestion, ...]:
        """At most so many tags that the letters may stand for, the likeliest first; none for no letters."""
        letters = folded(text)
        return tuple(islice(self._found(letters, limit), limit)) if letters else ()

    def popular(self, limit: int = LIMIT) -> tuple[Suggestion, ...]:
        """At most so many tags, the most popular first."""
        return tuple(_suggestion(tag, "") for tag in self._tags[:limit])

    def kind_of(self, tag: str) -> str:
        """The kind of a tag; empty if the list does not have it."""
        if not self._places:
            self._places = {name: place for place, name in reversed([*enumerate(self._names)])}
        place = self._places.get(folded(tag))
        return self._tags[place].kind if place is not None else ""

    def _found(self, letters: str, limit: int) -> Iterator[Suggestion]:
        """Each tag once, whatever number of its names has the letters."""
        names = [(how, place, "") for how, place in self._names.hits(letters, limit)]
        aliases = [(how, self._owners[at], self._aliases[at]) for how, at in self._aliases.hits(letters, limit)]
        seen = set[int]()
        for _, place, alias in sorted(names + aliases):
            if place not in seen:
                seen.add(place)
                yield _suggestion(self._tags[place], alias)


def complete(text: str, own: TagIndex, listed: TagIndex | None = None, limit: int = LIMIT) -> tuple[Suggestion, ...]:
    """The set's own tags that the letters may stand for, then those of a list; a tag of both is suggested once.

    Letters behind an @ look for artists only.
    """
    mine = [replace(each, own=True) for each in own.find(text, limit)]
    known = {folded(each.tag) for each in mine}
    search = _artists if _AT.match(text.strip()) else TagIndex.find
    theirs = search(listed, text, limit) if listed else ()
    return (*mine, *(each for each in theirs if folded(each.tag) not in known))[:limit]


def own_tags(counts: Iterable[tuple[str, int]]) -> TagIndex:
    """The index of a set's own tags, by how many captions have each."""
    return TagIndex(KnownTag(tag, count) for tag, count in counts)


def _artists(listed: TagIndex, text: str, limit: int) -> tuple[Suggestion, ...]:
    return tuple(each for each in listed.find(text, 20 * limit) if each.kind == ARTIST)[:limit]


def _suggestion(tag: KnownTag, alias: str) -> Suggestion:
    """Anima hardly hears an artist without the @."""
    name = spelled(tag.name)
    at = "@" if tag.kind == ARTIST and not name.startswith("@") else ""
    return Suggestion(at + name, tag.count, tag.kind, alias)


class _Letters(Sequence[str]):
    """Some names, the popular first, as one text in which each begins with a space, as each of its words does."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._text = "".join(f" {name}\n" for name in names)
        self._ends = [*accumulate(len(name) + 2 for name in names)]
        self._order = sorted(range(len(names)), key=names.__getitem__)
        self._sorted = [names[place] for place in self._order]

    def __len__(self) -> int:
        return len(self._names)

    def __getitem__(self, place: int) -> str:
        return self._names[place]

    def hits(self, letters: str, limit: int) -> list[tuple[int, int]]:
        """(how, place) of names with these letters: `how` is 0 where the name begins so, 1 a word of it, 2 neither.

        Of each kind the most popular are there, at least `limit` if there are so many.
        """
        begins = [(0, place) for place in self._beginning(letters, limit)]
        anywhere = [*islice(self._holding(letters), _MANY)]
        words = anywhere if len(anywhere) < _MANY else islice(self._holding(" " + letters), _MANY)
        later = [(1, place) for place in words if f" {letters}" in self._names[place]]
        return begins + later + [(2, place) for place in anywhere]

    def _beginning(self, letters: str, limit: int) -> list[int]:
        first, end = (bisect_left(self._sorted, edge) for edge in (letters, letters + _LAST))
        return nsmallest(limit, self._order[first:end])

    def _holding(self, letters: str) -> Iterator[int]:
        """The places of the names with these letters in them, each once, in their order."""
        at = self._text.find(letters)
        while at >= 0:
            place = bisect_right(self._ends, at)
            yield place
            at = self._text.find(letters, self._ends[place])
