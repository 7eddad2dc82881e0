"""How is a table written so that others read back what was meant? As Markdown, and as CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

Rows = Sequence[Sequence[str]]

_MEANT = re.compile(r"([\\`*_{}\[\]<>|#~&$^])")  # what Markdown, or one of its dialects, would take for its own
_FORMULA = ("=", "+", "-", "@", "\t")            # what a spreadsheet would compute


def markdown_table(rows: Rows) -> Iterator[str]:
    """The lines of a table, the first row being its head (GitHub Flavored Markdown, 4.10)."""
    head, *body = rows
    yield _line(head)
    yield "|" + " --- |" * len(head)
    yield from map(_line, body)


def plain(text: str) -> str:
    """The text as Markdown that shows exactly it, on one line."""
    return _MEANT.sub(r"\\\1", " ".join(text.split()))


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """The rows as a CSV file; a text that a spreadsheet would compute is kept a text."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([[_kept(text) for text in row] for row in rows])
    return out.getvalue()


def _line(row: Sequence[str]) -> str:
    return "| " + " | ".join(map(plain, row)) + " |"


def _kept(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) and len(text) > 1 else text
