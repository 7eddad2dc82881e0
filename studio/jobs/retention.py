"""Makes room among the LoRA files of a run: tells beforehand what would go, moves it to the trash, brings it back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from studio.core.errors import UserError
from studio.core.events import Ending, Finished, Note, Progress, Started, Stopped
from studio.core.fold import RunState, fold
from studio.core.lint.phrases import counted
from studio.core.retention import Forecast, Kept, Policy, Stored, forecast, kept_cells, picked
from studio.core.verdict_journal import held
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.store import journal, kept_files
from studio.store.mark_folders import mark_folders, readable_sheets
from studio.store.marks import read_marks
from studio.store.run_lock import owned
from studio.store.runs import RunFolder
from studio.store.verdicts import read_verdicts
from studio.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person says of a run's files: `pins` beside those that are kept with the run, the rule, and whether files
    outside the project are meant too."""

    pins: frozenset[int] = frozenset()
    every: int = 0
    last: int = 1
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Outlook:
    """The files of a run, the rules that hold for them, and what would become of them."""

    files: tuple[Stored, ...]
    policy: Policy
    forecast: Forecast
    state: RunState


@dataclass(frozen=True, slots=True)
class ThinRun:
    """Moves what the outlook says would go to the project's trash. Whoever trains the run must be done."""

    place: Workspace
    run_of: RunFolder
    wish: Wish = field(default_factory=Wish)
    kind = "thin"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        with owned(self.run_of.folder):
            found = outlook(self.place, self.run_of, self.wish)
            going = found.forecast.going
            emit(Started(self.run_of.id, self.kind, len(going)))
            moved: list[Stored] = []
            for each in kept_files.remove_files(self.place, self.run_of, going, found.state.attempt):
                moved.append(each)
                emit(Progress(len(moved), len(going), what="file"))
                if stop.is_set() and len(moved) < len(going):
                    return Stopped(self._facts(moved))
            return Finished(self._facts(moved))

    def _facts(self, moved: list[Stored]) -> dict[str, object]:
        return {"files": len(moved), "bytes": sum(each.size for each in moved),
                "epochs": [each.epoch for each in moved],
                "path": str(kept_files.trash_of(self.place, self.run_of))}


@dataclass(frozen=True, slots=True)
class RestoreFiles:
    """Brings the files of a run back from the trash: those of `epochs`, or without any all."""

    place: Workspace
    run_of: RunFolder
    epochs: frozenset[int] = frozenset()
    kind = "restore"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        with owned(self.run_of.folder):
            there = [each for each in kept_files.removed_files(self.place, self.run_of)
                     if not self.epochs or each.epoch in self.epochs]
            if not there:
                raise UserError(f"The trash holds no LoRA of {self.run_of.id}", "There is nothing to bring back.")
            emit(Started(self.run_of.id, self.kind, len(there)))
            attempt = fold(journal.read(self.run_of.journal)).attempt
            back = list(kept_files.restore_files(self.place, self.run_of, there, attempt))
        if left := len(there) - len(back):
            emit(Note(f"{counted(left, 'file')} stayed in the trash: another lies in the place."))
        return Finished({"files": len(back), "bytes": sum(each.size for each in back)})


def outlook(place: Workspace, run: RunFolder, wish: Wish = Wish()) -> Outlook:
    """What would become of the files of a run; changes nothing."""
    state = fold(journal.read(run.journal))
    files = kept_files.stored_files(run, state)
    policy = _policy(place, run, state, wish)
    return Outlook(files, policy, forecast(files, policy), state)


def lines_of(found: Outlook) -> Iterator[str]:
    """The outlook as a page of text."""
    yield told(found.forecast)
    if found.forecast.kept:
        yield "stays"
        yield from (f"  epoch {each.file.epoch:<5} {size(each.file.size):>9}  {_why(each)}"
                    for each in found.forecast.kept)
    if found.forecast.going:
        yield "goes to the trash"
        yield from (f"  epoch {each.epoch:<5} {size(each.size):>9}  {each.path}" for each in found.forecast.going)


def facts_of(found: Outlook) -> dict[str, object]:
    """The outlook as plain values."""
    return {"kept": {str(each.file.epoch): list(each.reasons) for each in found.forecast.kept},
            "going": [each.epoch for each in found.forecast.going], "freed_bytes": found.forecast.freed,
            "left_bytes": found.forecast.left}


def told(found: Forecast) -> str:
    """The forecast in a sentence."""
    return (f"{counted(len(found.going), 'file')} of {len(found.going) + len(found.kept)} would go to the trash, "
            f"{size(found.freed)}; {size(found.left)} stay.")


def size(bytes: int) -> str:
    """"132 MB", in powers of ten as file managers count."""
    for unit, step in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if bytes >= step:
            return f"{bytes / step:.3g} {unit}"
    return f"{bytes} bytes"


def _policy(place: Workspace, run: RunFolder, state: RunState, wish: Wish) -> Policy:
    there = {each.sha256 for each in state.checkpoints}
    picks, keepers = set[int](), set[int]()
    verdicts = held(read_verdicts(place.folder))
    sheets = readable_sheets(place)
    marks = mark_folders(sheets)
    for folder, sheet in sheets.items():
        if there.isdisjoint(sha256 for _, sha256 in sheet.epochs):
            continue
        picks |= picked(verdicts, [folder.name])
        with suppress(UserError):  # marks that cannot be read keep nothing, and are told of where they are shown
            keepers |= kept_cells(sheet.expand(), read_marks(marks[folder]).counting())
    pins = kept_files.read_pins(run) | wish.pins
    return Policy(pins, frozenset(picks), frozenset(keepers), wish.every, wish.last, wish.elsewhere)


def _why(kept: Kept) -> str:
    return ", ".join(_WHY[each] for each in kept.reasons) or "lies outside the project"


_WHY = {"pinned": "pinned", "picked": "picked by a verdict", "keeper": "has a picture that somebody keeps",
        "newest": "newest", "every": "kept by the rule"}
