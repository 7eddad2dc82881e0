"""What do the marks of a project say, sheet by sheet? Read from its folders; nothing is changed.

A picture may be a cell of several sheets, and a mark on it counts in all of them. What did not grow is not read again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from studio.core.agreement import Agreement
from studio.core.compared_epochs import families
from studio.core.errors import UserError
from studio.core.events import CheckpointSaved, PreviewReady
from studio.core.evidence import Evidence, agreed, counted, evidence
from studio.core.feature_boxes import Boxes, boxes_in
from studio.core.marks import Mark, MarkState
from studio.core.paired import arm_name
from studio.core.sweep import Cell, Sheet
from studio.core.verdict_journal import held, report
from studio.store import journal, marks, runs, sweeps, targets, verdicts
from studio.store.feed import Feed, StepRows
from studio.store.runs import RunFolder
from studio.store.sweeps import CELLS, SheetFolder
from studio.store.verdicts import read_verdicts
from studio.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Marked:
    """A sheet with all that was said of its cells, by whomever, and with the sheets of the same on other seeds.

    `ids` are those of all of them, the first one's first; `home` says which of them a cell belongs to. `pictures` are
    the cells that are drawn, by their keys. `marks` are the counting ones of every judge, `every` all that are in
    effect, blind repeats included. `boxes` are those of its prompts' details. `run` is the id of the run whose epochs
    it shows, empty where that is gone.
    """

    ids: tuple[str, ...]
    run: str
    sheet: Sheet
    cells: tuple[Cell, ...]
    pictures: Mapping[str, Path]
    home: Mapping[str, str]
    marks: tuple[Mark, ...] = ()
    every: tuple[Mark, ...] = ()
    boxes: Boxes = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The number of the first of its sheets."""
        return self.ids[0]

    @property
    def judges(self) -> tuple[str, ...]:
        """Who marked it, the most diligent first."""
        return tuple(judge for judge, _ in Counter(mark.judge for mark in self.marks).most_common())

    @property
    def marked(self) -> int:
        """How many of its pictures anybody judged."""
        return len({mark.key for mark in self.marks})

    def evidence(self, judge: str = "") -> Evidence:
        """What one judge's marks say; without a name those of whoever marked most."""
        of = judge or next(iter(self.judges), "")
        own, every = ([mark for mark in found if mark.judge == of] for found in (self.marks, self.every))
        return evidence(self.sheet, self.cells, own, every)

    def cells_of(self, found: Evidence) -> tuple[tuple[str, str], ...]:
        """(sheet, key) of what a verdict rests on: the cells of its comparisons, or else those of its pick."""
        picked = (key for row in found.curves.rows if row.group == (found.verdict.pick,) for key in row.keys)
        keys = dict.fromkeys(found.verdict.keys or picked)
        return tuple((self.home[key], key) for key in keys if key in self.home)

    def agreements(self) -> dict[tuple[str, str], tuple[Agreement, ...]]:
        """How far its judges agree, two by two."""
        return agreed(self.cells, self.marks)


@dataclass(frozen=True, slots=True)
class RunPictures:
    """What of a run matters here. `hashes` are those of every LoRA it ever saved, `names` are its characters'."""

    id: str
    folder: Path
    hashes: frozenset[str]
    saved: Mapping[int, Path]
    previews: tuple[PreviewReady, ...]
    size: tuple[int, int]
    names: tuple[str, ...]


