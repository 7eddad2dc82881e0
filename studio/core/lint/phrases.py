"""How the lint counts, and how it asks for labels that are missing."""

from collections.abc import Collection, Iterable, Sized

from studio.core.lint.finding import Case, Cost, Open, Page
from studio.core.record import Record

_IRREGULAR = {"have": "has", "are": "is", "do": "does", "say": "says"}
_SECONDS_EACH = 2.5  # to label an image by a single key


def counted(count: int, thing: str) -> str:
    """A number and its noun: "1 image", "44 full bodies"."""
    return f"{count:,} {thing if count == 1 else plural(thing)}"


def plural(thing: str) -> str:
    """The noun for several."""
    return f"{thing[:-1]}ies" if thing.endswith("y") else f"{thing}es" if thing.endswith("x") else f"{thing}s"


def clause(things: Sized, noun: str, verb_for_many: str) -> str:
    """How many of what do what: "1 caption has", "3 captions have"."""
    return f"{counted(len(things), noun)} {verb(things, verb_for_many)}"


def verb(things: Sized, for_many: str) -> str:
    """The verb for so many: "have" becomes "has" for one."""
    if len(things) != 1:
        return for_many
    return _IRREGULAR.get(for_many) or plural(for_many)


def percent(share: float) -> str:
    """A share with one decimal where it has one: "13.2 %", "75 %"."""
    return f"{100 * share:.1f}".removesuffix(".0") + " %"


def listed(words: Collection[str], most: int = 4) -> str:
    """Some words, the rest as a number: "smile, frown and 3 more"."""
    names = [*words]
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""


def minutes(count: int) -> str:
    """How long it takes to label so many images."""
    whole = round(count * _SECONDS_EACH / 60)
    return f"about {counted(whole, 'minute')}" if whole else "less than a minute"


def unlabelled(records: Iterable[Record], things: str, field: str, *, whose: str = "", cost: Cost | None = None,
               page: Page = "labels") -> Case:
    """The note in place of a judgement: some things have no label, and how long it takes to give them one."""
    missing = tuple(records)
    them = "it" if len(missing) == 1 else "them"
    message = (f"{counted(len(missing), things)}{whose} {verb(missing, 'have')} no {field}: label {them},"
               f" {minutes(len(missing))}.")
    return Case(missing, message, f"As long as nobody knows the {field}, this rule cannot judge.",
                Open(f"Label the {field}", page, field), "note", cost)
