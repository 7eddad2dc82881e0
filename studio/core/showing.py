"""What is known of each character in each image: by a hand, by a guess, or by the words of its caption?

A caption that says "full body" labels its image as far as it goes. A stance it never tells: "standing" is said of
bodies that are anything but upright, and that is what the stance is there to find out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from studio.core.labels import LABEL_FIELDS, Labels, known
from studio.core.record import Figure, Record
from studio.core.tag_table import TagFacts, labels_of, shipped_table

Origin = Literal["hand", "guess", "caption"]

_NONE = Labels()


@dataclass(frozen=True, slots=True)
class Showing:
    """One character in one image. `words` go by label; what nobody said is left out."""

    record: Record
    character: str
    words: Mapping[str, str]

    @property
    def labels(self) -> Labels:
        """What hands and guesses said, without the caption."""
        return _labels(self.record, self.character)


def showings(records: Iterable[Record]) -> tuple[Showing, ...]:
    """Every character in every image."""
    return tuple(each for record in records for each in _of(record))


def told(record: Record, field: str) -> frozenset[str]:
    """Every word of a label that the caption's tags say, also where they contradict each other."""
    return frozenset(word for tag in record.tags for name, word in facts_of(tag).labels if name == field)


@lru_cache(maxsize=200_000)
def facts_of(tag: str) -> TagFacts:
    """What the table of tags knows of one; a set asks for the same few again and again."""
    return shipped_table().facts(tag)


def origin(showing: Showing, field: str) -> Origin | None:
    """Who said the word of a field; None if it is unknown."""
    if field not in showing.words:
        return None
    label = getattr(showing.labels, field)
    return label.origin if label else "caption"


def having(shown: Iterable[Showing], field: str, *words: str) -> tuple[Showing, ...]:
    """Those known to have one of these words in a field."""
    return tuple(each for each in shown if each.words.get(field) in words)


def lacking(shown: Iterable[Showing], field: str) -> tuple[Showing, ...]:
    """Those of which nobody said a word for a field."""
    return tuple(each for each in shown if field not in each.words)


def records_of(shown: Iterable[Showing]) -> tuple[Record, ...]:
    """The images, in order."""
    return tuple(each.record for each in shown)


def exposures(shown: Iterable[Showing]) -> int:
    """How often an epoch shows them."""
    return sum(each.record.repeats for each in shown)


def _of(record: Record) -> Iterator[Showing]:
    names = record.image.characters
    if len(names) == 1:
        yield Showing(record, names[0], _said(record.labels, record.tags))
        return
    for name in names:
        yield Showing(record, name, _said(_labels(record, name), ()))


def _labels(record: Record, character: str) -> Labels:
    """Her labels; where there are several characters those of the image would be anybody's."""
    if len(record.image.characters) == 1:
        return record.labels
    return record.figures.get(character, Figure()).labels


def _said(labels: Labels, tags: Sequence[str]) -> dict[str, str]:
    """What the tags tell, overruled by what was labelled."""
    words = dict(_words(tuple(tag for tag in tags if _decides(facts_of(tag)))))
    if labels is not _NONE:
        for field in LABEL_FIELDS:
            if label := getattr(labels, field):
                words[field] = label.value
    return words


def _decides(facts: TagFacts) -> bool:
    return bool(facts.labels) or facts.several


@lru_cache(maxsize=50_000)
def _words(deciding: tuple[str, ...]) -> Mapping[str, str]:
    return {field: label.value for field, label in known(replace(labels_of(deciding), stance=None))}
