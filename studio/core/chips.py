"""What becomes of a caption when one of its chips is added, taken away or moved, and in which groups are chips shown?

A composition that comes out of a function here is one that `composer.parse` makes of its text: a tag of quality that is
typed among the others goes to the front, a trigger to its place, and what stands there already is not doubled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from studio.core.caption import split_caption
from studio.core.composer import Chip, Composition, parse, render
from studio.core.record import Record
from studio.core.tag_names import folded, spelled
from studio.core.tag_table import OTHER, category_of

GROUPS: Mapping[str, tuple[str, ...]] = {
    "hair": ("hair colour", "hairstyle", "bangs"),
    "face": ("eyes", "face", "expression", "gaze"),
    "body": ("body", "nonhuman"),
    "outfit": ("outfit", "accessory", "ornament"),
    "pose": ("pose",),
    "framing": ("framing", "angle", "camera"),
    "scene": ("background", "object", "text"),
    "style": ("style", "meta", "quality", "rating", "year", "count"),
    OTHER: (OTHER,),
}

_GROUP_OF = {category: group for group, categories in GROUPS.items() for category in categories}


def group_of(tag: str) -> str:
    """The group of a tag, a key of `GROUPS`."""
    return _GROUP_OF.get(category_of(tag), OTHER)


def grouped(tags: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The tags by their groups, groups in the order of `GROUPS`, empty ones left out."""
    named = [(group_of(tag), tag) for tag in tags]
    found = {group: tuple(tag for each, tag in named if each == group) for group in GROUPS}
    return {group: tags for group, tags in found.items() if tags}


def with_tags(composition: Composition, text: str, triggers: Sequence[str] = ()) -> Composition:
    """The composition with the tags of a text, as somebody types it, behind its others; none is doubled."""
    there = {folded(tag) for tag in _every(composition)}
    typed = dict.fromkeys(spelled(tag) for tag in split_caption(text.replace("、", ","))[0])
    new = tuple(Chip(tag) for tag in typed if folded(tag) not in there)
    return _settled(replace(composition, chips=composition.chips + new), triggers) if new else composition


def without_tag(composition: Composition, tag: str) -> Composition:
    """The composition without a tag, wherever it stands."""
    return replace(
        composition,
        quality=tuple(each for each in composition.quality if each != tag),
        counts=tuple(each for each in composition.counts if each != tag),
        triggers=tuple(each for each in composition.triggers if each != tag),
        chips=tuple(each for each in composition.chips if each.tag != tag),
    )  # fmt: skip


def moved(composition: Composition, tag: str, before: str = "") -> Composition:
    """The composition with a chip in front of another one, or behind all."""
    chip = next((each for each in composition.chips if each.tag == tag), None)
    if chip is None or tag == before:
        return composition
    others = [each for each in composition.chips if each is not chip]
    place = next((place for place, each in enumerate(others) if each.tag == before), len(others))
    return replace(composition, chips=(*others[:place], chip, *others[place:]))


def shifted(composition: Composition, tag: str, steps: int) -> Composition:
    """The composition with a chip so many places further on, or back; at the ends it stays."""
    tags = [*composition.tags]
    if tag not in tags:
        return composition
    place = tags.index(tag)
    to = min(max(place + steps, 0), len(tags) - 1)
    chips = [*composition.chips]
    chips.insert(to, chips.pop(place))
    return replace(composition, chips=tuple(chips))


def with_sentences(composition: Composition, text: str, triggers: Sequence[str] = ()) -> Composition:
    """The composition with these sentences. What reads as tags becomes chips, as in a file."""
    return _settled(replace(composition, sentences=" ".join(text.split())), triggers)


def tag_counts(records: Iterable[Record]) -> Counter[str]:
    """How many captions have each tag."""
    return Counter(tag for record in records for tag in dict.fromkeys(record.tags))


def _settled(composition: Composition, triggers: Sequence[str]) -> Composition:
    origins = {chip.tag: chip.origin for chip in composition.chips}
    return parse(render(composition), (*triggers, *composition.triggers), origins)


def _every(composition: Composition) -> tuple[str, ...]:
    return (*composition.quality, *composition.counts, *composition.triggers, *composition.tags)
