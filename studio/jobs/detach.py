"""Goes on with a run when the window is closed, in a process of its own that outlives this one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from studio.jobs.execute import LOG
from studio.jobs.threads import settled
from studio.store import runs
from studio.store.workspace import read_project

_ROOT = Path(__file__).parents[2]
_LEFT: list[subprocess.Popen[bytes]] = []  # whoever lets go of one is warned that it still runs


def go_on_detached(project: Path, run_id: str) -> int:
    """Starts `charstudio resume` for a run that has ended here, and returns the number of its process.

    What it says goes into the run's log; how it goes is in the journal, as ever. Raises UserError for a run that is not
    there.
    """
    run = runs.find_run(read_project(project), run_id)
    command = [*_program(), "resume", str(project.absolute()), run.id]
    with (run.folder / LOG).open("ab") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=_ROOT,
                                   env=_environment(), **_on_its_own())
    _LEFT.append(process)
    return process.pid


def _program() -> list[str]:
    """How this program is called; a packed one is its own interpreter."""
    return [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "studio"]


def _environment() -> dict[str, str]:
    """As here, with as many threads as compute here: the last bits of a sum depend on them."""
    torch = sys.modules.get("torch")
    threads = {"OMP_NUM_THREADS": str(torch.get_num_threads())} if torch else {}
    return settled(os.environ | threads)


def _on_its_own() -> Mapping[str, object]:
    """Whatever ends this process or its terminal does not end that one."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}
