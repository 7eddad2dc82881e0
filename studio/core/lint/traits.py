"""Do captions and images treat a character's traits as her ledger sorts them? C05, C06, C17, D04, D05, D06 and D17."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import combinations

from studio.core import tag_edits
from studio.core.ledger import Ledger, Trait
from studio.core.lint.finding import Case, Certainty, Cost, Open, rewrite
from studio.core.lint.phrases import number, percent, unlabelled
from studio.core.lint.settings import LintSettings
from studio.core.lint.subject import Subject, distinct
from studio.core.record import Record, Sight
from studio.core.said import Said, joined, said, said_of
from studio.core.shot_list import Pictures, Shot, shot
from studio.core.showing import Showing, records_of

Cases = Iterator[Case]

_MOST_SHOTS = 5
_SIDED = ("side ponytail", "side braid", "one side up", "ahoge", "eyepatch", "hair over one eye", "single braid",
          "hair ornament", "hairclip", "mole", "scar", "earring")  # fmt: skip
_ON_SIDE = r"[^.,;!?]*?\b(?:on|at|over|by) (?:the )?viewer['’]s (left|right)\b"
_OTHER = {"left": "right", "right": "left"}
_SIDES = {"left": said("left"), "right": said("right")}
_LOOK = Open(said("Look at them"), "captions")

_Claim = tuple[Record, str, str]  # an image, the side as seen in it, and her angle or nothing


def absorbed_but_tagged(subject: Subject, settings: LintSettings) -> Cases:
    """C05: what is tagged is learnt as that tag's, and not as the trigger's."""
    for name, shown in subject.alone.items():
        if not subject.ledger(name).traits:
            yield _without_ledger(name, shown)
            continue
        core = {tag.casefold() for tag in subject.ledger(name).tags("absorb")}
        told = {id(each): [tag for tag in each.record.tags if tag.casefold() in core] for each in shown}
        wrong = tuple(each.record for each in shown if told[id(each)])
        if len(wrong) > settings.core_share * len(shown):
            tags = dict(Counter(tag for there in told.values() for tag in there).most_common())
            message = said_of("{n} caption tags what {name}'s trigger shall absorb: take out {tags}.",
                              "{n} captions tag what {name}'s trigger shall absorb: take out {tags}.", len(wrong),
                              name=name, tags=joined(tags))
            figure = said("{share} of her captions; {limit} are let pass.", share=percent(len(wrong) / len(shown)),
                          limit=percent(settings.core_share))
            remedy = rewrite(said("Take out {tags}", tags=joined(tags)), wrong,
                             tag_edits.remove(tag_edits.these(*tags)))
            yield Case(wrong, message, figure, remedy)


def visible_but_untagged(subject: Subject, settings: LintSettings) -> Cases:
    """C06: a ribbon that is seen and not named becomes part of her."""
    for name, shown in subject.alone.items():
        for trait in subject.ledger(name).traits:
            if trait.structure and trait.bin == "vary":
                yield from _untagged(trait, [each.record for each in shown], subject.whose(name))


def sides_disagree(subject: Subject, settings: LintSettings) -> Cases:
    """C17: a trait of one side that is taught on both comes out on either, or in the middle.

    Seen from behind a side changes over; in profile it tells nothing.
    """
    for name, shown in subject.alone.items():
        spoken = [(each, text.lower()) for each in shown if "viewer" in (text := each.record.sentences)]
        for trait in _sided(subject, name):
            claims = tuple(_claims(spoken, trait.lower()))
            yield from _against_most(trait, claims, subject.whose(name))
            yield from _against_box(trait, claims, subject.whose(name))


def easy_for_base(subject: Subject, settings: LintSettings) -> Cases:
    """D04: images that show nothing but what the base draws anyway."""
    easy = {tag.casefold() for tag in settings.base_strong}
    for name, shown in subject.alone.items():
        giveaways = [trait.tag for trait in subject.ledger(name).traits if trait.giveaway]
        plain = [each.record for each in shown if giveaways and _shows_none(each.record, giveaways)]
        spent = tuple(each for each in plain if any(_is_easy(tag.casefold(), easy) for tag in each.tags))
        if spent and len(spent) > settings.base_strong_share * len(shown):
            message = said_of("{n} image{whose} shows only what the base draws by itself: do without it.",
                              "{n} images{whose} show only what the base draws by itself: thin them out.", len(spent),
                              whose=subject.whose(name))
            figure = said("{share} of the images, without {traits} in any of them.",
                          share=percent(len(spent) / len(shown)), traits=joined(giveaways))
            yield Case(spent, message, figure, Open(said("Look at them"), "images"))


def rare_giveaway(subject: Subject, settings: LintSettings) -> Cases:
    """D05: what the base does not know has to be seen often."""
    for name, trait, shown in _giveaways(subject):
        unmarked = [record for record in shown if not _sight(record, trait)]
        if not settings.may_judge(unmarked, shown):
            yield _unmarked(unmarked, trait, subject.whose(name))
            continue
        seen = [record for record in shown if _sight(record, trait) == "visible"]
        if len(seen) < settings.giveaway_share * len(shown):
            message = said_of(
                "Only {n} image{whose} shows {trait}, by which she is recognised: make more that do, close up.",
                "Only {n} images{whose} show {trait}, by which she is recognised: make more that do, close up.",
                len(seen), whose=subject.whose(name), trait=trait.tag)
            figure = said("{some} of {all}; {share} are wanted.", some=len(seen), all=len(shown),
                          share=percent(settings.giveaway_share))
            missing = min(_MOST_SHOTS, 1 + int(settings.giveaway_share * len(shown)) - len(seen))
            yield Case(shown, message, figure, Pictures(_portraits(name, trait, max(1, missing))))


def small_giveaway(subject: Subject, settings: LintSettings) -> Cases:
    """D06: a detail comes out as large as it was taught."""
    for name, trait, shown in _giveaways(subject):
        boxed = tuple(record for record in shown if trait.tag in record.boxes)
        largest = max((record.boxes[trait.tag].area for record in boxed), default=1.0)
        if largest < settings.giveaway_area:
            message = said("No image{whose} shows {trait} larger than {share} of its area: add closer crops.",
                           whose=subject.whose(name), trait=trait.tag, share=percent(largest))
            figure = said("{boxes} drawn; {share} once are wanted.", boxes=number(boxed, "box"),
                          share=percent(settings.giveaway_area))
            yield Case(boxed, message, figure, Pictures(_portraits(name, trait, 1)))


def alike_characters(subject: Subject, settings: LintSettings) -> Cases:
    """D17: what both have, nothing tells apart."""
    known = [name for name in subject.shown if subject.ledger(name).traits]
    for one, other in combinations(known, 2):
        apart = _kinds_apart(subject.ledger(one), subject.ledger(other))
        if len(apart) < settings.separating:
            shown = distinct(each.record for name in (one, other) for each in subject.shown[name])
            message = said(
                "{one} and {other} differ only in {kinds}, so they will mix: make them differ in more, or accept it.",
                one=one, other=other, kinds=joined(sorted(apart))) if apart else said(
                "{one} and {other} differ in nothing that their ledgers name, so they will mix: make them differ in "
                "more, or accept it.", one=one, other=other)
            figure = said("{kinds}; {wanted} are wanted.", kinds=number(apart, "kind of traits"),
                          wanted=settings.separating)
            yield Case(shown, message, figure, Open(said("Look at the ledgers"), "ledger"))


def _without_ledger(name: str, shown: Sequence[Showing]) -> Case:
    message = said("{name} has no ledger: sort her traits into absorbed, varying and forbidden, about 3 minutes.",
                   name=name)
    return Case(records_of(shown), message, said("Rules about her traits cannot judge without it."),
                Open(said("Sort her traits"), "ledger"), "note", Cost.DETAIL, Certainty.UNKNOWN)


def _untagged(trait: Trait, shown: Iterable[Record], whose: Said) -> Cases:
    silent = [record for record in shown if trait.tag not in record.tags and record.caption.strip()]
    seen = tuple(record for record in silent if _sight(record, trait) == "visible")
    if seen:
        message = said_of("{n} image shows {trait}{whose} untagged: tag it, or it cannot be left away.",
                          "{n} images show {trait}{whose} untagged: tag it, or it cannot be left away.", len(seen),
                          trait=trait.tag, whose=whose)
        figure = said("Marked visible in {n}, and not tagged.", n=len(seen))
        remedy = rewrite(said("Tag {trait}", trait=trait.tag), seen, tag_edits.add([trait.tag]))
        yield Case(seen, message, figure, remedy)
    if unmarked := [record for record in silent if not _sight(record, trait)]:
        yield _unmarked(unmarked, trait, whose)


def _unmarked(records: Sequence[Record], trait: Trait, whose: Said) -> Case:
    return unlabelled(records, "image", said("mark for {trait}, visible or hidden", trait=trait.tag), whose=whose,
                      cost=Cost.DETAIL, page="traits", asked=trait.tag)


def _giveaways(subject: Subject) -> Iterator[tuple[str, Trait, tuple[Record, ...]]]:
    for name, shown in subject.alone.items():
        for trait in subject.ledger(name).traits:
            if trait.giveaway:
                yield name, trait, records_of(shown)


def _sight(record: Record, trait: Trait) -> Sight | None:
    """Whether a trait is seen, as far as anybody marked or boxed it."""
    return record.traits.get(trait.tag) or ("visible" if trait.tag in record.boxes else None)


def _portraits(name: str, trait: Trait, count: int) -> tuple[Shot, ...]:
    return tuple(shot(name, trait.tag, framing="portrait", angle="front view", number=number)
                 for number in range(1, count + 1))


def _shows_none(record: Record, giveaways: Iterable[str]) -> bool:
    return all(record.traits.get(tag) == "hidden" for tag in giveaways)


def _is_easy(tag: str, easy: Set[str]) -> bool:
    """Whether the base draws a tag, or what one of its words names: "side ponytail" is a ponytail."""
    return tag in easy or not easy.isdisjoint(tag.split())


def _sided(subject: Subject, name: str) -> tuple[str, ...]:
    """What of her may sit on one side: by her ledger, or by its very name if she is not symmetric.

    Of a colour, as of eyes that look to one side, it is not asked.
    """
    traits = (each for each in subject.ledger(name).traits if each.bin != "forbid")
    own = [each.tag for each in traits if each.giveaway or each.structure or each.tag in _SIDED]
    return tuple(dict.fromkeys((*own, *(_SIDED if subject.project.character(name).asymmetric else ()))))


def _claims(spoken: Iterable[tuple[Showing, str]], trait: str) -> Iterator[_Claim]:
    """Which of her sentences, in lower case, say on which of the viewer's sides a trait is."""
    claim = re.compile(rf"(?<!\w){re.escape(trait)}(?!\w){_ON_SIDE}")
    for each, text in spoken:
        for side in claim.findall(text) if trait in text else ():
            yield each.record, side, each.words.get("angle", "")


