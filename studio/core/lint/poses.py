"""Will she be able to stand still? C07 and C08 ask the tags, D01 and D02 the bodies."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from studio.core import tag_edits
from studio.core.contamination import Link, crossings, shared_bits
from studio.core.lint.finding import Case, Open, rewrite
from studio.core.lint.phrases import number, percent, unlabelled
from studio.core.lint.settings import LintSettings
from studio.core.lint.subject import Subject
from studio.core.said import Said, joined, said, said_of
from studio.core.shot_list import Pictures, Shot, shot
from studio.core.showing import Showing, having, lacking, records_of

Cases = Iterator[Case]

STANDING = "standing"
TURNAROUND = ("front view", "three-quarter view", "from side", "from side", "from behind")  # both sides

_EXPLORE = said("Explore the tag")
_BOUND_TO = ("pose", "angle", "camera", "outfit")
_POSE_TAGS = frozenset({"standing", "sitting", "walking", "running", "kneeling", "lying"})


def contaminated_tag(subject: Subject, settings: LintSettings) -> Cases:
    """C07: a general tag that goes with one angle, outfit or pose comes to mean it."""
    for name, shown in subject.alone.items():
        tagged = Counter(tag for each in shown for tag in each.record.tags)
        there = crossings(shown, settings.general_tags, (*_BOUND_TO, "stance"), settings.carriers)
        for (tag, field), crossing in there.items():
            strongest = max(crossing, key=lambda link: link.share)
            if strongest.carriers < max(settings.carriers, settings.known_share * tagged[tag]):
                continue  # the label of too few is known
            if field == "stance":
                yield from _mixed_stance(strongest, crossing, settings, subject.whose(name))
            elif strongest.is_red and shared_bits(crossing) >= settings.shared_bits and tag not in _own(field):
                yield _bound(strongest, shared_bits(crossing), subject.whose(name))


def standing_but_posed(subject: Subject, settings: LintSettings) -> Cases:
    """C08: the tag by which standing straight is asked for, on images that do not show it."""
    for name, shown in subject.alone.items():
        tagged = [each for each in shown if STANDING in each.record.tags]
        wrong = tuple(each.record for each in tagged if _is_bent(each))
        if wrong:
            message = said_of(
                "{n} image tagged 'standing'{whose} is not upright, which bends what the tag means: take it out.",
                "{n} images tagged 'standing'{whose} are not upright, which bends what the tag means: take it out.",
                len(wrong), whose=subject.whose(name))
            remedy = rewrite(said("Take out '{tags}'", tags=STANDING), wrong,
                             tag_edits.remove(tag_edits.these(STANDING)))
            figure = said("{some} of {images} with it.", some=len(wrong), images=number(tagged, "image"))
            yield Case(wrong, message, figure, remedy)
        if unknown := [each.record for each in lacking(tagged, "stance")
                       if each.words.get("framing") != "full body" and not _is_bent(each)]:
            whose = said("{whose} tagged '{tag}'", whose=subject.whose(name), tag=STANDING)
            yield unlabelled(unknown, "image", "stance", whose=whose)


def all_posed(subject: Subject, settings: LintSettings) -> Cases:
    """D01: poses come out as they went in."""
    for name, shown in subject.shown.items():
        whose, unframed = subject.whose(name), lacking(shown, "framing")
        if not settings.may_judge(unframed, shown):
            yield unlabelled(records_of(unframed), "image", "framing", whose=whose)
        bodies, posed, upright, unknown = _bodies(shown)
        if upright or not bodies:
            continue
        if len(posed) >= settings.posed_share * len(bodies):
            message = said_of("{bodies}{whose} is posed, so she will never stand straight: replace it by upright ones.",
                              "{bodies}{whose} are posed, so she will never stand straight: replace a few by upright "
                              "ones.", len(posed), bodies=_all(posed, bodies), whose=whose)
            figure = said("{some} of {bodies} posed, none upright.", some=len(posed),
                          bodies=number(bodies, "full body"))
            yield Case(records_of(posed), message, figure, Pictures(_missing(name, ())))
        elif unknown:
            yield unlabelled(records_of(unknown), "full body", "stance", whose=whose)


def no_turnaround(subject: Subject, settings: LintSettings) -> Cases:
    """D02: how she stands by default, and her proportions, are learnt from upright bodies seen from all sides."""
    for name, shown in subject.shown.items():
        bodies, posed, upright, _ = _bodies(shown)
        is_known = settings.may_judge(lacking(shown, "framing"), shown)
        missing, whose = _missing(name, upright), subject.whose(name)
        if unturned := lacking(upright, "angle"):
            yield unlabelled(records_of(unturned), "upright full body", "angle", whose=whose)
        elif upright and missing:
            views = dict.fromkeys(dict(each.labels)["angle"] for each in missing)
            message = said("The upright full bodies{whose} lack {views}: add them for the whole turnaround.",
                           whose=whose, views=joined(views))
            figure = said("{bodies}, {views} missing.", bodies=number(upright, "upright full body"),
                          views=number(missing, "view"))
            yield Case(records_of(upright), message, figure, Pictures(missing), "note")
        elif not upright and is_known and len(posed) >= settings.posed_share * len(bodies):
            message = said("No full body{whose} is upright, so nothing teaches how she stands and how tall she is: add "
                           "five, seen from all sides.", whose=whose)
            yield Case(records_of(bodies or shown), message,
                       said("None of {bodies} upright.", bodies=number(bodies, "full body")), Pictures(missing))


def _bodies(shown: Sequence[Showing]) -> tuple[tuple[Showing, ...], ...]:
    """Full bodies: all, the posed ones, the upright ones, and those nobody knows the stance of."""
    bodies = having(shown, "framing", "full body")
    return bodies, having(bodies, "stance", "posed"), having(bodies, "stance", "upright"), lacking(bodies, "stance")


def _missing(name: str, upright: Sequence[Showing]) -> tuple[Shot, ...]:
    """The shots of a turnaround that are not there yet; where the angle is unknown nothing is missing for sure."""
    there = [each.words.get("angle", "") for each in upright]
    found = []
    for angle in TURNAROUND:
        if angle in there:
            there.remove(angle)
        else:
            number = 1 + sum(each.labels[1] == ("angle", angle) for each in found)
            found.append(shot(name, stance="upright", angle=angle, framing="full body", number=number))
    return tuple(found)


def _is_bent(showing: Showing) -> bool:
    """Whether a hand or a guess says that she does not stand; the caption's own words prove nothing."""
    stance, pose = showing.labels.stance, showing.labels.pose
    return (stance.value == "posed") if stance else pose is not None and pose.value != STANDING


