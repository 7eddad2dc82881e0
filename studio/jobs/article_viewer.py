"""The page on which readers look at a sheet themselves: one file, or one and a folder of pictures; no server, no net.

Texts go into the page as JSON that the page's own script writes as text, so that none of them can be markup.
"""

from __future__ import annotations

import base64
import io
import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

from PIL import Image

import resources
from studio.core.article import mark_word, sentence_of
from studio.core.article_words import Words
from studio.core.sweep import Cell
from studio.jobs.article_heads import Heads
from studio.jobs.article_picture import footer
from studio.jobs.article_sheet import SheetEvidence
from studio.store.atomic import replace_atomic

_DATA, _PICTURES = "/*SHEET*/", "<!--PICTURES-->"
_QUALITY = 92  # of WebP, for pictures within the page; those beside it are the very files

Table = dict[str, object]


def write_viewer(path: Path, evidence: SheetEvidence, title: str, words: Words, *, inside: bool = False,
                 with_pinned: bool = True) -> Iterator[int]:
    """Writes the page, and its pictures `inside` it or into a folder beside it; yields how many pictures are done."""
    shelf = _Shelf(path, inside)
    table = _table(evidence, title, words, shelf, with_pinned)
    before, _, rest = _template().partition(_DATA)
    between, _, after = rest.partition(_PICTURES)
    with replace_atomic(path) as part, part.open("w", encoding="utf-8", newline="\n") as page:
        page.write(before + _as_script(table) + between)
        for count, text in enumerate(shelf.written(), 1):
            page.write(text)
            yield count
        page.write(after)


def pictures_folder(page: Path) -> Path:
    """Where the pictures of a page lie that does not hold them itself."""
    return page.with_name(f"{page.stem}-pictures")


class _Shelf:
    """The pictures of a page by their numbers, in the order in which they are first asked for."""

    def __init__(self, page: Path, inside: bool) -> None:
        self._folder, self._inside = pictures_folder(page), inside
        self._numbers: dict[Path, int] = {}

    def number(self, path: Path | None) -> int:
        """-1 for no picture."""
        return -1 if path is None else self._numbers.setdefault(path, len(self._numbers))

    @property
    def sources(self) -> list[str]:
        """Where the page finds each picture; nothing if it holds them itself."""
        return [] if self._inside else [quote(f"{self._folder.name}/{_name(*each)}") for each in self._named]

    def written(self) -> Iterator[str]:
        """Puts one picture after the other in its place; what the page has to say of it, if anything."""
        if not self._inside:
            self._folder.mkdir(exist_ok=True)
        for number, path in self._named:
            if self._inside:
                yield f'<script>embedded.push("{_embedded(path)}")</script>\n'
            else:
                _copy(path, self._folder / _name(number, path))
                yield ""

    @property
    def _named(self) -> list[tuple[int, Path]]:
        return [(number, path) for path, number in self._numbers.items()]


def _name(number: int, path: Path) -> str:
    """Pictures of the set may be called anything; in an article they are numbered."""
    return f"{number:04}{path.suffix.lower()}"


def _table(evidence: SheetEvidence, title: str, words: Words, shelf: _Shelf, with_pinned: bool) -> Table:
    grid, heads = evidence.grid, Heads(evidence, words)
    size = next((cell.spec.width, cell.spec.height) for cell in grid.all_cells)
    marks = _marks(evidence, words)
    pinned = [_column(words("target"), True), _column(words("step 0"), True, heads.start)]
    rows = [_row(evidence, place, words, heads, shelf, marks, with_pinned) for place in range(len(grid.rows))]
    return {
        "title": f"{title} · {words.named(evidence.sheet.title)}", "language": words.language, "labels": _labels(words),
        "size": size, "settings": footer(evidence, words),
        "verdicts": [_verdict(each.judge, sentence_of(each, words), words) for each in evidence.judged],
        "columns": pinned * with_pinned + [_column(heads.line(pairs)) for pairs in grid.columns],
        "rows": rows, "pictures": shelf.sources,
    }  # fmt: skip


def _row(evidence: SheetEvidence, place: int, words: Words, heads: Heads, shelf: _Shelf, marks: Mapping[str, str],
         with_pinned: bool) -> Table:
    pairs, cells = evidence.grid.rows[place], evidence.grid.cells[place]
    prompt = evidence.grid.prompts[place]
    label, *notes = heads.texts(pairs) or ("",)
    shown = [_cell(cell, evidence, shelf, marks) for cell in cells]
    if with_pinned:
        target, start = evidence.targets[place], evidence.starts[place]
        first = next((cell for cell in cells if cell), None)
        shown = [_plain_cell(shelf.number(target), words("the picture of the set that comes nearest")),
                 _plain_cell(shelf.number(start), prompt, first.spec.seed if first else None)
                 | {"key": evidence.grid.starts[place]}, *shown]
    return {"label": label, "note": ", ".join(notes), "cells": shown}


def _cell(cell: Cell | None, evidence: SheetEvidence, shelf: _Shelf, marks: Mapping[str, str]) -> Table:
    if cell is None:
        return _plain_cell(-1, "")
    made = _plain_cell(shelf.number(evidence.pictures.get(cell.key)), cell.spec.prompt, cell.spec.seed)
    return made | {"key": cell.key, "marks": marks.get(cell.key, "")}


def _plain_cell(picture: int, prompt: str, seed: int | None = None) -> Table:
    return {"picture": picture, "prompt": prompt, "seed": None if seed is None else str(seed), "key": "", "marks": ""}


def _column(label: str, pinned: bool = False, note: str = "") -> Table:
    return {"label": label, "note": note, "pinned": pinned}


def _marks(evidence: SheetEvidence, words: Words) -> dict[str, str]:
    """What the judge who said most says of each cell."""
    found: dict[str, list[str]] = {}
    for mark in evidence.judged[0].marks if evidence.judged else ():
        trait = f"{words.word(mark.trait)}: " if len({each.trait for each in evidence.judged[0].marks}) > 1 else ""
        found.setdefault(mark.key, []).append(trait + mark_word(mark, words))
    return {key: ", ".join(texts) for key, texts in found.items()}


def _labels(words: Words) -> dict[str, str]:
    return {
        "size": words("Size of the cells"), "missing": words("not there"), "seed": words("seed"),
        "hint": words("Click a cell to see its row side by side; point at one to read its prompt."),
        "keys": words("Left and right: epochs. Up and down: rows. Wheel and drag: zoom and move all panes. P: hold a "
                      "pane. 0: whole picture. Esc: back."),
        "fit": words("Whole picture"), "close": words("Back to the sheet"),
    }  # fmt: skip


def _verdict(judge: str, sentence: str, words: Words) -> str:
    return f"{sentence} ({words('judged by {judge}', judge=judge)})"


def _as_script(table: Table) -> str:
    """JSON that ends no script it stands in."""
    text = json.dumps(table, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text.encode("utf-8", "replace").decode("utf-8")


def _template() -> str:
    return resources.folder("article", "viewer.html").read_text("utf-8")


def _embedded(path: Path) -> str:
    out = io.BytesIO()
    with Image.open(path) as picture:
        picture.convert("RGB").save(out, format="WEBP", quality=_QUALITY)
    return f"data:image/webp;base64,{base64.b64encode(out.getvalue()).decode('ascii')}"


def _copy(source: Path, target: Path) -> None:
    with replace_atomic(target) as part:
        shutil.copyfile(source, part)
