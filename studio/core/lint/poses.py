"""Will she be able to stand still? C07 and C08 ask the tags, D01 and D02 the bodies."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from studio.core import tag_edits
from studio.core.contamination import Link, crossings, shared_bits
from studio.core.lint.finding import Case, Open, rewrite
from studio.core.lint.phrases import clause, counted, listed, percent, unlabelled, verb
from studio.core.lint.settings import LintSettings
from studio.core.lint.subject import Subject
from studio.core.shot_list import Pictures, Shot, shot
from studio.core.showing import Showing, having, lacking, records_of

Cases = Iterator[Case]

STANDING = "standing"
TURNAROUND = ("front view", "three-quarter view", "from side", "from side", "from behind")  # both sides

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
            about = f"{clause(wrong, 'image', 'are')} tagged 'standing'{subject.whose(name)} and not upright"
            remedy = rewrite("Take out 'standing'", wrong, tag_edits.remove(tag_edits.these(STANDING)))
            yield Case(wrong, f"{about}, which bends what the tag means: take it out.",
                       f"{len(wrong)} of {counted(len(tagged), 'image')} with it.", remedy)
        if unknown := [each.record for each in lacking(tagged, "stance")
                       if each.words.get("framing") != "full body" and not _is_bent(each)]:
            yield unlabelled(unknown, "image", "stance", whose=f"{subject.whose(name)} tagged 'standing'")


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
            about = f"{_all(posed, bodies)}{whose} {verb(posed, 'are')} posed"
            message = f"{about}, so she will never stand straight: replace a few by upright ones."
            figure = f"{len(posed)} of {counted(len(bodies), 'full body')} posed, none upright."
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
            message = f"The upright full bodies{whose} lack {listed(views)}: add them for the whole turnaround."
            figure = f"{counted(len(upright), 'upright full body')}, {counted(len(missing), 'view')} missing."
            yield Case(records_of(upright), message, figure, Pictures(missing), "note")
        elif not upright and is_known and len(posed) >= settings.posed_share * len(bodies):
            about = f"No full body{whose} is upright, so nothing teaches how she stands and how tall she is"
            yield Case(records_of(bodies or shown), f"{about}: add five, seen from all sides.",
                       f"0 of {counted(len(bodies), 'full body')} upright.", Pictures(missing))


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


def _bound(link: Link, bits: float, whose: str) -> Case:
    message = f"'{link.tag}'{whose} is about to mean '{link.word}': align the images that share it, or split the tag."
    figure = (f"{link.together} of {counted(link.carriers, 'image')} with the tag are {link.word},"
              f" {link.lift:.1f} times the set's share; {bits:.2f} bits in common.")
    return Case(link.images, message, figure, Open("Explore the tag", "contamination", link.tag))


def _mixed_stance(strongest: Link, crossing: Iterable[Link], settings: LintSettings, whose: str) -> Cases:
    """A word for a pose whose bodies do not agree on whether they are upright."""
    tag = strongest.tag
    if tag in _POSE_TAGS and strongest.share < settings.alike_share:
        images = tuple(record for link in crossing for record in link.images)
        message = f"Images tagged '{tag}'{whose} do not agree on the stance: align them, or split the tag."
        figure = (f"{strongest.together} of {strongest.carriers} are {strongest.word};"
                  f" {percent(settings.alike_share)} are wanted.")
        yield Case(images, message, figure, Open("Explore the tag", "contamination", tag))


def _own(field: str) -> frozenset[str]:
    """The tags that a label is made of; they say it and are not contaminated by it."""
    return _POSE_TAGS | {"arms up", "hand on own hip"} if field == "pose" else frozenset()


def _all(posed: Sequence[Showing], bodies: Sequence[Showing]) -> str:
    if len(posed) == len(bodies):
        return f"All {counted(len(posed), 'full body')}" if len(posed) > 1 else "The only full body"
    return f"{len(posed)} of {counted(len(bodies), 'full body')}"
