"""Will several characters in one LoRA stay apart, and can they stand together? C19 and D12 to D16."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from statistics import fmean

from studio.core.lint.calls import order_of
from studio.core.lint.finding import Case, Open
from studio.core.lint.form import sentences_of
from studio.core.lint.phrases import counted, listed, percent, unlabelled
from studio.core.lint.settings import LintSettings
from studio.core.lint.subject import Subject, distinct
from studio.core.record import Record
from studio.core.shot_list import Pictures, Shot
from studio.core.showing import Showing, exposures, facts_of

Cases = Iterator[Case]

_REPEATS = Open("Change the repeats", "characters")
_CLASSES = frozenset({"framing", "angle", "expression", "outfit", "background", "hair colour", "eyes"})  # all have them


def uneven_captions(subject: Subject, settings: LintSettings) -> Cases:
    """C19: who is described more is learnt otherwise."""
    told = {name: [each for each in shown if each.record.caption.strip()] for name, shown in subject.alone.items()}
    for one, other in combinations([name for name, shown in told.items() if shown], 2):
        first, second = _template(told[one]), _template(told[other])
        apart = [*_numbers_apart(first, second, settings.template_share),
                 *_classes_apart(told[one], told[other], settings.class_share)]
        if apart:
            images = tuple(each.record for name in (one, other) for each in told[name])
            message = f"Captions of {one} and {other} differ in {listed(apart)}: write both after one template."
            figure = f"{one} has {_told_of(first)}, {other} {_told_of(second)} on average."
            yield Case(images, message, figure, Open("Compare the captions", "captions"))


def uneven_exposures(subject: Subject, settings: LintSettings) -> Cases:
    """D12: who is shown more wins."""
    counts = {name: exposures(shown) for name, shown in subject.alone.items()}
    if len(counts) < 2:
        return
    most, least = max(counts, key=counts.__getitem__), min(counts, key=counts.__getitem__)
    ratio = counts[most] / counts[least]
    if ratio > settings.unequal_exposures:
        images = tuple(each.record for name in (most, least) for each in subject.alone[name])
        message = f"An epoch shows {most} {ratio:.2f} times as often as {least}: change the repeats."
        figure = f"{counts[most]} to {counts[least]} exposures; {settings.unequal_exposures:g} times are let pass."
        yield Case(images, message, figure, _REPEATS)


def never_together(subject: Subject, settings: LintSettings) -> Cases:
    """D13: who was never seen beside another bleeds into her on contact."""
    met = {frozenset(pair) for record in subject.together for pair in combinations(record.image.characters, 2)}
    apart = [pair for pair in combinations(subject.shown, 2) if frozenset(pair) not in met]
    if apart:
        images = distinct(each.record for pair in apart for name in pair for each in subject.shown[name])
        pairs = listed([" with ".join(pair) for pair in apart])
        message = f"No image shows {pairs}, so they will mix when they touch: add some, about 13 % of the set."
        figure = f"{len(subject.together)} of {counted(len(subject.records), 'image')} show several characters."
        shots = tuple(Shot(order) for pair in apart for order in (pair, pair[::-1]))
        yield Case(images, message, figure, Pictures(shots))


def too_often_together(subject: Subject, settings: LintSettings) -> Cases:
    """D14: who is mostly seen beside another brings her along."""
    together, total = (sum(each.repeats for each in records) for records in (subject.together, subject.records))
    if together > settings.together_share * total:
        about = f"{percent(together / total)} of what an epoch shows has several characters"
        message = f"{about}, so one trigger may call them all: stay below {percent(settings.together_share)}."
        yield Case(subject.together, message, f"{together} of {counted(total, 'exposure')}.", _REPEATS)


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
            yield unlabelled(unknown, "image", "box for each character", page="boxes")
        elif len(found) == 1 and len(there) - len(unknown) >= settings.same_order:
            [order] = found
            about = f"{order[0]} is always on the left of {listed(order[1:])}"
            message = f"{about}, so her place is learnt with her: add images the other way round."
            figure = f"{len(there) - len(unknown)} of {counted(len(there), 'image')} in this order, none in another."
            yield Case(tuple(there), message, figure, Pictures((Shot(order[::-1]),)))


def heights_vary(subject: Subject, settings: LintSettings) -> Cases:
    """D16: how tall they are beside each other should not change from image to image."""
    for pair in combinations(subject.shown, 2):
        ratios = {record.image.path: ratio for record in subject.together if (ratio := _height_ratio(record, pair))}
        if ratios and max(ratios.values()) > settings.height_ratio * min(ratios.values()):
            images = tuple(record for record in subject.together if record.image.path in ratios)
            span = f"{min(ratios.values()):.2f} to {max(ratios.values()):.2f}"
            message = f"{pair[0]} is {span} times as tall as {pair[1]}: scale them alike."
            figure = f"Measured by {counted(2 * len(ratios), 'box')}."
            yield Case(images, message, figure, Open("Look at the boxes", "boxes"))


def _template(shown: Sequence[Showing]) -> Mapping[str, float]:
    """What a caption of a character holds on average."""
    return {"tags": fmean(len(each.record.tags) for each in shown),
            "sentences": fmean(len(sentences_of(each.record.sentences)) for each in shown),
            "words of sentences": fmean(len(each.record.sentences.split()) for each in shown)}


def _numbers_apart(one: Mapping[str, float], other: Mapping[str, float], share: float) -> Iterator[str]:
    return (what for what in one if max(one[what], other[what]) * (1 - share) > min(one[what], other[what]))


def _classes_apart(one: Sequence[Showing], other: Sequence[Showing], share: float) -> Iterator[str]:
    """The kinds of things, such as framing or hair colour, that are tagged of one character and hardly of the other."""
    shares = [Counter(kind for each in shown for kind in _classes(each.record)) for shown in (one, other)]
    return (f"telling the {kind}" for kind in sorted(shares[0] | shares[1])
            if abs(shares[0][kind] / len(one) - shares[1][kind] / len(other)) > share)


def _classes(record: Record) -> set[str]:
    return {facts_of(tag).category for tag in record.tags} & _CLASSES


def _told_of(template: Mapping[str, float]) -> str:
    return f"{template['tags']:.3g} tags and {template['sentences']:.2g} sentences"


def _height_ratio(record: Record, pair: tuple[str, str]) -> float:
    """How many times as tall the first is as the second; 0 where a box is missing."""
    boxes = [figure.box for name in pair if (figure := record.figures.get(name)) and figure.box]
    heights = [box.bottom - box.top for box in boxes]
    return heights[0] / heights[1] if len(heights) == 2 else 0.0
