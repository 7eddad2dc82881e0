"""`render --dry-run`: what a sheet would be and how long it would take, printed."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from studio.cli.options import require
from studio.cli.verbs import check_sheet, planned_sheet
from studio.jobs.plan_sheet import facts_of, lines_of
from studio.store.foreign_runs import is_foreign
from studio.store.workspace import open_project, read_project


def dry_run(chosen: argparse.Namespace) -> int:
    """Prints a page, or with `--json` one object. Only a folder of LoRA files is taken in; nothing else is written."""
    require(chosen.dir, "The project", "Write charstudio render DIR --sheet NAME --run RUN --dry-run.")
    check_sheet(chosen)
    is_folder = bool(chosen.run) and is_foreign(Path(chosen.run))
    with (open_project if is_folder else read_project)(chosen.dir) as place:
        planned = planned_sheet(chosen, place).planned
    for line in [json.dumps(facts_of(planned), ensure_ascii=False)] if chosen.json else lines_of(planned):
        print(line)
    return 0
