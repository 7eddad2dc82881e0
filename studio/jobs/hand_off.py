"""Hands cells to a judge who is no person, a vision model or its command line, and takes the answer in as marks.

Epochs stay hidden: pictures lose their metadata and their names, their order is shuffled by a number nobody keeps.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from studio.core.agreement import Agreement, agreements
from studio.core.blind import Turn, steadiness
from studio.core.errors import UserError
from studio.core.events import Ending, Finished, Note, Progress, Started, Stopped
from studio.core.handoff import Bundle, Key, Shown, marks_of, read_answer, shuffled
from studio.core.marks import Mark
from studio.core.rubric import Rubric
from studio.core.sweep import Cell
from studio.core.texts import read_text
from studio.jobs.article_sheet import SheetEvidence, evidence_of, targets_of
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.store import handoffs
from studio.store.handoffs import Taken
from studio.store.mark_folders import mark_folder
from studio.store.marks import Marks
from studio.store.rubrics import read_rubric
from studio.store.sweeps import SheetFolder
from studio.store.workspace import Workspace

_DIGITS = 2**62


@dataclass(frozen=True, slots=True)
class HandOff:
    """Writes a bundle of a sheet's rendered cells into `out`. Without a rubric that of the project is asked."""

    place: Workspace
    sheet: str
    out: Path
    rubric: Rubric | None = None
    seed: Callable[[], int] = lambda: secrets.randbelow(_DIGITS)
    clock: Callable[[], float] = time.time
    kind = "hand-off"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        handoffs.require_free(self.out)
        evidence = evidence_of(self.place, self.sheet)
        rubric = self.rubric or read_rubric(self.place)
        cells = {cell.key: cell for cell in evidence.grid.all_cells if cell.key in evidence.pictures}
        looks = shuffled(cells, self.seed())
        emit(Started(evidence.sheet.title, self.kind, len(looks)))
        prompts = dict.fromkeys(cell.spec.prompt for cell in cells.values())
        sources = dict(zip(prompts, targets_of(self.place, prompts), strict=True))
        written = _Written(self.out, evidence, cells, sources=sources)
        for count, turn in enumerate(looks, 1):
            written.add(turn)
            emit(Progress(count, len(looks), what="picture"))
            if stop.is_set() and count < len(looks):
                return Stopped({"path": str(self.out)})
        bundle = written.bundle(rubric)
        key = Key(bundle.id, rubric, tuple((turn.label, turn.key, turn.repeat) for turn in looks), self.clock())
        handoffs.keep_key(evidence.folder, key)  # first: an answer to a bundle without a key is lost work
        handoffs.clear(self.out, handoffs.names_of(bundle))
        handoffs.write_bundle(self.out, bundle)
        return Finished({"path": str(self.out), "bundle": bundle.id, "pictures": len(looks),
                         "questions": len(rubric.items)})


@dataclass(frozen=True, slots=True)
class TakeAnswer:
    """Takes an answer in as marks of the judge who gave it; nothing of one that is malformed."""

    place: Workspace
    sheet: str
    answer: Path
    judge: str = ""
    clock: Callable[[], float] = time.time
    kind = "answer"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        evidence = evidence_of(self.place, self.sheet)
        text, where = read_text(self.answer), self.answer.name
        key = handoffs.key_of(evidence.folder, _bundle_named(text, where))
        found = read_answer(text, key, self.judge, where)
        digest = handoffs.digest_of(text)
        for taken in handoffs.taken_of(evidence.folder):
            if (taken.answer, taken.judge) == (digest, found.judge):
                raise UserError(f"{where} was taken in already", "Nothing is to be done.")
        emit(Started(found.judge, self.kind, len(found.rows)))
        now, marks = self.clock(), Marks(mark_folder(self.place, SheetFolder(evidence.folder)))
        made = marks_of(found, key, now)
        marks.add(made)
        handoffs.remember_taken(evidence.folder, Taken(found.judge, key.bundle, digest, len(found.rows), now))
        if found.missing:
            emit(Note(f"{found.missing} questions were left unanswered."))
        for line in _compared(evidence, found.judge, made, marks):
            emit(Note(line))
        return Finished({"judge": found.judge, "bundle": key.bundle, "marks": len(made), "rows": len(found.rows),
                         "missing": found.missing})


@dataclass(slots=True)
class _Written:
    """The pictures of a bundle as they are written."""

    out: Path
    evidence: SheetEvidence
    cells: Mapping[str, Cell]
    shown: list[Shown] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    targets: dict[Path, str] = field(default_factory=dict)
    sources: Mapping[str, Path | None] = field(default_factory=dict)  # by what is asked for

    def add(self, turn: Turn) -> None:
        file = f"{handoffs.CELLS}/{turn.label}.png"
        self.digests[file] = handoffs.write_picture(self.evidence.pictures[turn.key], self.out / file)
        cell = self.cells[turn.key]
        self.shown.append(Shown(turn.label, file, cell.spec.prompt, self._target(cell)))

    def bundle(self, rubric: Rubric) -> Bundle:
        return Bundle(rubric, tuple(self.shown), tuple(sorted(self.digests.items())))

    def _target(self, cell: Cell) -> str:
        """The picture that the cell is to be compared with, written when it first comes up."""
        source = self.sources.get(cell.spec.prompt)
        if source is None:
            return ""
        if source not in self.targets:
            self.targets[source] = file = f"{handoffs.TARGETS}/{len(self.targets) + 1}.png"
            self.digests[file] = handoffs.write_picture(source, self.out / file)
        return self.targets[source]


def _bundle_named(text: str, where: str) -> str:
    """The bundle that an answer is for; what is malformed is told when all of it is read."""
    try:
        return str(json.loads(text)["bundle"])
    except (ValueError, RecursionError):
        read_answer(text, Key("", Rubric("", ()), (), 0.0), where=where)
    except (TypeError, KeyError, IndexError):
        pass
    raise UserError(f"{where} names no bundle", "The field bundle has to be that of bundle.json.")


def _compared(evidence: SheetEvidence, judge: str, made: Sequence[Mark], marks: Marks) -> Iterator[str]:
    """How steady the judge was, and how far others agree."""
    steady = steadiness(made)
    if steady:
        yield f"{judge} said the same again in {steady.same} of the pictures that came twice."
    seeds = {cell.key: cell.spec.seed for cell in evidence.grid.all_cells}
    own = marks.state.counting(judge)
    for other in marks.state.judges():
        if other != judge:
            yield from (_agreement(judge, other, each)
                        for each in agreements(own, marks.state.counting(other), seeds))


def _agreement(judge: str, other: str, each: Agreement) -> str:
    kappa = "no figure, as there was no choice to make" if each.kappa is None else f"weighted kappa {each.kappa:.2f}"
    warning = f" {each.warning}." if each.warning else ""
    return f"{judge} and {other}, {each.trait}: {kappa} on {each.cells} cells.{warning}"
