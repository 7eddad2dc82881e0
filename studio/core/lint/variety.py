"""Is what should vary varied, and what is wanted there? D03, D10 and D11."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence

from studio.core.labels import OUTFITS
from studio.core.ledger import Wanted
from studio.core.lint.finding import Case, Cost
from studio.core.lint.phrases import field_said, number, percent, unlabelled
from studio.core.lint.settings import LintSettings
from studio.core.lint.subject import Subject
from studio.core.said import Said, joined, said
from studio.core.shot_list import Pictures, Shot, shot
from studio.core.showing import Showing, exposures, having, lacking, records_of, told

Cases = Iterator[Case]

OPEN_MOUTH = "open mouth"

_BUSTS = ("portrait", "upper body")
_FACES = ("smile", OPEN_MOUTH, "angry", "sad", "surprised", "closed eyes")
_MOST_SHOTS = 5


def wanted_but_missing(subject: Subject, settings: LintSettings) -> Cases:
    """D03: what the trigger never saw it will suppress, even if the base can draw it."""
    for name, shown in subject.shown.items():
        for wanted in subject.ledger(name).wanted:
            if not having(shown, wanted.field, wanted.value):
                yield from _missing(shown, name, wanted, settings, subject.whose(name))


def one_outfit(subject: Subject, settings: LintSettings) -> Cases:
    """D10: an outfit that is nearly always there becomes part of her."""
    for name, shown in subject.alone.items():
        bare, whose = lacking(shown, "outfit"), subject.whose(name)
        if not settings.may_judge(bare, shown):
            yield unlabelled(records_of(bare), "image", "outfit", whose=whose, cost=Cost.STYLE)
            continue
        outfit, count = _commonest(shown, "outfit")
        known = exposures(shown) - exposures(bare)
        if count > settings.outfit_share * known:
            message = said("{share} of what an epoch shows{whose} wears {outfit}, so it will stick to her: vary the "
                           "outfit.", share=percent(count / known), whose=whose, outfit=outfit)
            figure = said("{some} of {exposures}; {limit} are let pass.", some=count,
                          exposures=number(known, "exposure"), limit=percent(settings.outfit_share))
            shots = _other_outfits(name, shown, outfit, math.ceil(count / settings.outfit_share) - known)
            yield Case(records_of(having(shown, "outfit", outfit)), message, figure, Pictures(shots))


def few_expressions(subject: Subject, settings: LintSettings) -> Cases:
    """D11: faces can only be compared with the same expression and a mouth to be seen."""
    for name, shown in subject.alone.items():
        busts = [each for each in having(shown, "framing", *_BUSTS) if each.words.get("angle") != "from behind"]
        blank, whose = [each for each in busts if not _faces(each)], subject.whose(name)
        if not settings.may_judge(blank, busts):
            yield unlabelled(records_of(blank), "bust", "expression", whose=whose, cost=Cost.STYLE)
            continue
        faces = {word for each in busts for word in _faces(each)}
        if busts and (len(faces) < settings.expressions or OPEN_MOUTH not in faces):
            shots = _other_faces(name, faces, settings.expressions)
            message = said("The busts{whose} show {faces}: add {more}." if OPEN_MOUTH in faces else
                           "The busts{whose} show {faces} and no open mouth: add {more}.", whose=whose,
                           faces=number(faces, "expression"),
                           more=joined([dict(each.labels)["expression"] for each in shots]))
            figure = said("{faces} in {busts}; {wanted} are wanted.", faces=joined(sorted(faces)),
                          busts=number(busts, "bust"), wanted=settings.expressions)
            yield Case(records_of(busts), message, figure, Pictures(shots))


def _missing(shown: Sequence[Showing], name: str, wanted: Wanted, settings: LintSettings, whose: Said) -> Cases:
    unknown = lacking(shown, wanted.field)
    images = records_of(shown)
    if not settings.may_judge(unknown, shown):
        yield unlabelled(records_of(unknown), "image", wanted.field, whose=whose)
        return
    message = said("No image{whose} shows '{word}', which is wanted, so the trigger will suppress it: add some.",
                   whose=whose, word=wanted.value)
    figure = said("None of {images} has this {label}.", images=number(shown, "image"), label=field_said(wanted.field))
    yield Case(images, message, figure, Pictures((shot(name, **{wanted.field: wanted.value}),)))


def _commonest(shown: Sequence[Showing], field: str) -> tuple[str, int]:
    """The word that an epoch shows most, and how often."""
    counts: Counter[str] = Counter()
    for each in shown:
        if word := each.words.get(field):
            counts[word] += each.record.repeats
    return max(counts.items(), key=lambda pair: pair[1], default=("", 0))


def _other_outfits(name: str, shown: Sequence[Showing], outfit: str, count: int) -> tuple[Shot, ...]:
    """Those of which there are fewest first."""
    worn = Counter(each.words.get("outfit", "") for each in shown)
    others = sorted((word for word in OUTFITS if word != outfit), key=lambda word: worn[word])
    return tuple(shot(name, outfit=word) for word in others[:min(max(count, 1), _MOST_SHOTS)])


def _faces(showing: Showing) -> set[str]:
    """The expression by its label, or all that the caption tells, which may be several."""
    label = showing.labels.expression
    return {label.value} if label else set(told(showing.record, "expression"))


def _other_faces(name: str, faces: set[str], least: int) -> tuple[Shot, ...]:
    """An open mouth first, then as many as are missing."""
    first = [] if OPEN_MOUTH in faces else [OPEN_MOUTH]
    others = [word for word in _FACES if word not in faces and word not in first]
    lacking_faces = [*first, *others[:max(0, least - len(faces) - len(first))]]
    return tuple(shot(name, expression=word, framing="portrait", angle="front view") for word in lacking_faces)
