"""Which picture of the set is nearest to what a prompt asks for? It is what a preview of that prompt is compared with.

Framing counts most, then the angle, then the expression; what nobody said of a picture counts half.
"""

from collections.abc import Iterable, Mapping

from studio.core.caption import is_heading, names_trigger, split_caption
from studio.core.labels import ANGLES, FRAMINGS, Labels, word
from studio.core.project import Character
from studio.core.record import Record
from studio.core.tag_table import labels_of

_WEIGHTS = {"framing": 8.0, "angle": 4.0, "expression": 2.0, "camera": 1.0, "pose": 0.5, "outfit": 0.5}
_UNKNOWN = 0.5   # of a weight
_PLAIN = {"angle": "front view", "camera": "level", "expression": "neutral"}  # where a prompt says nothing
_ORDERED = {"framing": FRAMINGS, "angle": ANGLES}  # neighbours are alike


def nearest(prompt: str, records: Iterable[Record], characters: Iterable[Character] = ()) -> Record | None:
    """The nearest of the records that show whom the prompt calls by trigger, and nobody else; None where there is none.

    A picture that was left out of training is no target. Of equally near ones that with more stars is taken.
    """
    called = {each.name for each in characters if names_trigger(prompt, each.trigger)}
    kept = (each for each in records if not each.rejected)
    candidates = [each for each in kept if not called or called == set(each.image.characters)]
    wanted = asked_for(prompt)
    return min(candidates, key=lambda each: (distance(wanted, shown_in(each)), -each.stars, each.id), default=None)


def asked_for(prompt: str) -> Labels:
    """What the tags of a prompt decide."""
    return labels_of(split_caption(prompt)[0])


def shown_in(record: Record) -> Labels:
    """What is known of a picture; where nobody said anything its caption is asked."""
    from_caption = labels_of(record.tags)
    labels = {field: getattr(record.labels, field) or getattr(from_caption, field) for field in _WEIGHTS}
    return Labels(**labels)


def distance(wanted: Labels, shown: Labels) -> float:
    """How far a picture is from what is asked for; 0 is all of it."""
    return sum(weight * _apart(field, word(wanted, field) or _PLAIN.get(field, ""), word(shown, field))
               for field, weight in _WEIGHTS.items())


def telling_words(prompts: Iterable[str]) -> Mapping[str, str]:
    """What tells each prompt from the others, for a narrow place: its tags that not all of them have.

    Quality, counts and what all share are left out; a prompt without anything of its own keeps its last tags.
    """
    tags = {prompt: _tags(prompt) for prompt in prompts}
    shared = set.intersection(*(set(each) for each in tags.values())) if len(tags) > 1 else set()
    return {prompt: ", ".join([tag for tag in each if tag not in shared] or each[-3:]) or prompt
            for prompt, each in tags.items()}


def _tags(prompt: str) -> list[str]:
    tags, sentences = split_caption(prompt)
    return [*(tag for tag in tags if not is_heading(tag)), *([sentences] if sentences else [])]


def _apart(field: str, wanted: str, shown: str) -> float:
    """From 0 for the same to 1; what is not asked for does not count."""
    if not wanted:
        return 0.0
    if not shown:
        return _UNKNOWN
    order = _ORDERED.get(field)
    if order and wanted in order and shown in order:
        return abs(order.index(wanted) - order.index(shown)) / (len(order) - 1)
    return float(wanted != shown)
