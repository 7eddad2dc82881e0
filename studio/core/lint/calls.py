"""Whom do the captions call? C01 and C02 for one character alone, C20 for several, D18 for no caption at all."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from studio.core import tag_edits
from studio.core.caption import is_heading, join_caption, names_trigger, split_caption
from studio.core.composer import parse
from studio.core.dataset import ImageItem
from studio.core.lint.finding import Case, Open, Rewrite, rewrite
from studio.core.lint.phrases import number
from studio.core.lint.settings import LintSettings
from studio.core.lint.subject import Subject, distinct
from studio.core.project import Character
from studio.core.record import Record
from studio.core.said import joined, said, said_of

Cases = Iterator[Case]

_ON_SIDE = r"[^.,;]*?\bon the (?:viewer['’]s )?(left|right)"
_PLACE = re.compile(r"\b(left|right|between|behind|in front of|beside|next to)\b", re.IGNORECASE)


def trigger_missing(subject: Subject, settings: LintSettings) -> Cases:
    """C01: an image that does not call its character teaches nobody."""
    for name, shown in subject.alone.items():
        trigger = subject.trigger(name)
        silent = tuple(each.record for each in shown
                       if each.record.caption.strip() and not names_trigger(each.record.caption, trigger))
        if silent:
            message = said_of("{n} caption does not call {name} and teaches nobody: put '{trigger}' in.",
                              "{n} captions do not call {name} and teach nobody: put '{trigger}' in.", len(silent),
                              name=name, trigger=trigger)
            figure = said("{some} of {all} images call her.", some=len(shown) - len(silent), all=len(shown))
            yield Case(silent, message, figure, rewrite(said("Put in '{trigger}'", trigger=trigger), silent,
                                                        tag_edits.add([trigger], "after trigger")))


def strange_trigger(subject: Subject, settings: LintSettings) -> Cases:
    """C02: an image of one character that calls another."""
    for name, shown in subject.alone.items():
        for other in subject.project.characters:
            called = _calling(shown, other) if other.name != name else ()
            if called:
                message = said_of("{n} caption calls {name}, not shown: take '{trigger}' out.",
                                  "{n} captions call {name}, not shown: take '{trigger}' out.", len(called),
                                  name=other.name, trigger=other.trigger)
                figure = said("{some} of {images} of {name} alone.", some=len(called), images=number(shown, "image"),
                              name=name)
                remedy = rewrite(said("Take out '{tags}'", tags=other.trigger), called, _without(other.trigger))
                yield Case(called, message, figure, remedy)


def pair_caption(subject: Subject, settings: LintSettings) -> Cases:
    """C20: several characters want both triggers, how many they are, and who stands where."""
    lacking = {said("a trigger"): _uncalled, said("the head count"): _uncounted, said("who stands where"): _unplaced}
    spoken = [each for each in subject.together if each.caption.strip()]
    found = {what: [each for each in spoken if lacks(each, subject)] for what, lacks in lacking.items()}
    wrong = distinct(each for there in found.values() for each in there)
    if wrong:
        missing = [what for what, there in found.items() if there]
        message = said_of("{n} caption lacks {what}, though several characters are shown: add it.",
                          "{n} captions lack {what}, though several characters are shown: add it.", len(wrong),
                          what=joined(missing))
        counts = [said("{what} is missing in {n}", what=what, n=len(found[what])) for what in missing]
        figure = said("Of {images}, {counts}.", images=number(subject.together, "such image"), counts=joined(counts))
        yield Case(wrong, message, figure, Rewrite(said("Add what is missing"), lambda: completed(wrong, subject)))


def no_caption(subject: Subject, settings: LintSettings) -> Cases:
    """D18: training would refuse it, and other trainers pass it over in silence."""
    bare = tuple(each for each in subject.records if not each.caption.strip())
    if bare:
        message = said_of("{n} image has no caption: write one, or let a tagger do it.",
                          "{n} images have no caption: write one, or let a tagger do it.", len(bare))
        figure = said("{some} of {images}.", some=len(bare), images=number(subject.records, "image"))
        yield Case(bare, message, figure, Open(said("Tag them"), "tagging"))


def order_of(record: Record, subject: Subject) -> tuple[str, ...]:
    """The characters of an image from left to right, by their boxes or else by its sentences; nothing if none tells."""
    boxes = {name: figure.box for name, figure in record.figures.items() if figure.box}
    if set(boxes) >= set(record.image.characters):
        return tuple(sorted(record.image.characters, key=lambda name: boxes[name].left + boxes[name].right))
    sides = {name: side for name in record.image.characters if (side := _said_side(record.sentences, name, subject))}
    if len(record.image.characters) != 2 or not sides:
        return ()
    first, second = record.image.characters
    is_left = sides.get(first, "right" if sides.get(second) == "left" else "left") == "left"
    return (first, second) if is_left else (second, first)


def completed(records: Sequence[Record], subject: Subject) -> tuple[tag_edits.Preview, ...]:
    """The captions with each trigger, the head count and, where boxes tell it, who stands where."""
    made = (tag_edits.previews([record.image], _completing(record, subject)) for record in records)
    return tuple(chain.from_iterable(made))


def _calling(shown: Sequence, other: Character) -> tuple[Record, ...]:
    return tuple(each.record for each in shown if names_trigger(each.record.caption, other.trigger))


def _without(trigger: str) -> tag_edits.Operation:
    """Takes a trigger out of the tags, alone or among other words; sentences are left to a person."""
    words = rf"(?i)(?<!\w){re.escape(trigger)}(?!\w)\s*"
    return tag_edits.replace_pattern(words, "", "tags")


def _uncalled(record: Record, subject: Subject) -> bool:
    return not all(names_trigger(record.caption, subject.trigger(name)) for name in record.image.characters)


def _uncounted(record: Record, subject: Subject) -> bool:
    """One girl and one boy are two counts."""
    counts = parse(record.caption).counts
    return not counts or counts in (("1girl",), ("1boy",), ("1other",))


def _unplaced(record: Record, subject: Subject) -> bool:
    return not _PLACE.search(record.sentences)


def _said_side(sentences: str, name: str, subject: Subject) -> str:
    who = "|".join(map(re.escape, (name, subject.trigger(name))))
    found = re.search(rf"(?<!\w)(?:{who})(?!\w){_ON_SIDE}", sentences, re.IGNORECASE)
    return found[1].lower() if found else ""


def _completing(record: Record, subject: Subject) -> tag_edits.Operation:
    triggers = [subject.trigger(name) for name in record.image.characters]
    return tag_edits.then(_counting(record.image), tag_edits.add(triggers, "after trigger", triggers),
                          _placing(record, subject))


def _counting(image: ImageItem) -> tag_edits.Operation:
    """So many girls in the place of one, if nobody said how many people there are."""
    count = f"{len(image.characters)}girls"

    def counted_anew(text: str) -> str:
        tags, sentences = split_caption(text)
        counts = parse(text).counts
        if counts not in ((), ("1girl",)):
            return text
        kept = [tag for tag in tags if tag != "1girl"]
        place = max((at for at, tag in enumerate(kept, 1) if is_heading(tag)), default=0)
        return join_caption((*kept[:place], count, *kept[place:]), sentences)

    return counted_anew


def _placing(record: Record, subject: Subject) -> tag_edits.Operation:
    order = [subject.trigger(name) for name in order_of(record, subject)]

    def placed(text: str) -> str:
        tags, sentences = split_caption(text)
        if _PLACE.search(sentences) or len(order) != 2:
            return text
        where = f"There are two girls, {order[0]} on the left and {order[1]} on the right."
        return join_caption(tags, f"{where} {sentences}".strip())

    return placed