def _bound(link: Link, bits: float, whose: Said) -> Case:
    message = said("'{tag}'{whose} is about to mean '{word}': align the images that share it, or split the tag.",
                   tag=link.tag, whose=whose, word=link.word)
    figure = said("{some} of {images} with the tag are {word}, {lift} times the set's share; {bits} bits in common.",
                  some=link.together, images=number(link.carriers, "image"), word=link.word, lift=f"{link.lift:.1f}",
                  bits=f"{bits:.2f}")
    return Case(link.images, message, figure, Open(_EXPLORE, "contamination", link.tag))


def _mixed_stance(strongest: Link, crossing: Iterable[Link], settings: LintSettings, whose: Said) -> Cases:
    """A word for a pose whose bodies do not agree on whether they are upright."""
    tag = strongest.tag
    if tag in _POSE_TAGS and strongest.share < settings.alike_share:
        images = tuple(record for link in crossing for record in link.images)
        message = said("Images tagged '{tag}'{whose} do not agree on the stance: align them, or split the tag.",
                       tag=tag, whose=whose)
        figure = said("{some} of {all} are {word}; {share} are wanted.", some=strongest.together,
                      all=strongest.carriers, word=strongest.word, share=percent(settings.alike_share))
        yield Case(images, message, figure, Open(_EXPLORE, "contamination", tag))


def _own(field: str) -> frozenset[str]:
    """The tags that a label is made of; they say it and are not contaminated by it."""
    return _POSE_TAGS | {"arms up", "hand on own hip"} if field == "pose" else frozenset()


def _all(posed: Sequence[Showing], bodies: Sequence[Showing]) -> Said:
    there = number(bodies, "full body")
    if len(posed) < len(bodies):
        return said("{some} of {bodies}", some=len(posed), bodies=there)
    return said("All {bodies}", bodies=there) if len(posed) > 1 else said("The only full body")
