"""`wish`: asks something of a run that trains elsewhere, which does it between two steps."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from studio.core.errors import UserError
from studio.core.wishes import Wish
from studio.store import runs
from studio.store.run_lock import is_running
from studio.store.wishes import ask
from studio.store.workspace import read_project


def wish(chosen: argparse.Namespace) -> int:
    """Writes the wish down and says so. Raises UserError for a run that nobody trains at the moment."""
    run = runs.find_run(read_project(chosen.dir), chosen.run)
    if not is_running(run.folder):
        raise UserError(f"The run {run.id} is not being trained", "Take it up with the verb resume.")
    asked = ask(run.folder, Wish(chosen.wish.replace("-", " "), chosen.number))
    if chosen.json:
        print(json.dumps({"run": run.id, "number": asked.number, **asdict(asked.wish)}))
    else:
        print(f"asked: {chosen.wish}{f' {chosen.number}' if chosen.number else ''} ({run.id})")
    return 0
