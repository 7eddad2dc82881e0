"""What happens to an exception that nobody caught? A person's is told; a bug goes into a log, with a calm notice."""

from __future__ import annotations

import sys
import time
import traceback
from pathlib import Path
from types import TracebackType

from studio.core.errors import UserError
from ui.i18n import tr
from ui.notices import Notice
from ui.session import Session

LOG = "log.txt"
_LARGEST = 2**20  # bytes; an older log makes room


def watch(session: Session) -> None:
    """From here on no exception ends the window, and none goes unheard."""
    told: list[BaseException] = []  # the one that is being told; telling it may fail in turn

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not isinstance(error, UserError):
            sys.__excepthook__(kind, error, trace)
        if told or isinstance(error, KeyboardInterrupt):
            return
        told.append(error)
        session.noticed.emit(_notice_of(error, session.settings.folder))
        told.clear()

    sys.excepthook = hook


def write_down(folder: Path, error: BaseException) -> Path:
    """Appends the traceback to the window's log and returns where that is."""
    path = folder / LOG
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > _LARGEST:
            path.replace(path.with_suffix(".old.txt"))
        with path.open("a", encoding="utf-8", errors="replace") as log:
            log.write(time.strftime("%Y-%m-%d %H:%M:%S\n") + "".join(traceback.format_exception(error)) + "\n")
    except OSError:
        pass  # the notice still tells that something went wrong
    return path


def _notice_of(error: BaseException, folder: Path) -> Notice:
    if isinstance(error, UserError):
        return Notice(error.what, error.remedy, "bad")
    return Notice(tr("Something went wrong in the studio, and what you did last may not have happened"),
                  tr("Your files are as they were. Details: {path}", path=write_down(folder, error)), "bad")
