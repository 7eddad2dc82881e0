"""What of the images themselves, their size, number and origin, will show in the result? D07 to D09, D19 and D20."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from studio.core.buckets import Bucket, bucket_of, buckets, upscale
from studio.core.lint.finding import Case, Cost, Open, Trash
from studio.core.lint.phrases import clause, counted, listed, percent
from studio.core.lint.settings import LintSettings
from studio.core.lint.subject import Subject
from studio.core.recipe import Recipe
from studio.core.record import Record
from studio.core.showing import records_of

Cases = Iterator[Case]

OWN_FAMILY = ("same base", "same family")

_LOOK = Open("Look at them", "images")
_ORIGINS = Open("Look at where they come from", "provenance")


def too_small(subject: Subject, settings: LintSettings) -> Cases:
    """D07: what is enlarged for training comes out soft."""
    if subject.recipe is None:
        return
    small = _small(subject, subject.recipe, settings.side_share)
    if small:
        sides = sorted(min(each.image.width, each.image.height) for each, _ in small)
        factor = max(upscale((each.image.width, each.image.height), bucket) for each, bucket in small)
        span = f"{sides[0]} px" if sides[0] == sides[-1] else f"{sides[0]} to {sides[-1]} px"
        about = f"{clause(small, 'image', 'are')} only {span} on the short side and enlarged up to {factor:.2f} times"
        figure = (f"The recipe {subject.recipe.name} trains at {subject.recipe.resolution} px;"
                  f" {percent(settings.side_share)} of a bucket's short side are wanted.")
        yield Case(tuple(each for each, _ in small), f"{about}, which blurs detail: export them larger.", figure, _LOOK)


def own_family(subject: Subject, settings: LintSettings) -> Cases:
    """D08: a model taught by its own pictures learns fast, and another face."""
    unknown = tuple(each for each in subject.records if _origin(each) == "unknown")
    if not settings.may_judge(unknown, subject.records):
        message = f"{clause(unknown, 'image', 'are')} of unknown origin: say where they come from, by folder."
        yield Case(unknown, message, "Only then can this rule judge.", _ORIGINS, "note", Cost.STYLE)
        return
    own = tuple(each for each in subject.records if _origin(each) in OWN_FAMILY)
    known = len(subject.records) - len(unknown)
    if len(own) > settings.family_share * known:
        about = f"{percent(len(own) / known)} of the images come from the base's own family"
        message = f"{about}, so the face will settle early on another: add images from elsewhere."
        yield Case(own, message, f"{len(own)} of {counted(known, 'image')} of known origin.", _ORIGINS)


def mixed_origin(subject: Subject, settings: LintSettings) -> Cases:
    """D09: images of several origins are learnt at several speeds."""
    counts = Counter(_origin(each) for each in subject.records)
    del counts["unknown"]
    if len(counts) > 1:
        known = tuple(each for each in subject.records if _origin(each) in counts)
        parts = [f"{count} {kind}" for kind, count in counts.most_common()]
        message = f"The images are of {len(counts)} kinds of origin: note it with the run."
        yield Case(known, message, f"{listed(parts)}.", _ORIGINS)


def duplicates(subject: Subject, settings: LintSettings) -> Cases:
    """D19: what is there twice is shown twice."""
    by_id: defaultdict[str, list[Record]] = defaultdict(list)
    for record in subject.records:
        by_id[record.id].append(record)
    copies = tuple(record for there in by_id.values() for record in there[1:])
    if copies:
        message = f"{clause(copies, 'image', 'repeat')} another byte for byte: throw the copies away."
        figure = f"{len(by_id)} of {counted(len(subject.records), 'image')} differ."
        yield Case(copies, message, figure, Trash("Throw the copies away", tuple(record.image for record in copies)))
    near = [there for group in subject.alike if len(there := [by_id[id][0] for id in group if id in by_id]) > 1]
    if near:
        records = tuple(record for there in near for record in there)
        message = f"{clause(records, 'image', 'look')} almost like another: keep the best of each."
        yield Case(records, message, f"{counted(len(near), 'group')} of images that look the same.",
                   Open("Compare them", "images"))


def unusual_size(subject: Subject, settings: LintSettings) -> Cases:
    """D20: how many images others needed."""
    for name, shown in subject.alone.items():
        if not settings.fewest <= len(shown) <= settings.most:
            has = f"{name} has {counted(len(shown), 'image')}"
            is_few = len(shown) < settings.fewest
            usual = f"usual are {settings.fewest} to {settings.most}"
            message = f"{has}, {usual}: {'add some' if is_few else 'keep the best'}."
            yield Case(records_of(shown), message, "Images of her alone are counted.",
                       Open("Add images", "import") if is_few else _LOOK)


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
