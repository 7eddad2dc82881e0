"""Goes on with a run when the window is closed, in a process of its own that outlives this one."""

from __future__ import annotations

import subprocess
from pathlib import Path

from studio.jobs.children import start
from studio.jobs.execute import LOG
from studio.store import runs
from studio.store.workspace import read_project

_LEFT: list[subprocess.Popen[bytes]] = []  # whoever lets go of one is warned that it still runs


def go_on_detached(project: Path, run_id: str) -> int:
    """Starts `charstudio resume` for a run that has ended here, and returns the number of its process.

    What it says goes into the run's log; how it goes is in the journal, as ever. Raises UserError for a run that is not
    there.
    """
    run = runs.find_run(read_project(project), run_id)
    process = start(["resume", str(project.absolute()), run.id], run.folder / LOG)
    _LEFT.append(process)
    return process.pid
