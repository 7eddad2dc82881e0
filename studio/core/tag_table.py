"""What kind of thing does a tag speak of, and which label does it decide?

The table in `resources/tags` holds tags of Danbooru, as taggers in the WD format know them, those of the practice
world, and a few words that captions use for the same. A row is a tag, its category, the labels it decides and their
rank; the tag "* hair" stands for all that end so and have no row. `several` in the place of labels tells that there is
more than one figure, or one figure more than once. Where tags decide one label differently the highest rank is heard;
without a single highest one nobody knows.

"standing" decides no stance: people tag with it whoever is on her feet, however she bends. What bends her has tags of
its own, and arms that hang at her sides are the one sign of an upright stance that taggers give.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import resources
from studio.core.errors import UserError, reading
from studio.core.labels import Label, Labels, checked_label
from studio.core.tag_names import folded
from studio.core.texts import read_text

OTHER = "other"  # the category of a tag that the table does not know
SURE = 2  # the rank of a tag that speaks of a label outright, and of a row that names none
PICTURE_FIELDS = ("framing", "camera")  # what is said of a picture as a whole, however many it shows

_COLUMNS = ["tag", "category", "labels", "rank"]
_SEVERAL = "several"
_ANY = "* "


@dataclass(frozen=True, slots=True)
class TagFacts:
    """One row: `labels` are (field, word) pairs, `rank` is how much they count against those of other tags."""

    category: str
    labels: tuple[tuple[str, str], ...] = ()
    rank: int = SURE
    several: bool = False


@dataclass(frozen=True, slots=True)
class TagTable:
    """The rows by their tags, and those for the endings of tags."""

    rows: Mapping[str, TagFacts]
    endings: Mapping[str, TagFacts]

    def facts(self, tag: str) -> TagFacts:
        """Those of a tag in whatever spelling."""
        name = folded(tag)
        return self.rows.get(name) or self._by_ending(name)

    def _by_ending(self, name: str) -> TagFacts:
        words = name.split(" ")
        endings = (" ".join(words[start:]) for start in range(1, len(words)))
        return next((self.endings[ending] for ending in endings if ending in self.endings), TagFacts(OTHER))


def category_of(tag: str) -> str:
    """The category of a tag: "hair colour", "pose", ...; "other" for names, and for what the table does not know."""
    return facts_of(tag).category


def facts_of(tag: str) -> TagFacts:
    """All that the shipped table says of a tag."""
    return shipped_table().facts(tag)


def categories() -> tuple[str, ...]:
    """Every category in the order in which a person looks for them, "other" the last."""
    return (*dict.fromkeys(facts.category for facts in shipped_table().rows.values()), OTHER)


def labels_of(tags: Iterable[str]) -> Labels:
    """What these tags of one image decide, as guesses; what they leave open or contradict each other in is unknown.

    Where they tell of several figures only what holds for the whole picture is taken.
    """
    known = [facts_of(tag) for tag in tags]
    ballots: dict[str, list[tuple[int, str]]] = {}
    for facts in known:
        for field, word in facts.labels:
            ballots.setdefault(field, []).append((facts.rank, word))
    several = any(facts.several for facts in known)
    decided = {field: _decided(votes) for field, votes in ballots.items() if not several or field in PICTURE_FIELDS}
    return Labels(**{field: Label(word, "guess") for field, word in decided.items() if word})


@cache
def shipped_table() -> TagTable:
    """The table that comes with the studio."""
    path = resources.folder("tags", "tags.csv")
    return parse_table(read_text(path), str(path))


def parse_table(text: str, where: str = "tags.csv") -> TagTable:
    """The table of a CSV text. Raises `UserError` for a tag that stands there twice, or a word that no label has."""
    rows: dict[str, TagFacts] = {}
    with reading(where):
        header, *lines = csv.reader(text.splitlines(), strict=True)
        if header != _COLUMNS:
            raise ValueError(f"its columns must be {', '.join(_COLUMNS)}")
        for tag, category, labels, rank in lines:
            if folded(tag) in rows:
                raise UserError(f"{where}: '{tag}' stands there twice", "Keep one row for each tag.")
            rows[folded(tag)] = _facts(category, labels, rank, f"{where}: {tag}")
    endings = {tag.removeprefix(_ANY): facts for tag, facts in rows.items() if tag.startswith(_ANY)}
    return TagTable({tag: facts for tag, facts in rows.items() if not tag.startswith(_ANY)}, endings)


def _facts(category: str, labels: str, rank: str, where: str) -> TagFacts:
    if labels == _SEVERAL:
        return TagFacts(category, several=True)
    pairs = [tuple(pair.split("=")) for pair in labels.split(";") if pair]
    checked = tuple((field, checked_label(field, word, where=where).value) for field, word in pairs)
    return TagFacts(category, checked, int(rank or SURE))


def _decided(votes: list[tuple[int, str]]) -> str:
    """The word of the highest rank; empty if two of that rank disagree."""
    highest = max(rank for rank, _ in votes)
    words = {word for rank, word in votes if rank == highest}
    return words.pop() if len(words) == 1 else ""
