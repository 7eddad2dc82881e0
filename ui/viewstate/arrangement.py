"""Which pictures does the gallery show, in which order, and in which groups?"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from studio.core.labels import LABEL_FIELDS, SUGGESTED, word
from studio.core.project import together
from studio.core.record import PROVENANCES, Record
from ui.i18n import tr, trn
from ui.viewstate.grid import Section

SORTS = ("name", "stars", "size", "findings", "tags")
GROUPS = ("none", "character", *LABEL_FIELDS, "provenance", "stars", "folder")

Rules = Mapping[str, Collection[str]]  # the lint rules that speak of each image, by its id


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The records that are shown, in their order, with the groups they form; `total` are all there are."""

    records: tuple[Record, ...] = ()
    sections: tuple[Section, ...] = ()
    total: int = 0


def arranged(records: Sequence[Record], test: Callable[[Record], bool], sort: str, group: str,
             rules: Rules) -> Arrangement:
    """Those that pass the test. Within a group they are sorted; what nobody labelled comes last."""
    shown = sorted(filter(test, records), key=_sort_key(sort, rules))
    if group == "none" or group not in GROUPS:
        return Arrangement(tuple(shown), (Section("", 0, len(shown)),), len(records))
    parts: dict[str, list[Record]] = {}
    for record in shown:
        parts.setdefault(_group_of(record, group), []).append(record)
    return _in_groups(parts, group, len(records))


def folder_of(record: Record) -> str:
    """The name of the folder that holds an image."""
    return record.image.path.parent.name


@lru_cache(maxsize=50_000)
def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """A key by which 9.png comes before 10.png."""
    pieces = re.split(r"(\d+)", name.casefold())
    return tuple((0, int(each), "") if each.isdecimal() else (1, 0, each) for each in pieces if each)


def _in_groups(parts: Mapping[str, Sequence[Record]], group: str, total: int) -> Arrangement:
    records: list[Record] = []
    sections = []
    for name in sorted(parts, key=lambda name: _group_order(name, group)):
        title = f"{_group_title(name, group)}  ·  {len(parts[name]):,}"
        sections.append(Section(title, len(records), len(parts[name])))
        records.extend(parts[name])
    return Arrangement(tuple(records), tuple(sections) or (Section("", 0, 0),), total)


def _sort_key(sort: str, rules: Rules) -> Callable[[Record], object]:
    first: Mapping[str, Callable[[Record], object]] = {
        "stars": lambda record: -record.stars,
        "size": lambda record: min(record.image.width, record.image.height),
        "findings": lambda record: -len(rules.get(record.id, ())),
        "tags": lambda record: len(record.tags),
    }
    by = first.get(sort)
    if by is None:
        return _by_name
    return lambda record: (by(record), _by_name(record))


def _by_name(record: Record) -> tuple[object, ...]:
    return record.image.characters, natural(record.image.path.name)


def _group_of(record: Record, group: str) -> str:
    if group in LABEL_FIELDS:
        return word(record.labels, group) or next(_figure_words(record, group), "")
    match group:
        case "character":
            return together(record.image.characters)
        case "provenance":
            return record.provenance.kind if record.provenance else "unknown"
        case "stars":
            return str(record.stars)
        case _:
            return folder_of(record)


def _figure_words(record: Record, field: str) -> Iterator[str]:
    return (found for figure in record.figures.values() if (found := word(figure.labels, field)))


def _group_order(name: str, group: str) -> tuple[object, ...]:
    usual = {"provenance": PROVENANCES, "stars": ("5", "4", "3", "2", "1", "0")}.get(group, SUGGESTED.get(group, ()))
    return not name, usual.index(name) if name in usual else len(usual), natural(name)


def _group_title(name: str, group: str) -> str:
    if not name:
        return tr("unknown")
    if group == "stars":
        return tr("no stars") if name == "0" else trn("{n} star", "{n} stars", int(name))
    return name
