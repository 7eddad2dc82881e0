"""How is a project folder made, opened, healed and given back?

The folder is the project: `project.toml` says who is taught, `images/`, `runs/` and `sheets/` hold the rest. Opening it
takes the lock and puts right what a crash left behind, so that everything read afterwards is whole.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from studio.core.errors import UserError
from studio.core.project import Project, from_toml, to_toml
from studio.core.texts import read_text
from studio.store import journal
from studio.store.atomic import PART, part_of, write_atomic
from studio.store.lock import NAME as LOCK_NAME
from studio.store.lock import Lock, is_owned
from studio.store.run_lock import is_running

NAME = "project.toml"

_CACHE = "cache"  # appears with the first run; whoever deletes it loses time only
_FOLDERS = ("images", "captions", "ledgers", "runs", "sheets")
_WORKED_IN = ("runs", "sheets")


class Workspace:
    """A project folder and what its `project.toml` says. Without a lock it is only looked at."""

    def __init__(self, folder: Path, project: Project, lock: Lock | None = None, repairs: tuple[str, ...] = ()) -> None:
        self.folder = folder
        self.project = project
        self.repairs = repairs  # one sentence for each thing that was healed on opening
        self._lock = lock

    @property
    def is_owner(self) -> bool:
        """Whether this process may write here."""
        return self._lock is not None

    @property
    def images(self) -> Path:
        """Holds one folder for each character."""
        return self.folder / "images"

    @property
    def runs(self) -> Path:
        return self.folder / "runs"

    @property
    def sheets(self) -> Path:
        return self.folder / "sheets"

    @property
    def cache(self) -> Path:
        """What training would otherwise compute again."""
        return self.folder / _CACHE

    def save(self, project: Project) -> None:
        """Writes `project.toml`; from here on the workspace says the same."""
        write_atomic(self.folder / NAME, to_toml(project))
        self.project = project

    def close(self) -> None:
        """Gives the project back to others; a second call does nothing."""
        if self._lock:
            self._lock.release()
        self._lock = None

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()


def create(folder: Path, name: str, base: str = "") -> Workspace:
    """Makes a project in a new or empty folder and opens it. Raises UserError if something else is there."""
    _check_empty(folder)
    if not name.strip():
        raise UserError("A project needs a name", "Give one.")
    folder.mkdir(parents=True, exist_ok=True)
    write_atomic(folder / NAME, to_toml(Project(name=name.strip(), base=base)))
    return open_project(folder)


def open_project(folder: Path) -> Workspace:
    """Opens a project to work in it: takes its lock and heals it. Raises UserError if another process has it.

    Where this process has it open already nothing is healed: what looks unfinished is being written.
    """
    read_project(folder)  # no lock file appears in a folder that is no project
    lock = Lock(folder)
    try:
        repairs = tuple(_heal(folder)) if lock.is_first else ()
        return Workspace(folder, read_project(folder).project, lock, repairs)
    except BaseException:
        lock.release()
        raise


def visit_project(folder: Path) -> Workspace:
    """Looks at a project after healing it, or as it is where another process has it open."""
    if not is_owned(folder):
        with suppress(UserError), open_project(folder) as place:
            return place
    return read_project(folder)


def read_project(folder: Path) -> Workspace:
    """Looks at a project that someone else may be working in; nothing on disk changes."""
    path = folder / NAME
    if not path.is_file():
        raise UserError(f"{folder} is not a project: it has no {NAME}",
                        "Check the path, or make a project with the verb new.")
    return Workspace(folder, from_toml(read_text(path), str(path)))


def _check_empty(folder: Path) -> None:
    if (folder / NAME).exists():
        raise UserError(f"{folder} is a project already", "Open it, or choose another folder.")
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder} is a file", "Choose a folder.")
    leftovers = (LOCK_NAME, part_of(folder / NAME).name)  # of a creation that was cut short
    if folder.exists() and any(path.name not in leftovers and path.name[0] != "." for path in folder.iterdir()):
        raise UserError(f"{folder} is not empty", "Choose a new folder.")


def _make_folders(folder: Path) -> None:
    for name in _FOLDERS:
        (folder / name).mkdir(exist_ok=True)


def _heal(folder: Path) -> Iterator[str]:
    """Removes what was not finished, cuts torn last lines; yields a sentence for each repair.

    A run that bakes without a window is left alone, and with it the cache: what looks unfinished is being written.
    """
    _make_folders(folder)
    part_of(folder / NAME).unlink(missing_ok=True)
    alive = [each for top in _WORKED_IN for each in (folder / top).iterdir() if is_running(each)]
    left_alone = [*alive, folder / _CACHE] if alive else []
    for path in tuple(_entries(folder)):
        if any(path.is_relative_to(each) for each in left_alone):
            continue
        name = path.relative_to(folder).as_posix()
        if path.name.endswith(PART):
            _remove(path)
            yield f"removed the unfinished {name}"
        elif path.suffix == ".jsonl" and journal.heal(path):
            yield f"cut the unfinished last line of {name}"


def _entries(folder: Path) -> Iterator[Path]:
    """What might need healing in the project's own folders; links are not followed out of it."""
    for top in (folder / name for name in (*_FOLDERS, _CACHE)):
        for parent, folders, files in os.walk(top):
            yield from (Path(parent, name) for name in sorted(folders + files) if name.endswith((PART, ".jsonl")))


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
