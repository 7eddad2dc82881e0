"""Which tags have come to mean more than they say, because the images that carry them share something else?

A tag means to a model whatever its images have in common. If "standing" stands mostly on bodies seen in three-quarter
view with an arm raised, that is what it will draw.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from studio.core import tag_edits
from studio.core.record import Record
from studio.core.showing import Showing
from studio.core.tag_edits import Preview, previews, these

FIELDS = ("stance", "pose", "angle", "camera", "framing", "expression", "outfit", "character")
RED_SHARE = 0.7   # of a tag's images that have something else in common
RED_LIFT = 1.25   # by which it must be commoner there than in the set
CONTRADICTED = frozenset({("standing", "stance", "posed")})


@dataclass(frozen=True, slots=True)
class Link:
    """A tag and a word of a label: on how many images they meet, how many have each, and how many there are.

    Only images whose label is known are counted. `images` are those where both meet.
    """

    tag: str
    field: str
    word: str
    together: int
    carriers: int
    bearers: int
    total: int
    images: tuple[Record, ...] = ()

    @property
    def share(self) -> float:
        """How much of the tag the word is: the chance of the word, given the tag."""
        return self.together / self.carriers if self.carriers else 0.0

    @property
    def lift(self) -> float:
        """How many times commoner the word is under the tag than in the set."""
        return self.share * self.total / self.bearers if self.bearers else 0.0

    @property
    def is_red(self) -> bool:
        """Whether the tag is about to mean the word, or says the opposite of it."""
        if self.share < RED_SHARE or self.tag == self.word:
            return False
        return self.lift >= RED_LIFT or (self.tag, self.field, self.word) in CONTRADICTED


def links(shown: Iterable[Showing], tags: Iterable[str] | None = None, fields: Sequence[str] = FIELDS,
          least: int = 2) -> tuple[Link, ...]:
    """How each tag of at least so many images goes with each word that it meets, the strongest first."""
    crossed = crossings(shown, tags, fields, least).values()
    met = (link for each in crossed for link in each if link.together)
    return tuple(sorted(met, key=lambda link: (-link.is_red, -link.share * math.log1p(link.carriers), link.tag)))


def crossings(shown: Iterable[Showing], tags: Iterable[str] | None = None, fields: Sequence[str] = FIELDS,
              least: int = 2) -> Mapping[tuple[str, str], tuple[Link, ...]]:
    """For each (tag, label) the links of the tag with all words of the label, also with those it never meets.

    `shown` may hold several characters; what belongs to a figure among others has no tags of its own and is left out.
    """
    alone = [each for each in shown if len(each.record.image.characters) == 1]
    carried = _carried(alone, None if tags is None else frozenset(tags), least)
    return {key: found for field in fields for key, found in _of_field(alone, carried, field)}


def shared_bits(crossing: Sequence[Link]) -> float:
    """The mutual information of a tag and a label, in bits, from the tag's links with all words; 0 at the least.

    Chance alone shows some in a small set; what it shows on average (Miller 1955) is taken off.
    """
    total, carriers = crossing[0].total, crossing[0].carriers
    parts = [(link.together, link.bearers, carriers) for link in crossing]
    parts += [(link.bearers - link.together, link.bearers, total - carriers) for link in crossing]
    bits = sum(both / total * math.log2(both * total / (one * other)) for both, one, other in parts if both)
    return max(0.0, bits - (len(crossing) - 1) / (2 * total * math.log(2)))


def kept_to(tag: str, there: Iterable[Record], right: Iterable[Record]) -> tuple[Preview, ...]:
    """The tag on exactly these images, and off all others that carry it."""
    wanted = {record.image.path: record for record in right}
    wrong = [record.image for record in there if record.image.path not in wanted]
    return (*previews(wrong, tag_edits.remove(these(tag))),
            *previews((record.image for record in wanted.values()), tag_edits.add([tag])))


def split(tag: str, images: Iterable[Record], new: str) -> tuple[Preview, ...]:
    """Another word for the tag on some of its images, so that the old one is left to the others."""
    return previews((record.image for record in images), tag_edits.rename(tag, new))


def _carried(shown: Iterable[Showing], tags: frozenset[str] | None, least: int) -> Mapping[str, list[Showing]]:
    carried: defaultdict[str, list[Showing]] = defaultdict(list)
    for each in shown:
        for tag in dict.fromkeys(each.record.tags):
            if tags is None or tag in tags:
                carried[tag].append(each)
    return {tag: there for tag, there in carried.items() if len(there) >= least}


def _of_field(shown: Iterable[Showing], carried: Mapping[str, list[Showing]],
              field: str) -> Iterable[tuple[tuple[str, str], tuple[Link, ...]]]:
    bearers = Counter(filter(None, (_word(each, field) for each in shown)))
    total = bearers.total()
    for tag, there in carried.items():
        met: dict[str, list[Record]] = {word: [] for word in bearers}
        for each in there:
            if word := _word(each, field):
                met[word].append(each.record)
        if known := sum(map(len, met.values())):
            yield (tag, field), tuple(
                Link(tag, field, word, len(images), known, bearers[word], total, tuple(images))
                for word, images in met.items())


def _word(showing: Showing, field: str) -> str:
    return showing.character if field == "character" else showing.words.get(field, "")
