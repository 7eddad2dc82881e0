"""What do the marks of the open project say by now? Read and reckoned in a thread, again as soon as anything is new."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject

from studio.core.errors import UserError
from studio.core.project import Character
from studio.core.record import Record
from studio.core.reference import nearest
from studio.core.verdict_journal import held
from studio.jobs.evidence import Marked, Reader, RunPictures, together, with_marks
from studio.jobs.evidence_colour import Colours, Targets
from studio.store.targets import read_targets
from studio.store.verdicts import read_verdicts
from studio.store.workspace import Workspace
from ui.lookout import Lookout
from ui.session import Session
from ui.viewstate.evidence_previews import marked_previews
from ui.viewstate.evidence_report import Report, report


@dataclass(frozen=True, slots=True)
class Wish:
    """Of which run, of which sheet, by whom; empty is the newest, all of them, whoever marked most."""

    run: str = ""
    sheet: str = ""
    judge: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The runs that have anything to show, newest first, and the report that was wished for."""

    runs: tuple[RunPictures, ...] = ()
    sheets: tuple[Marked, ...] = ()
    report: Report = Report()


@dataclass(frozen=True, slots=True)
class _Set:
    """The pictures of the set, one of which is the target of each prompt."""

    folder: Path
    records: tuple[Record, ...]
    characters: tuple[Character, ...]

    def targets(self, marked: Marked) -> Targets:
        """By prompt, as far as a picture fits: the one that was chosen, or the nearest."""
        chosen, by_id = read_targets(self.folder), {each.id: each for each in self.records}
        prompts = dict.fromkeys(cell.spec.prompt for cell in marked.cells)
        found = {prompt: by_id.get(chosen.get(prompt, "")) or nearest(prompt, self.records, self.characters)
                 for prompt in prompts}
        return {prompt: (self.folder / each.image.path, each.boxes) for prompt, each in found.items() if each}


class Readings(Lookout):
    """Keeps the report true while other pages mark, and jobs draw."""

    found: Found

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(session, parent, Found())
        self._reader, self._colours = Reader(), Colours()
        self._last: object = None
        self._trouble = ""
        self.wish = Wish()

    def ask(self, wish: Wish) -> None:
        """Another report."""
        self.wish = wish
        self.look()

    def look(self) -> None:
        """Reads what is new."""
        place, wish = self._session.place, self.wish
        if place:
            set_ = _Set(place.folder, self._session.all, self._session.project.characters)
            self._aside.ask(lambda: self._reckoned(place, wish, set_), self._take, self._fail)

    def _take(self, read: tuple[object, Found] | None) -> None:
        """What was read; an answer that nobody waited for any more is not known."""
        self.has_looked = True
        if read is not None:
            self._last, self.found = read
            self._trouble = ""
            self.changed.emit()

    def _fail(self, error: UserError) -> None:
        """Says what is wrong once, however often it is looked at."""
        self.has_looked = True
        if str(error) != self._trouble:
            self._trouble = str(error)
            self._session.say_error(error)
            self.changed.emit()

    # In the thread

    def _reckoned(self, place: Workspace, wish: Wish, set_: _Set) -> tuple[object, Found] | None:
        """With what it was read from; None where nothing is new."""
        stamp = wish, self._reader.stamp(place), set_
        if stamp == self._last:
            return None
        runs, sheets, lines = self._reader.runs(place), self._reader.sheets(place), read_verdicts(place.folder)
        states = self._reader.states(place)
        previews = [with_marks(made, states) for run in runs if (made := marked_previews(run))]
        known = (*(each for each in previews if each.marks), *together(sheets))
        found = _found(runs, known, wish, lines)
        return stamp, replace(found, report=self._coloured(found.report, set_))

    def _coloured(self, told: Report, set_: _Set) -> Report:
        """The report with the colours of the sheet that its sentence rests on, or of the newest."""
        first = told.answers["epoch"].marked if "epoch" in told.answers else next(reversed(told.sheets), None)
        if first is None or not first.boxes:
            return told
        return replace(told, colours=self._colours.of(first, first.boxes, set_.targets(first)))


def _found(runs: tuple[RunPictures, ...], known: tuple[Marked, ...], wish: Wish, lines: tuple) -> Found:
    with_any = [run.id for run in runs if any(each.run == run.id for each in known)]
    marked = [id for id in with_any if any(each.run == id and each.marks for each in known)]
    chosen = wish.run or next(iter((*marked, *with_any, *(run.id for run in runs))), "")
    names = next((run.names for run in runs if run.id == chosen), ())
    of_run = [each for each in known if each.run == chosen and wish.sheet in ("", each.id)]
    told = report(chosen, names, of_run, wish.judge, held(lines))
    return Found(runs, known, told)