class Reader:
    """Reads a project again and again, and only what is new of it."""

    def __init__(self) -> None:
        self._runs: dict[Path, tuple[object, RunPictures | None]] = {}
        self._sheets: dict[Path, tuple[Sheet, tuple[Cell, ...]]] = {}
        self._marks: dict[Path, tuple[object, MarkState]] = {}

    def stamp(self, place: Workspace) -> object:
        """Is another as soon as anything that is read here is; looking costs next to nothing."""
        of_runs = (run.folder / name for run in runs.runs_of(place) for name in (journal.NAME, marks.NAME, "previews"))
        of_sheets = (each.folder / name for each in sweeps.sheets_of(place) for name in (marks.NAME, CELLS))
        return tuple(map(_stamp, (*of_runs, *of_sheets, place.folder / verdicts.NAME, place.folder / targets.NAME)))

    def runs(self, place: Workspace) -> tuple[RunPictures, ...]:
        """Those that can be read, the newest first."""
        found = (self._run(run) for run in reversed(runs.runs_of(place)))
        return tuple(run for run in found if run)

    def states(self, place: Workspace) -> tuple[MarkState, ...]:
        """The marks of every sheet and every run, in the order in which these were made."""
        folders = [run.folder for run in runs.runs_of(place)] + [each.folder for each in sweeps.sheets_of(place)]
        return tuple(self._state(folder) for folder in folders)

    def sheets(self, place: Workspace) -> tuple[Marked, ...]:
        """Every sheet that can be read, the oldest first."""
        known, states = self.runs(place), self.states(place)
        return tuple(made for folder in sweeps.sheets_of(place) if (made := self._sheet(folder, known, states)))

    def _sheet(self, folder: SheetFolder, known: Iterable[RunPictures], states: tuple[MarkState, ...]) -> Marked | None:
        with suppress(UserError, OSError):
            if folder.folder not in self._sheets:
                sheet = sweeps.read_sheet(folder)
                self._sheets[folder.folder] = sheet, sheet.expand()
            sheet, cells = self._sheets[folder.folder]
            worn = {sha256 for _, sha256 in sheet.epochs}
            run = next((run.id for run in known if worn & run.hashes), "")
            there = {path.stem: path for path in (folder.folder / CELLS).glob("*.png")}
            id = folder.folder.name
            home = {cell.key: id for cell in cells}
            return with_marks(Marked((id,), run, sheet, cells, there, home), states)
        return None

    def _run(self, run: RunFolder) -> RunPictures | None:
        stamp = _stamp(run.journal)
        if self._runs.get(run.folder, (None,))[0] != stamp:
            self._runs[run.folder] = stamp, _read_run(run)
        return self._runs[run.folder][1]

    def _state(self, folder: Path) -> MarkState:
        stamp = _stamp(folder / marks.NAME)
        if self._marks.get(folder, (None,))[0] != stamp:
            self._marks[folder] = stamp, marks.read_marks(folder)
        return self._marks[folder][1]


def with_marks(marked: Marked, states: Iterable[MarkState]) -> Marked:
    """The same with what these states say of its cells."""
    keys, states = frozenset(cell.key for cell in marked.cells), tuple(states)
    every = tuple(mark for state in states for mark in state.marks() if mark.key in keys)
    boxes = boxes_in(mark for state in states for mark in state.marks())
    return replace(marked, marks=counted(states, keys), every=every, boxes=boxes)


def together(sheets: Iterable[Marked]) -> tuple[Marked, ...]:
    """Sheets of one run that differ in epochs and seeds alone become one; in the order of the first of each."""
    by_ids = {each.ids: each for each in sheets}
    named = families({ids: each.sheet for ids, each in by_ids.items()})
    return tuple(_joined([by_ids[ids] for ids in found]) for found in named)


def _joined(sheets: Sequence[Marked]) -> Marked:
    """One of them for all; its axes are those of the largest."""
    if len(sheets) == 1:
        return sheets[0]
    cells = {cell.key: cell for each in sheets for cell in each.cells}
    marks = {(mark.key, mark.trait, mark.judge): mark for each in sheets for mark in each.marks}
    every = {(mark.row, mark.time): mark for each in sheets for mark in each.every}
    return Marked(
        tuple(each.id for each in sheets), sheets[0].run, max(sheets, key=lambda each: len(each.cells)).sheet,
        tuple(cells.values()), {key: path for each in reversed(sheets) for key, path in each.pictures.items()},
        {key: id for each in reversed(sheets) for key, id in each.home.items()}, tuple(marks.values()),
        tuple(every.values()), sheets[0].boxes,
    )  # fmt: skip


def find_marked(place: Workspace, wanted: str = "latest") -> Marked:
    """The sheet of that number, or `latest`: the newest that anybody marked.

    Raises UserError that names the sheets there are.
    """
    found = together(Reader().sheets(place))
    judged = [each for each in found if each.marks]
    if wanted == "latest" and judged:
        return judged[-1]
    id = sweeps.find_sheet(place, wanted).folder.name
    return next(each for each in found if id in each.ids)