def _against_most(trait: str, claims: Sequence[_Claim], whose: Said) -> Cases:
    """As she stands before one. Where nobody knows the angle, two sides may well be one."""
    own: defaultdict[str, list[Record]] = defaultdict(list)
    for record, side, angle in claims:
        if angle in ("front view", "three-quarter view", "from behind"):
            own[_OTHER[side] if angle == "from behind" else side].append(record)
    if len(own) == 2:
        fewer = min(own, key=lambda side: len(own[side]))
        message = said_of(
            "{n} caption puts {trait}{whose} on the viewer's {side}, {others} on the {other}: correct it or drop it.",
            "{n} captions put {trait}{whose} on the viewer's {side}, {others} on the {other}: correct or drop the "
            "wrong ones.", len(own[fewer]), trait=trait, whose=whose, side=_SIDES[fewer],
            others=len(own[_OTHER[fewer]]), other=_SIDES[_OTHER[fewer]])
        yield Case(tuple(own[fewer]), message, said("Sides count as seen from the front."), _LOOK)
    blind = [record for record, _, angle in claims if not angle]
    if blind and len({side for _, side, _ in claims}) == 2:
        yield unlabelled(blind, "image", "angle", whose=whose)


def _against_box(trait: str, claims: Iterable[_Claim], whose: Said) -> Cases:
    wrong = tuple(record for record, side, _ in claims if _boxed_side(record, trait) == _OTHER[side])
    if wrong:
        message = said_of("{n} caption puts {trait}{whose} on the other side than its box: correct one.",
                          "{n} captions put {trait}{whose} on the other side than their boxes: correct them.",
                          len(wrong), trait=trait, whose=whose)
        yield Case(wrong, message, said("The box lies wholly on one side of her."),
                   Open(said("Look at the boxes"), "boxes"))


def _boxed_side(record: Record, trait: str) -> str:
    """On which side of her, or of the image, a box drawn by hand lies; nothing if it lies on both."""
    box = record.boxes.get(trait)
    if box is None or box.origin != "hand":
        return ""
    figure = next((each.box for each in record.figures.values() if each.box), None)
    middle = (figure.left + figure.right) / 2 if figure else 0.5
    return "left" if box.right <= middle else "right" if box.left >= middle else ""


def _kinds_apart(one: Ledger, other: Ledger) -> frozenset[str]:
    """The kinds of traits, such as hair or eyes, in which two differ; what only one has is one of them."""
    first, second = _by_kind(one), _by_kind(other)
    return frozenset(kind for kind in first.keys() | second.keys() if first.get(kind) != second.get(kind))


def _by_kind(ledger: Ledger) -> Mapping[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for tag in ledger.tags("absorb", "vary"):
        found[tag.casefold().split()[-1]].add(tag.casefold())
    return {kind: frozenset(tags) for kind, tags in found.items()}
