"""Which tags does a list in Danbooru's format hold, as completion tools share them?

A row is `name,category,count,"alias,alias"`, with underscores, mostly without a header. The file comes from anywhere,
so it is read with limits; rows that make no sense are left out and counted.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from studio.core.completion import KnownTag
from studio.core.errors import UserError
from studio.core.texts import read_text

LARGEST = 64 * 2**20  # bytes; the largest known list has 4 MB
MOST_ROWS = 1_000_000

_LONGEST_NAME, _MOST_ALIASES = 200, 200
_KINDS = {"0": "general", "1": "artist", "3": "copyright", "4": "character", "5": "meta", "7": "meta"}
_HEADERS = ("name", "tag", "tags")


@dataclass(frozen=True, slots=True)
class TagList:
    """The tags of a file, and how many of its rows made no sense."""

    tags: tuple[KnownTag, ...]
    skipped: int = 0


def read_tag_csv(path: Path) -> TagList:
    """The tags of a file. Raises `UserError` if it is missing, too large, not text, or has no tag in it."""
    lines = (line for line in read_text(path, LARGEST).split("\n") if line)
    rows = (_row(line) for line in islice(lines, MOST_ROWS))
    found = [_known(row) for row in rows if not _is_header(row)]
    tags = tuple(tag for tag in found if tag)
    if not tags:
        raise UserError(f"{path} holds no tags", "Choose a CSV file with rows as 1girl,0,6008644,\"1girls\".")
    return TagList(tags, len(found) - len(tags))


def _row(line: str) -> Sequence[str]:
    """A row is one line, so a quote that is never closed takes no other along. Few need the CSV reader, a slow one."""
    if line.startswith('"') or '""' in line:
        with suppress(csv.Error):
            return next(csv.reader([line]))
    *fields, rest = line.split(",", 3)
    return (*fields, rest.strip('"'))


def _is_header(row: Sequence[str]) -> bool:
    return row[0] in _HEADERS and len(row) > 1 and not row[1].strip().isdecimal()


def _known(row: Sequence[str]) -> KnownTag | None:
    """None for a row without a name, or without numbers for its category and its count."""
    name, kind, count, aliases = (*row, "", "", "")[:4]
    name = name.strip()
    if not 0 < len(name) <= _LONGEST_NAME or not kind.isdecimal() or not (count.isdecimal() or not count):
        return None
    return KnownTag(name, int(count[:18] or 0), _KINDS.get(kind, "general"), _aliases(aliases))


def _aliases(text: str) -> tuple[str, ...]:
    if not text:
        return ()
    parts = (part.strip() for part in text.split(",", _MOST_ALIASES)[:_MOST_ALIASES])
    return tuple(part for part in parts if 0 < len(part) <= _LONGEST_NAME)
