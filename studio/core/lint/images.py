"""What of the images themselves, their size, number and origin, will show in the result? D07 to D09, D19 and D20."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from studio.core.buckets import Bucket, bucket_of, buckets, upscale
from studio.core.lint.finding import Case, Certainty, Cost, Open, Trash
from studio.core.lint.phrases import number, percent
from studio.core.lint.settings import LintSettings
from studio.core.lint.subject import Subject
from studio.core.recipe import Recipe
from studio.core.record import Record
from studio.core.said import joined, said, said_of
from studio.core.showing import records_of
from studio.core.survey import standing

Cases = Iterator[Case]

_KINDS = {
    "same base": said("same base"), "same family": said("same family"), "other generator": said("other generator"),
}  # fmt: skip
OWN_FAMILY = ("same base", "same family")

_LOOK = Open(said("Look at them"), "images")
_ORIGINS = Open(said("Look at where they come from"), "provenance")


def too_small(subject: Subject, settings: LintSettings) -> Cases:
    """D07: what is enlarged for training comes out soft."""
    if subject.recipe is None:
        return
    small = _small(subject, subject.recipe, settings.side_share)
    if small:
        sides = sorted(min(each.image.width, each.image.height) for each, _ in small)
        factor = max(upscale((each.image.width, each.image.height), bucket) for each, bucket in small)
        span = said("{px} px", px=str(sides[0])) if sides[0] == sides[-1] else said(
            "{least} to {most} px", least=str(sides[0]), most=str(sides[-1]))
        message = said_of("{n} image is only {span} on the short side and enlarged {factor} times, which blurs detail: "
                          "export it larger.",
                          "{n} images are only {span} on the short side and enlarged up to {factor} times, which blurs "
                          "detail: export them larger.", len(small), span=span, factor=f"{factor:.2f}")
        figure = said("The recipe {recipe} trains at {px} px; {share} of a bucket's short side are wanted.",
                      recipe=subject.recipe.name, px=str(subject.recipe.resolution), share=percent(settings.side_share))
        yield Case(tuple(each for each, _ in small), message, figure, _LOOK)


def own_family(subject: Subject, settings: LintSettings) -> Cases:
    """D08: a model taught by its own pictures learns fast, and another face."""
    unknown = tuple(each for each in subject.records if _origin(each) == "unknown")
    if not settings.may_judge(unknown, subject.records):
        message = said_of("{n} image is of unknown origin: say where it comes from.",
                          "{n} images are of unknown origin: say where they come from, by folder.", len(unknown))
        figure = said("Only then can this rule judge.")
        yield Case(unknown, message, figure, _ORIGINS, "note", Cost.STYLE, Certainty.UNKNOWN)
        return
    own = tuple(each for each in subject.records if _origin(each) in OWN_FAMILY)
    known = len(subject.records) - len(unknown)
    if len(own) > settings.family_share * known:
        message = said("{share} of the images come from the base's own family, so the face will settle early on "
                       "another: add images from elsewhere.", share=percent(len(own) / known))
        figure = said("{some} of {images} of known origin.", some=len(own), images=number(known, "image"))
        yield Case(own, message, figure, _ORIGINS)


def mixed_origin(subject: Subject, settings: LintSettings) -> Cases:
    """D09: images of several origins are learnt at several speeds."""
    counts = Counter(_origin(each) for each in subject.records)
    del counts["unknown"]
    if len(counts) > 1:
        known = tuple(each for each in subject.records if _origin(each) in counts)
        parts = [said("{n} {kind}", n=count, kind=_KINDS.get(kind, kind)) for kind, count in counts.most_common()]
        message = said("The images are of {n} kinds of origin: note it with the run.", n=len(counts))
        yield Case(known, message, said("{counts}.", counts=joined(parts)), _ORIGINS)


def duplicates(subject: Subject, settings: LintSettings) -> Cases:
    """D19: what is there twice is shown twice."""
    by_id: defaultdict[str, list[Record]] = defaultdict(list)
    for record in subject.records:
        by_id[record.id].append(record)
    copies = tuple(record for there in by_id.values() if len(there) > 1 for record in _spare(there))
    if copies:
        message = said_of("{n} image repeats another byte for byte: throw the copy away.",
                          "{n} images repeat another byte for byte: throw the copies away.", len(copies))
        figure = said("{some} of {images} differ.", some=len(by_id), images=number(subject.records, "image"))
        remedy = Trash(said("Throw the copies away"), tuple(record.image for record in copies))
        yield Case(copies, message, figure, remedy, certainty=Certainty.READ)
    near = [there for group in subject.alike if len(there := [by_id[id][0] for id in group if id in by_id]) > 1]
    if near:
        records = tuple(record for there in near for record in there)
        message = said("{n} images look almost like another: keep the best of each.", n=len(records))
        figure = said("{groups} of images that look the same.", groups=number(near, "group"))
        yield Case(records, message, figure, Open(said("Compare them"), "images"))


def unusual_size(subject: Subject, settings: LintSettings) -> Cases:
    """D20: how many images others needed."""
    for name, shown in subject.alone.items():
        if not settings.fewest <= len(shown) <= settings.most:
            is_few = len(shown) < settings.fewest
            message = said("{name} has {images}, usual are {least} to {most}: add some." if is_few else
                           "{name} has {images}, usual are {least} to {most}: keep the best.", name=name,
                           images=number(shown, "image"), least=settings.fewest, most=settings.most)
            yield Case(records_of(shown), message, said("Images of her alone are counted."),
                       Open(said("Add images"), "import") if is_few else _LOOK)


def _spare(there: list[Record]) -> Iterator[Record]:
    """All of the same bytes but the one that has the best claim to stay."""
    best = min(there, key=lambda each: standing(each.image.path, each.caption))
    return (each for each in there if each is not best)


def _small(subject: Subject, recipe: Recipe, share: float) -> list[tuple[Record, Bucket]]:
    """The images whose short side is too small for their bucket's; few come so near that it has to be looked for."""
    surely_enough = share * max(min(each.width, each.height) for each in buckets(recipe))
    known: dict[tuple[int, int], Bucket] = {}
    found = []
    for record in subject.records:
        size = record.image.width, record.image.height
        if min(size) < surely_enough:
            bucket = known.get(size) or known.setdefault(size, bucket_of(*size, recipe))
            if min(size) < share * min(bucket.width, bucket.height):
                found.append((record, bucket))
    return found


def _origin(record: Record) -> str:
    return record.provenance.kind if record.provenance else "unknown"
