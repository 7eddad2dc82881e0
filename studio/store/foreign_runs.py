"""Which runs lie in a folder that another trainer, or another machine, fills?

A file counts when it is whole: two looks found the same size and time, and then its header says what its length is.
Until then nobody opens it. What looks half-copied, or is no LoRA, waits until it changes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from studio.core.errors import UserError
from studio.core.foreign_run import (
    ForeignCheckpoint,
    ForeignPreview,
    ForeignRun,
    HeaderFacts,
    LogStep,
    Named,
    grouped,
    header_facts,
    in_order,
    is_unfinished,
    named,
    preview_of,
    steps_in,
)
from studio.core.weight_kinds import is_lora
from studio.store import journal
from studio.store.digests import sha256_of
from studio.store.lora_header import read_lora_header

SETTLED_S = 1.0  # that a file must have been left alone

Arrival = ForeignCheckpoint | ForeignPreview

_DEEPEST, _MOST = 3, 50_000  # folders below the first, and files looked at
_STATE = "state"
_LOGS, _LARGEST_LOG = (".log", ".txt"), 64 * 2**20
_ENDS = {
    ".png": (b"\x89PNG", b"IEND\xaeB`\x82"), ".jpg": (b"\xff\xd8", b"\xff\xd9"), ".jpeg": (b"\xff\xd8", b"\xff\xd9"),
    ".webp": (b"RIFF", b""),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Look:
    """A file as it was last seen, `since` when it has looked like that, and whether it was opened then."""

    size: int
    mtime_ns: int
    since: float
    checked: bool = False


class Watch:
    """Looks at a folder whenever it is asked to; each file is told once, when it is whole."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._looks: dict[Path, _Look] = {}
        self._whole: dict[Path, Arrival] = {}
        self._headers: dict[Path, HeaderFacts] = {}
        self._told: set[Path] = set()

    def look(self, now: float) -> tuple[Arrival, ...]:
        """What has become whole since the last look, in order; `now` in seconds of any clock that does not go back.

        Raises UserError if the folder cannot be read.
        """
        there = dict(_candidates(self.folder))
        for gone in self._looks.keys() - there.keys():
            self._forget(gone)
        for path, facts in there.items():
            self._see(path, facts, now)
        news = [path for path in self._whole if path not in self._told]
        self._told.update(news)
        return tuple(sorted((self._whole[path] for path in news), key=lambda each: (each.epoch, each.path)))

    def runs(self) -> tuple[ForeignRun, ...]:
        """The runs of all files that are whole, the one with the most files first."""
        weights = [(named(path.relative_to(self.folder.parent)), each) for path, each in self._whole.items()
                   if isinstance(each, ForeignCheckpoint)]
        found = grouped((name, each) for name, each in weights if name)
        return tuple(self._run(name, files) for name, files in found.items())

    def _run(self, name: str, files: list[tuple[Named, ForeignCheckpoint]]) -> ForeignRun:
        checkpoints = in_order(_once(files, self._headers), self._headers)
        previews = (each for each in self._whole.values() if isinstance(each, ForeignPreview))
        own = self.folder / journal.NAME
        return ForeignRun(
            name=name,
            folder=self.folder,
            trainer=next((each.trainer for each, _ in files if each.trainer), ""),
            checkpoints=checkpoints,
            previews=tuple(sorted(previews, key=lambda each: (each.epoch, each.path))),
            facts=self._headers[checkpoints[-1].path],
            journal=own if own.is_file() else None,
            waiting=tuple(sorted(path for path in self._looks if path not in self._whole)),
        )

    def _see(self, path: Path, facts: os.stat_result, now: float) -> None:
        last = self._looks.get(path)
        if last is None or (last.size, last.mtime_ns) != (facts.st_size, facts.st_mtime_ns):
            self._forget(path)
            self._looks[path] = _Look(facts.st_size, facts.st_mtime_ns, now)
        elif not last.checked and now - last.since >= SETTLED_S:
            self._looks[path] = replace(last, checked=True)
            self._open(path, last)

    def _open(self, path: Path, look: _Look) -> None:
        """Takes the file in if it is whole, and was still the same when it had been read."""
        epoch = preview_of(path)
        if epoch is not None:
            arrival = ForeignPreview(epoch, path) if _is_whole_picture(path, look.size) else None
        else:
            arrival = self._checkpoint(path, look)
        if arrival and _is_same(path, look):
            self._whole[path] = arrival

    def _checkpoint(self, path: Path, look: _Look) -> ForeignCheckpoint | None:
        try:
            header = read_lora_header(path)
        except UserError:
            return None
        if not is_lora(header.shapes):
            return None
        self._headers[path] = header_facts(header.metadata, header.shapes)
        name = named(path)
        return ForeignCheckpoint(name.epoch or 0 if name else 0, path, look.size, look.mtime_ns)

    def _forget(self, path: Path) -> None:
        for known in (self._looks, self._whole, self._headers):
            known.pop(path, None)