def lines_of(marked: Marked, judge: str = "") -> Iterator[str]:
    """What its marks say, as a page of text."""
    found = marked.evidence(judge)
    yield f"sheet {', '.join(marked.ids)} {marked.sheet.title}"
    yield f"  marked      {marked.marked} of {len({cell.key for cell in marked.cells})}" + (
        f", by {', '.join(marked.judges)}" if marked.judges else "")
    for name, sentences in _sentences(found).items():
        yield from (f"  {name:<11} {each}" for each in sentences)
    for (one, other), each in ((pair, each) for pair, of in marked.agreements().items() for each in of):
        warning = f"; {each.warning}" if each.warning else ""
        yield f"  agreement   {one} and {other}, {each.trait}: kappa {kappa_text(each)}, {each.cells} cells{warning}"
    yield from _table_lines(found)


def facts_of(marked: Marked, judge: str = "") -> dict[str, object]:
    """The same as plain values."""
    found, more = marked.evidence(judge), None
    if found.verdict.more:
        more = {"seeds": found.verdict.more.seeds, "prompts": found.verdict.more.prompts}
    return {
        "sheets": list(marked.ids), "title": marked.sheet.title, "judges": list(marked.judges), "marked": marked.marked,
        "word": found.verdict.word, "pick": found.verdict.pick, "sentence": found.verdict.sentence, "more": more,
        "why": [str(each) for each in found.verdict.why] if found.verdict.comparisons else [],
        "says": {name: list(each) for name, each in _sentences(found).items()},
        "table": [list(each) for each in found.table.texts],
        "agreement": [{"judges": pair, "trait": each.trait, "kappa": each.kappa, "cells": each.cells,
                       "warning": str(each.warning or "")} for pair, of in marked.agreements().items() for each in of],
    }  # fmt: skip


def journal_lines(place: Workspace) -> tuple[str, ...]:
    """The verdicts of the project with what became of them, each with its number."""
    lines = read_verdicts(place.folder)
    return tuple(f"{each.judgement.id:>4}  {text}" for each, text in zip(held(lines), report(lines), strict=True))


def kappa_text(found: Agreement) -> str:
    """A kappa as it is always shown."""
    return "none" if found.kappa is None else f"{found.kappa:.2f}"


def _sentences(found: Evidence) -> dict[str, tuple[str, ...]]:
    """One sentence or more for each question that the marks say something of."""
    more, plateau = found.verdict.more, found.verdict.plateau
    said = {
        "verdict": (found.verdict.sentence, *([str(more.text)] if more else ())) if found.axis else (),
        "plateau": (str(plateau.text),) if plateau else (),
        "suppressed": tuple(str(each.text) for each in found.suppressions),
        "strength": tuple(str(each.text) for each in found.responses),
        "interaction": _rolled(found),
        "bleed": tuple(each.text for each in found.bleeds),
    }
    return {name: sentences for name, sentences in said.items() if sentences}


def _rolled(found: Evidence) -> tuple[str, ...]:
    if found.interactions is None:
        return ()
    counts = (*found.interactions.classes, *found.interactions.each, found.interactions.total)
    return tuple(str(each.text) for each in counts)


def _table_lines(found: Evidence) -> Iterator[str]:
    rows = found.table.texts if found.table.rows else ()
    wide = [max(len(text) for text in column) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  " + "  ".join(text.ljust(width) for text, width in zip(row, wide, strict=True)).rstrip()


def _stamp(path: Path) -> tuple[Path, int, int]:
    """Size and time of a file or folder; zeros where there is none."""
    try:
        found = path.stat()
        return path, found.st_size, found.st_mtime_ns
    except OSError:
        return path, 0, 0


def _read_run(run: RunFolder) -> RunPictures | None:
    """Steps are passed over: there may be a million of them."""
    try:
        events = [each for block in Feed(run.journal).read() for each in block if not isinstance(each, StepRows)]
        recipe, names = runs.read_recipe(run), tuple(each.name for each in runs.read_dataset(run).characters)
    except (UserError, OSError):
        return None  # the training page tells what is wrong with it
    saved = [each for each in events if isinstance(each, CheckpointSaved)]
    previews = tuple(each for each in events if isinstance(each, PreviewReady) and (run.folder / each.path).is_file())
    return RunPictures(run.id, run.folder, frozenset(each.sha256 for each in saved),
                       {each.epoch: run.folder / each.path for each in saved}, previews,
                       (recipe.preview_width, recipe.preview_height), names)


def pick_text(found: Evidence) -> str:
    """The pick as it stands in the journal: "ep100"."""
    return "" if found.verdict.pick is None else arm_name(found.verdict.pick)
