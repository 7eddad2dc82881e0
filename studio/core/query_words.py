"""How may the word go on that somebody is typing into the filter line?"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from studio.core.completion import LIMIT, TagIndex, own_tags
from studio.core.labels import known
from studio.core.query import REJECTED, written
from studio.core.query_fields import FIELDS, Field
from studio.core.record import Record
from studio.core.said import Said, said, said_of
from studio.core.tag_names import folded

_WORD = re.compile(r'(?:"[^"]*"?|[^\s"()]|(?<=[\w"])[()])+$')  # the last word of a line that is not finished
_NAMED = re.compile(r"([A-Za-z]+)(:|<=|>=|<|>|=)")
_KEYWORDS = {"OR": said("one of two is so"), "AND": said("both are so"), "NOT": said("what follows is not so")}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a set has: its tags, and the words of fields that differ from set to set, such as its characters.

    `meanings` say what (field, word) is, where the word alone tells nobody.
    """

    tags: TagIndex = field(default_factory=TagIndex)
    words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    meanings: Mapping[tuple[str, str], Said] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """A text to put in, and in a few words what it asks."""

    text: str
    about: Said


@dataclass(frozen=True, slots=True)
class Choices:
    """What may stand between two characters of the line, the likeliest first."""

    start: int
    end: int
    choices: tuple[Choice, ...] = ()


def vocabulary_of(records: Iterable[Record], rules: Iterable[str] = ()) -> Vocabulary:
    """That of some images, and of the lint rules that speak of them."""
    tags, words = Counter[str](), defaultdict[str, Counter[str]](Counter)
    for record in records:
        tags.update([*dict.fromkeys(record.tags)])
        words["character"].update(record.image.characters)
        words["trait"].update([*record.traits])
        words["hidden"].update([*record.traits])
        for name, label in known(record.labels):
            words[name][label.value] += 1
        if record.provenance:
            words["model"].update(filter(None, (record.provenance.model, record.provenance.generator)))
    usual = {name: tuple(word for word, _ in counts.most_common()) for name, counts in words.items()}
    return Vocabulary(own_tags(tags.items()), usual | {"lint": tuple(rules)})


def choices(line: str, cursor: int, vocabulary: Vocabulary = Vocabulary(), limit: int = LIMIT) -> Choices:
    """What the word that ends at the cursor may become. With nothing typed, the fields."""
    found = _WORD.search(line[:cursor])
    word = found[0] if found else ""
    minus = word.startswith("-")
    word = word.removeprefix("-")
    named = _NAMED.match(word)
    offered = _values(named, word, vocabulary, limit) if named else _openings(word, vocabulary, limit)
    return Choices(cursor - len(word), cursor, tuple(islice(offered, limit)) if not minus or word else ())


def _openings(word: str, vocabulary: Vocabulary, limit: int) -> Iterator[Choice]:
    """Fields, keywords and tags that begin so."""
    typed = word.strip('"')
    yield from (Choice(name + ("<" if asked.is_number else ":"), asked.about)
                for name, asked in FIELDS.items() if name.startswith(typed.lower()))
    if typed and REJECTED.startswith(typed.lower()):
        yield Choice(REJECTED, said("thrown out"))
    yield from (Choice(key, about) for key, about in _KEYWORDS.items() if typed and key.startswith(typed))
    if typed:
        yield from _tags(typed, vocabulary, limit)


def _values(named: re.Match[str], word: str, vocabulary: Vocabulary, limit: int) -> Iterator[Choice]:
    name, typed = named[1].lower(), word[named.end():].strip('"')
    if name == "tag":
        yield from _tags(typed, vocabulary, limit)
        return
    for each in _words(name, FIELDS.get(name), vocabulary):
        if folded(typed) in folded(each):
            yield Choice(written(name, each), vocabulary.meanings.get((name, each), FIELDS[name].about))


def _words(name: str, asked: Field | None, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Those of this set first; a closed field has no others than its own."""
    if asked is None:
        return ()
    own = () if asked.is_closed else tuple(vocabulary.words.get(name, ()))
    return tuple(dict.fromkeys((*own, *asked.words)))


def _tags(typed: str, vocabulary: Vocabulary, limit: int) -> Iterator[Choice]:
    for each in vocabulary.tags.find(typed, limit) if typed else vocabulary.tags.popular(limit):
        yield Choice(written("tag", each.tag), said_of("{n} image", "{n} images", each.count))