def runs_in(folder: Path, clock: Callable[[], float] = time.time,
            wait: Callable[[float], None] = time.sleep) -> tuple[ForeignRun, ...]:
    """The runs in a folder, looked at twice; a file of the last second makes that take a second."""
    watch = Watch(folder)
    watch.look(clock() - SETTLED_S)
    if any(clock() - facts.st_mtime < SETTLED_S for _, facts in _candidates(folder)):
        wait(SETTLED_S)
    watch.look(clock())
    return watch.runs()


def run_in(folder: Path, clock: Callable[[], float] = time.time,
           wait: Callable[[float], None] = time.sleep) -> ForeignRun:
    """The run in a folder; where there are several, `folder/name` says which.

    Raises UserError for none, and for several of which none is named.
    """
    name = "" if folder.is_dir() else folder.name
    found = runs_in(folder.parent if name else folder, clock, wait)
    if name:
        found = tuple(run for run in found if run.name == name)
    if not found:
        raise UserError(f"There is no LoRA in {folder}", "Name a folder with .safetensors files of a training.")
    if len(found) > 1 and len(found[1].checkpoints) > 1:
        names = ", ".join(run.name for run in found[:8])
        raise UserError(f"{folder} holds several runs: {names}", f"Name one of them, such as {folder / found[0].name}.")
    return found[0]


def is_foreign(path: Path) -> bool:
    """Whether a path can only mean a folder of LoRA files, or one run of it."""
    return path.is_dir() or len(path.parts) > 1 and path.parent.is_dir()


def holds_loras(folder: Path) -> bool:
    """Whether a file lies there that is called like a LoRA, whole or not."""
    return any(named(path) for path in _below(folder))


def log_of(run: ForeignRun) -> tuple[LogStep, ...]:
    """The steps that a log beside the files tells of, one line each; nothing where none is recognised."""
    found = [tuple(steps_in(_lines(path))) for path in _log_files(run.folder)]
    longest = max(found, key=len, default=())
    return tuple({step.step: step for step in longest}.values())


def _once(files: list[tuple[Named, ForeignCheckpoint]],
          headers: dict[Path, HeaderFacts]) -> list[tuple[Named, ForeignCheckpoint]]:
    """Without a last file that is the last numbered one again, byte for byte, under the bare name of its run."""
    numbered = [file for name, file in files if name.epoch is not None]
    if not numbered:
        return files
    last = max(numbered, key=lambda each: each.epoch)
    return [(name, file) for name, file in files
            if name.epoch is not None or name.step is not None or headers[file.path].epoch or not _is_twin(file, last)]


def _is_twin(one: ForeignCheckpoint, other: ForeignCheckpoint) -> bool:
    return one.size == other.size and sha256_of(one.path) == sha256_of(other.path)


def _candidates(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Every LoRA and preview by name, at most a few folders down."""
    if not folder.is_dir():
        raise UserError(f"{folder} is no folder", "Check the path.")
    for path in _below(folder):
        if named(path) or preview_of(path) is not None:
            try:
                facts = path.stat()
            except OSError:  # it was taken away, or renamed, since it was listed
                continue
            yield path, facts


def _below(folder: Path) -> Iterator[Path]:
    left = _MOST
    for parent, folders, files in os.walk(folder):
        depth = len(Path(parent).relative_to(folder).parts)
        folders[:] = sorted(name for name in folders if depth < _DEEPEST and not _is_skipped(name))
        yield from (Path(parent, name) for name in sorted(files)[:max(left, 0)])
        left -= len(files)


def _is_skipped(name: str) -> bool:
    """Whether a folder is hidden, or holds what a trainer resumes from."""
    return is_unfinished(Path(name)) or name == _STATE or name.endswith(f"-{_STATE}")


def _is_whole_picture(path: Path, size: int) -> bool:
    begin, end = _ENDS[path.suffix.lower()]
    try:
        with path.open("rb") as file:
            head = file.read(16)
            file.seek(max(size - 16, 0))
            tail = file.read(16)
    except OSError:
        return False
    if begin == b"RIFF":
        return head.startswith(begin) and int.from_bytes(head[4:8], "little") + 8 <= size
    return head.startswith(begin) and tail.rstrip(b"\0").endswith(end)


def _is_same(path: Path, look: _Look) -> bool:
    try:
        facts = path.stat()
    except OSError:
        return False
    return (facts.st_size, facts.st_mtime_ns) == (look.size, look.mtime_ns)


def _log_files(folder: Path) -> Iterable[Path]:
    for path in sorted(folder.glob("*")):
        if path.suffix.lower() in _LOGS and path.is_file() and 0 < path.stat().st_size <= _LARGEST_LOG:
            yield path


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
            yield from file
    except OSError:
        return
