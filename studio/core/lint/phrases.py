"""How the lint counts, and how it asks for labels that are missing."""

from collections.abc import Collection, Iterable, Sized

from studio.core.lint.finding import Case, Certainty, Cost, Open, Page
from studio.core.record import Record
from studio.core.said import Said, joined, said, said_of

NOTHING = said("")

_SECONDS_EACH = 2.5  # to label an image by a single key
_NUMBERS = {
    "image": (said("{n} image"), said("{n} images")),
    "such image": (said("{n} such image"), said("{n} such images")),
    "caption": (said("{n} caption"), said("{n} captions")),
    "tag": (said("{n} tag"), said("{n} tags")),
    "sentence": (said("{n} sentence"), said("{n} sentences")),
    "exposure": (said("{n} exposure"), said("{n} exposures")),
    "full body": (said("{n} full body"), said("{n} full bodies")),
    "upright full body": (said("{n} upright full body"), said("{n} upright full bodies")),
    "bust": (said("{n} bust"), said("{n} busts")),
    "view": (said("{n} view"), said("{n} views")),
    "expression": (said("{n} expression"), said("{n} expressions")),
    "kind of traits": (said("{n} kind of traits"), said("{n} kinds of traits")),
    "box": (said("{n} box"), said("{n} boxes")),
    "group": (said("{n} group"), said("{n} groups")),
}  # fmt: skip
_FIELDS = {
    "framing": said("framing"), "angle": said("angle"), "camera": said("camera"), "stance": said("stance"),
    "pose": said("pose"), "expression": said("expression"), "outfit": said("outfit"),
}  # fmt: skip


def number(of: Sized | int, thing: str) -> Said:
    """How many of a thing: "1 image", "44 full bodies"."""
    count = of if isinstance(of, int) else len(of)
    one, many = _NUMBERS[thing]
    return said_of(one.pattern, many.pattern, count)


def field_said(field: str) -> Said:
    """A label as sentences name it."""
    return _FIELDS.get(field) or said("{word}", word=field)


def counted(count: int, thing: str) -> str:
    """A number and its noun in English, for a terminal: "1 image", "44 full bodies"."""
    return f"{count:,} {thing if count == 1 else plural(thing)}"


def plural(thing: str) -> str:
    """The noun for several."""
    return f"{thing[:-1]}ies" if thing.endswith("y") else f"{thing}es" if thing.endswith("x") else f"{thing}s"


def percent(share: float) -> str:
    """A share with one decimal where it has one: "13.2 %", "75 %"."""
    return f"{100 * share:.1f}".removesuffix(".0") + " %"


def listed(words: Collection[object], most: int = 4) -> str:
    """Some words, the rest as a number: "smile, frown and 3 more"."""
    return str(joined(words, most))


def minutes(count: int) -> Said:
    """How long it takes to label so many images."""
    whole = round(count * _SECONDS_EACH / 60)
    return said_of("about {n} minute", "about {n} minutes", whole) if whole else said("less than a minute")


def unlabelled(records: Iterable[Record], things: str, field: str | Said, *, whose: Said = NOTHING,
               cost: Cost | None = None, page: Page = "labels", asked: str = "") -> Case:
    """The note in place of a judgement: some things have no label, and how long it takes to give them one.

    `asked` is what the page is asked for, where it is not the label itself.
    """
    missing = tuple(records)
    what = field if isinstance(field, Said) else field_said(field)
    message = said_of("{things}{whose} has no {label}: label it, {time}.",
                      "{things}{whose} have no {label}: label them, {time}.", len(missing),
                      things=number(missing, things), whose=whose, label=what, time=minutes(len(missing)))
    figure = said("As long as nobody knows the {label}, this rule cannot judge.", label=what)
    remedy = Open(said("Label the {label}", label=what), page, asked or (field if isinstance(field, str) else ""))
    return Case(missing, message, figure, remedy, "note", cost, Certainty.UNKNOWN)
