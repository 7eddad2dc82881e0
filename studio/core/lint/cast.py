"""Will several characters in one LoRA stay apart, and can they stand together? C19, C23 and D12 to D16."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from statistics import fmean

from studio.core import tag_edits
from studio.core.caption import is_heading
from studio.core.ledger import BINS
from studio.core.lint.calls import order_of
from studio.core.lint.finding import Case, Open, rewrite
from studio.core.lint.form import sentences_of
from studio.core.lint.phrases import number, percent, unlabelled
from studio.core.lint.settings import LintSettings
from studio.core.lint.subject import Subject, distinct
from studio.core.record import Record
from studio.core.said import Said, joined, said
from studio.core.shot_list import Pictures, Shot
from studio.core.showing import Showing, exposures, facts_of
from studio.core.tag_names import folded

Cases = Iterator[Case]

_REPEATS = Open(said("Change the repeats"), "characters")
_CLASSES = {  # all have them
    "framing": said("framing"), "angle": said("angle"), "expression": said("expression"), "outfit": said("outfit"),
    "background": said("background"), "hair colour": said("hair colour"), "eyes": said("eyes"),
}  # fmt: skip
_TAGS, _SENTENCES, _WORDS = said("number of tags"), said("number of sentences"), said("words of sentences")


def uneven_captions(subject: Subject, settings: LintSettings) -> Cases:
    """C19: who is described more is learnt otherwise."""
    told = {name: [each for each in shown if each.record.caption.strip()] for name, shown in subject.alone.items()}
    for one, other in combinations([name for name, shown in told.items() if shown], 2):
        first, second = _template(told[one]), _template(told[other])
        apart = [*_numbers_apart(first, second, settings.template_share),
                 *_classes_apart(told[one], told[other], settings.class_share)]
        if apart:
            images = tuple(each.record for name in (one, other) for each in told[name])
            message = said("Captions of {one} and {other} differ in {what}: write both after one template.", one=one,
                           other=other, what=joined(apart))
            figure = said("{one} has {first}, {other} {second} on average.", one=one, first=_told_of(first),
                          other=other, second=_told_of(second))
            yield Case(images, message, figure, Open(said("Compare the captions"), "captions"))


def stand_ins(subject: Subject, settings: LintSettings) -> Cases:
    """C23: a tag that all captions of one have and none of another's answers in the place of her trigger.

    Labels are other rules' business, and what a ledger sorts was decided by a person.
    """
    told = {name: [each.record for each in shown if each.record.caption.strip()]
            for name, shown in subject.alone.items()}
    counts = {name: Counter(folded(tag) for each in there for tag in dict.fromkeys(each.tags))
              for name, there in told.items() if len(there) >= settings.carriers}
    for name in counts if len(counts) > 1 else ():
        sorted_by_hand = {folded(tag) for tag in (*subject.ledger(name).tags(*BINS), *subject.triggers)}
        own = [tag for tag, count in counts[name].items() if count >= settings.stand_in_share * len(told[name])
               and not any(counts[other][tag] for other in counts if other != name)
               and tag not in sorted_by_hand and not is_heading(tag) and not facts_of(tag).labels]
        if own:
            wrong = tuple(each for each in told[name] if any(folded(tag) in own for tag in each.tags))
            message = said("{captions} of {name} tag {tags} and none of another does, so these words answer for her "
                           "instead of '{trigger}': take them out, or sort them in her ledger.", name=name,
                           captions=number(wrong, "caption"), tags=joined(own), trigger=subject.trigger(name))
            figure = said("{some} of {all} captions of her alone.", some=len(wrong), all=len(told[name]))
            yield Case(wrong, message, figure, rewrite(said("Take out {tags}", tags=joined(own)), wrong,
                                                       tag_edits.remove(lambda tag, own=own: folded(tag) in own)))


def uneven_exposures(subject: Subject, settings: LintSettings) -> Cases:
    """D12: who is shown more wins."""
    counts = {name: exposures(shown) for name, shown in subject.alone.items()}
    if len(counts) < 2:
        return
    most, least = max(counts, key=counts.__getitem__), min(counts, key=counts.__getitem__)
    ratio = counts[most] / counts[least]
    if ratio > settings.unequal_exposures:
        images = tuple(each.record for name in (most, least) for each in subject.alone[name])
        message = said("An epoch shows {most} {times} times as often as {least}: change the repeats.", most=most,
                       times=f"{ratio:.2f}", least=least)
        figure = said("{more} to {fewer} exposures; {limit} times are let pass.", more=counts[most],
                      fewer=counts[least], limit=f"{settings.unequal_exposures:g}")
        yield Case(images, message, figure, _REPEATS)


def never_together(subject: Subject, settings: LintSettings) -> Cases:
    """D13: who was never seen beside another bleeds into her on contact."""
    met = {frozenset(pair) for record in subject.together for pair in combinations(record.image.characters, 2)}
    apart = [pair for pair in combinations(subject.shown, 2) if frozenset(pair) not in met]
    if apart:
        images = distinct(each.record for pair in apart for name in pair for each in subject.shown[name])
        pairs = joined([said("{one} with {other}", one=one, other=other) for one, other in apart])
        message = said("No image shows {pairs}, so they will mix when they touch: add some, about 13 % of the set.",
                       pairs=pairs)
        figure = said("{some} of {images} show several characters.", some=len(subject.together),
                      images=number(subject.records, "image"))
        shots = tuple(Shot(order) for pair in apart for order in (pair, pair[::-1]))
        yield Case(images, message, figure, Pictures(shots))


def too_often_together(subject: Subject, settings: LintSettings) -> Cases:
    """D14: who is mostly seen beside another brings her along."""
    together, total = (sum(each.repeats for each in records) for records in (subject.together, subject.records))
    if together > settings.together_share * total:
        message = said("{share} of what an epoch shows has several characters, so one trigger may call them all: stay "
                       "below {limit}.", share=percent(together / total), limit=percent(settings.together_share))
        figure = said("{some} of {exposures}.", some=together, exposures=number(total, "exposure"))
        yield Case(subject.together, message, figure, _REPEATS)


def same_order(subject: Subject, settings: LintSettings) -> Cases:
    """D15: who always stands on the left is learnt as the one on the left."""
    pairs: dict[frozenset[str], list[Record]] = {}
    for record in subject.together:
        pairs.setdefault(frozenset(record.image.characters), []).append(record)
    for there in pairs.values():
        orders = {record.image.path: order_of(record, subject) for record in there}
        unknown = [record for record in there if not orders[record.image.path]]
        found = {order for order in orders.values() if order}
        if len(found) < 2 and not settings.may_judge(unknown, there):
            yield unlabelled(unknown, "image", said("box for each character"), page="boxes")
        elif len(found) == 1 and len(there) - len(unknown) >= settings.same_order:
            [order] = found
            message = said("{name} is always on the left of {others}, so her place is learnt with her: add images the "
                           "other way round.", name=order[0], others=joined(order[1:]))
            figure = said("{some} of {images} in this order, none in another.", some=len(there) - len(unknown),
                          images=number(there, "image"))
            yield Case(tuple(there), message, figure, Pictures((Shot(order[::-1]),)))


def heights_vary(subject: Subject, settings: LintSettings) -> Cases:
    """D16: how tall they are beside each other should not change from image to image."""
    for pair in combinations(subject.shown, 2):
        ratios = {record.image.path: ratio for record in subject.together if (ratio := _height_ratio(record, pair))}
        if ratios and max(ratios.values()) > settings.height_ratio * min(ratios.values()):
            images = tuple(record for record in subject.together if record.image.path in ratios)
            message = said("{one} is {least} to {most} times as tall as {other}: scale them alike.", one=pair[0],
                           least=f"{min(ratios.values()):.2f}", most=f"{max(ratios.values()):.2f}", other=pair[1])
            figure = said("Measured by {boxes}.", boxes=number(2 * len(ratios), "box"))
            yield Case(images, message, figure, Open(said("Look at the boxes"), "boxes"))


def _template(shown: Sequence[Showing]) -> Mapping[Said, float]:
    """What a caption of a character holds on average."""
    return {_TAGS: fmean(len(each.record.tags) for each in shown),
            _SENTENCES: fmean(len(sentences_of(each.record.sentences)) for each in shown),
            _WORDS: fmean(len(each.record.sentences.split()) for each in shown)}


def _numbers_apart(one: Mapping[Said, float], other: Mapping[Said, float], share: float) -> Iterator[Said]:
    return (what for what in one if max(one[what], other[what]) * (1 - share) > min(one[what], other[what]))


def _classes_apart(one: Sequence[Showing], other: Sequence[Showing], share: float) -> Iterator[Said]:
    """The kinds of things, such as framing or hair colour, that are tagged of one character and hardly of the other."""
    shares = [Counter(kind for each in shown for kind in _classes(each.record)) for shown in (one, other)]
    return (said("telling the {kind}", kind=_CLASSES[kind]) for kind in sorted(shares[0] | shares[1])
            if abs(shares[0][kind] / len(one) - shares[1][kind] / len(other)) > share)


def _classes(record: Record) -> set[str]:
    return {facts_of(tag).category for tag in record.tags} & _CLASSES.keys()


def _told_of(template: Mapping[Said, float]) -> Said:
    return said("{tags} tags and {sentences} sentences", tags=f"{template[_TAGS]:.3g}",
                sentences=f"{template[_SENTENCES]:.2g}")


def _height_ratio(record: Record, pair: tuple[str, str]) -> float:
    """How many times as tall the first is as the second; 0 where a box is missing."""
    boxes = [figure.box for name in pair if (figure := record.figures.get(name)) and figure.box]
    heights = [box.bottom - box.top for box in boxes]
    return heights[0] / heights[1] if len(heights) == 2 else 0.0
