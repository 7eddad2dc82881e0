"""How do LoRA files of a run go to the project's trash, and come back?

Each goes with a line in `trash/runs/<run>/removed.jsonl` that is on the disk before the file moves, and the run's
journal hears of it afterwards: whatever a crash cuts short, the file is in one of its two places and can be found.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from studio.core.errors import UserError, shown
from studio.core.events import CheckpointRemoved, CheckpointSaved, Event, stamped
from studio.core.fold import RunState
from studio.core.retention import Stored, outside
from studio.core.typed import typed
from studio.store.atomic import replace_atomic, sync_folder, write_atomic
from studio.store.journal import Journal, heal
from studio.store.lines import append_line, lines_after
from studio.store.moves import TRASH
from studio.store.runs import RunFolder
from studio.store.workspace import Workspace

PINS, REMOVED = "pins.json", "removed.jsonl"


@dataclass(frozen=True, slots=True)
class Removed:
    """A file that went to the trash, where it is called `name`; `path` is what the run's journal calls it."""

    epoch: int
    path: str
    name: str
    size: int
    sha256: str
    step: int
    time: float


def read_pins(run: RunFolder) -> frozenset[int]:
    """The epochs of a run that somebody pinned; none where the file is missing or makes no sense."""
    try:
        found = json.loads((run.folder / PINS).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return frozenset()
    return frozenset(each for each in found if type(each) is int) if isinstance(found, list) else frozenset()


def write_pins(run: RunFolder, epochs: Iterable[int]) -> None:
    """These epochs are pinned, and no others."""
    write_atomic(run.folder / PINS, json.dumps(sorted(set(epochs))) + "\n")


def stored_files(run: RunFolder, state: RunState) -> tuple[Stored, ...]:
    """The LoRA of each epoch that is on the disk, in the order of epochs."""
    found = []
    for each in state.checkpoints:
        path = run.folder / each.path
        if path.is_file():
            found.append(Stored(each.epoch, each.path, path.stat().st_size, each.sha256, each.step,
                                outside(each.path)))
    return tuple(found)


def trash_of(place: Workspace, run: RunFolder) -> Path:
    """The folder that holds what went from a run."""
    return place.folder / TRASH / "runs" / run.id


def removed_files(place: Workspace, run: RunFolder) -> tuple[Removed, ...]:
    """What lies in the trash of a run, in the order of epochs; the newest of each epoch."""
    trash = trash_of(place, run)
    lines = (_read(trash / REMOVED, *line) for line in lines_after(trash / REMOVED)[0])
    newest = {each.epoch: each for each in lines if (trash / each.name).is_file()}
    return tuple(newest[epoch] for epoch in sorted(newest))


def remove_files(place: Workspace, run: RunFolder, files: Iterable[Stored], attempt: int,
                 clock: Callable[[], float] = time.time) -> Iterator[Stored]:
    """Moves files to the trash, one at a time, and yields each that went. The caller owns the run's folder."""
    trash = trash_of(place, run)
    trash.mkdir(parents=True, exist_ok=True)
    heal(trash / REMOVED)
    with Journal(run.journal) as journal:
        for each in files:
            name = _free(trash, each.epoch, Path(each.path).suffix)
            line = Removed(each.epoch, each.path, name, each.size, each.sha256, each.step, clock())
            facts = json.dumps(asdict(line), ensure_ascii=False)
            append_line(trash / REMOVED, facts.encode("utf-8", "backslashreplace"))
            _move(run.folder / each.path, trash / name)
            _tell(journal, CheckpointRemoved(each.epoch, each.path), attempt, clock)
            yield each


def restore_files(place: Workspace, run: RunFolder, files: Iterable[Removed], attempt: int,
                  clock: Callable[[], float] = time.time) -> Iterator[Removed]:
    """Moves files back to where they were and yields each; one whose place is taken stays in the trash."""
    trash = trash_of(place, run)
    with Journal(run.journal) as journal:
        for each in files:
            target = run.folder / each.path
            if target.exists():
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            _move(trash / each.name, target)
            _tell(journal, CheckpointSaved(each.epoch, each.step, each.path, each.sha256), attempt, clock)
            yield each


def _tell(journal: Journal, event: Event, attempt: int, clock: Callable[[], float]) -> None:
    journal.append(stamped(event, clock(), attempt), milestone=True)


def _free(trash: Path, epoch: int, suffix: str) -> str:
    """An epoch may go more than once, if it was trained again."""
    names = (f"e{epoch:03d}{f'-{again}' if again else ''}{suffix}" for again in range(10_000))
    return next(name for name in names if not (trash / name).exists())


def _move(source: Path, target: Path) -> None:
    """A rename, or between two disks a copy that is whole before the original goes."""
    try:
        os.replace(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        with replace_atomic(target) as part:
            shutil.copyfile(source, part)
        source.unlink()
    sync_folder(target.parent)


def _read(path: Path, place: int, line: bytes) -> Removed:
    try:
        facts: Mapping[str, object] = json.loads(line.decode("utf-8"))
        found = typed(Removed, facts)
        if Path(found.name).name != found.name:
            raise ValueError("no name of a file")
        return found
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UserError(f"{path} is damaged at byte {place}: {shown(str(error))}",
                        "Remove that line in a text editor; the rest can still be read.") from error
