"""Writes sheets as an article needs them: labelled pictures, pages to look at, one text, tables. Only looks at the
project, and never touches a file of another name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from studio.core.article import Chapter, cell_rows, hit_rows, markdown, rendered
from studio.core.article_table import csv_text
from studio.core.article_words import ENGLISH, Words, words_of
from studio.core.errors import UserError, unknown
from studio.core.evaluation_rules import Warned
from studio.core.events import Ending, Finished, Note, Progress, Started, Stopped
from studio.core.grid_watch import PICKED, watched
from studio.core.lint.phrases import counted
from studio.core.texts import read_text
from studio.jobs.article_heads import Heads
from studio.jobs.article_picture import FITTING, article_picture
from studio.jobs.article_sheet import SheetEvidence, evidence_of, journal_of
from studio.jobs.article_viewer import write_viewer
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.jobs.sheet_image import write_sheet
from studio.jobs.sheet_text import can_write_kanji
from studio.store import workspace
from studio.store.atomic import write_atomic
from studio.store.names import numbered, slug
from studio.store.workspace import Workspace

TEXT = "article.md"
PICTURE, PAGE, WORDS, TABLES = "png", "html", "md", "csv"
FORMATS = (PICTURE, PAGE, WORDS, TABLES)
SCALES = (FITTING, 0.125, 0.25, 0.5, 1.0)

_SIGN = "<!-- as written: "


@dataclass(frozen=True, slots=True)
class Article:
    """These sheets of a project in the folder `out`, made if it is missing.

    `scale` is that of the cells in the picture. `inside` puts the pictures into the page instead of beside it. Without
    `with_pinned` target and step 0 are left out.
    """

    project: Path
    sheets: tuple[str, ...]
    out: Path
    language: str = ENGLISH
    formats: tuple[str, ...] = FORMATS
    scale: float = FITTING
    inside: bool = False
    with_pinned: bool = True
    kind = "article"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        self._check()
        place, words = workspace.read_project(self.project), words_of(self.language)
        emit(Started(place.project.name, self.kind, len(self.sheets)))
        if words.language == "ja" and PICTURE in self.formats and not can_write_kanji():
            emit(Note("No font of this machine has Japanese letters, so those of the picture are boxes: install "
                      "Noto Sans CJK JP or IPAexGothic."))
        self.out.mkdir(parents=True, exist_ok=True)
        written = _Written(self, place, words)
        for wanted in dict.fromkeys(self.sheets):
            for progress in written.sheet(evidence_of(place, wanted), emit):
                emit(progress)
                if stop.is_set():
                    return Stopped({"path": str(self.out), "files": written.names})
        written.text()
        return Finished({"path": str(self.out), "files": written.names, "sheets": len(written.chapters)})

    def _check(self) -> None:
        for format in self.formats:
            if format not in FORMATS:
                raise unknown("format", format, FORMATS, "--format")
        if not self.formats or not self.sheets:
            raise UserError("There is nothing to write", "Choose a sheet, and at least one format.")
        if self.scale != FITTING and not 0.02 <= self.scale <= 4:
            raise UserError(f"Cells cannot be {self.scale:g} times as large", "Choose from 0.02 to 4.")


class _Written:
    """What has been written of an article."""

    def __init__(self, of: Article, place: Workspace, words: Words) -> None:
        self._of, self._place, self._words = of, place, words
        self._title = place.project.name
        self.chapters: list[Chapter] = []
        self._ids: list[str] = []
        self._pages: dict[str, str] = {}
        self.names: list[str] = []

    def sheet(self, evidence: SheetEvidence, emit: Emit) -> Iterator[Progress]:
        """Writes all of one sheet but its text, which comes with that of the others."""
        stem = f"{evidence.id}-{slug(evidence.sheet.title)}"
        for sentence in _gaps(evidence, self._of.with_pinned):
            emit(Note(sentence))
        if PICTURE in self._of.formats:
            yield from self._picture(evidence, f"{stem}.png")
        if PAGE in self._of.formats:
            yield from self._page(evidence, f"{stem}.html")
        if TABLES in self._of.formats:
            self._tables(evidence, stem)
        self._ids.append(evidence.id)
        self.chapters.append(self._chapter(evidence, stem))

    def text(self) -> None:
        """Writes the text of all sheets."""
        if WORDS in self._of.formats:
            held = journal_of(self._place, self._ids)
            text = markdown(self._title, self.chapters, held, self._words, self._pages)
            self._write(_free_name(self._of.out), text + _sign(text))

    def _picture(self, evidence: SheetEvidence, name: str) -> Iterator[Progress]:
        picture = article_picture(evidence, self._title, self._words, self._of.scale, self._of.with_pinned)
        rows = len(picture.rows)
        for count, _ in enumerate(write_sheet(picture, self._of.out / name), 1):
            yield Progress(min(count, rows), rows, what="row")
        self.names.append(name)

    def _page(self, evidence: SheetEvidence, name: str) -> Iterator[Progress]:
        count = len(evidence.pictures)
        page = write_viewer(self._of.out / name, evidence, self._title, self._words, inside=self._of.inside,
                            with_pinned=self._of.with_pinned)
        for done in page:
            yield Progress(done, max(done, count), what="picture")
        self._pages[evidence.id] = name
        self.names.append(name)

    def _tables(self, evidence: SheetEvidence, stem: str) -> None:
        for number, each in enumerate(evidence.judged, 1):
            more = "" if number == 1 else f"-{number}-{slug(each.judge)}"
            self._write(f"{stem}-hits{more}.csv", csv_text(hit_rows(each.table, self._words)))
        cells = cell_rows(evidence.grid.all_cells, evidence.judged, self._words)
        self._write(f"{stem}-cells.csv", csv_text(cells))

    def _chapter(self, evidence: SheetEvidence, stem: str) -> Chapter:
        words, cells = self._words, evidence.grid.all_cells
        named = {f"{stem}.html": words("The sheet to look at, side by side and enlarged"),
                 f"{stem}-hits.csv": words("Hits as a table"), f"{stem}-cells.csv": words("Every cell as a table")}
        picture = f"{stem}.png" if f"{stem}.png" in self.names else ""
        return Chapter(words.named(evidence.sheet.title), evidence.judged,
                       rendered(evidence.sheet, cells, evidence.base_title, words),
                       _warned(evidence), picture,
                       tuple((what, name) for name, what in named.items() if name in self.names),
                       Heads(evidence, words).prompts)

    def _write(self, name: str, text: str) -> None:
        write_atomic(self._of.out / name, text)
        self.names.append(name)


def _warned(evidence: SheetEvidence) -> tuple[Warned, ...]:
    """What stands against comparing its cells, as the judge does who said most of them."""
    sheet, cells = evidence.sheet, evidence.grid.all_cells
    if not evidence.judged:
        return watched(sheet, cells).warned
    first = evidence.judged[0]
    return watched(sheet, cells, first.marks, ranked=PICKED, noise=first.found.noise).warned


def _free_name(folder: Path) -> str:
    """What the text is called: an earlier one that somebody went on writing in is not written over."""
    return next(name for stem in numbered(TEXT.removesuffix(".md"))
                if not (folder / (name := f"{stem}.md")).exists() or _is_as_written(folder / name))


def _is_as_written(path: Path) -> bool:
    text, sign, digest = read_text(path).rpartition(_SIGN)
    return f"{sign}{digest}" == _sign(text)


def _sign(text: str) -> str:
    """A last line, which no reader shows, by which the text is known not to have been changed."""
    return f"{_SIGN}{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:16]} -->\n"


def _gaps(evidence: SheetEvidence, with_pinned: bool) -> Iterator[str]:
    """What is not there to be shown."""
    if evidence.missing:
        yield f"Sheet {evidence.id}: {evidence.missing} of its pictures are not rendered yet; their places stay empty."
    starts = sum(path is None for path in evidence.starts)
    if with_pinned and starts:
        yield (f"Sheet {evidence.id}: step 0 of {counted(starts, 'row')} is not rendered yet. Draw it on the grids "
               "page, or render the sheet with --axis 'epoch=base, all'.")
