"""`evidence`: what the marks of a sheet say, printed; its table of hits as a file, and the journal of verdicts."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from studio.core.errors import UserError, shown
from studio.core.marks import checked_judge
from studio.jobs.evidence import Marked, facts_of, find_marked, journal_lines, lines_of, pick_text
from studio.store.atomic import write_atomic
from studio.store.numbered import LATEST
from studio.store.verdicts import retract, write_judgement
from studio.store.workspace import Workspace, open_project, read_project


def add_arguments(made: argparse.ArgumentParser) -> None:
    """What can be typed behind the verb."""
    made.add_argument("dir", type=Path, metavar="DIR", help="the folder of the project")
    made.add_argument("sheet", nargs="?", default=LATEST, metavar="SHEET",
                      help="which sheet: its number, or latest, the newest that anybody marked (default: latest)")
    made.add_argument("--judge", default="", metavar="NAME",
                      help="whose marks are asked (default: whoever marked most); with --retract who says so")
    made.add_argument("--csv", type=Path, metavar="FILE.csv", help="writes the table of hits to a file, too")
    made.add_argument("--journal", action="store_true", help="prints the journal of verdicts instead")
    made.add_argument("--keep", action="store_true", help="writes what the marks say into the journal")
    made.add_argument("--retract", type=int, metavar="N", help="takes the verdict of that number back")
    made.add_argument("--why", default="", metavar="TEXT", help="with --retract: the reason, which is needed")
    made.add_argument("--instead", default="", metavar="TEXT", help="with --retract: what holds now, such as ep120-150")


def evidence(chosen: argparse.Namespace) -> int:
    """Prints a page, or with `--json` one object."""
    if chosen.retract is not None and not chosen.why.strip():
        raise UserError("--why is missing", "Say why the verdict is taken back.")
    if chosen.retract is not None or chosen.keep:
        with open_project(chosen.dir) as place:
            _write(place, chosen)
    place = read_project(chosen.dir)
    if chosen.journal or chosen.retract is not None or chosen.keep:
        lines = journal_lines(place)
        _tell(list(lines), {"journal": list(lines)}, chosen.json)
    else:
        marked = _marked(place, chosen)
        if chosen.csv:
            write_atomic(chosen.csv, marked.evidence(chosen.judge).table.csv)
        _tell(list(lines_of(marked, chosen.judge)), facts_of(marked, chosen.judge), chosen.json)
    return 0


def _write(place: Workspace, chosen: argparse.Namespace) -> None:
    if chosen.retract is not None:
        retract(place.folder, chosen.retract, chosen.why.strip(), chosen.instead.strip(), by=chosen.judge)
        return
    marked = _marked(place, chosen)
    found = marked.evidence(chosen.judge)
    if not (pick := pick_text(found)):
        raise UserError(f"The marks of sheet {marked.id} name no epoch yet", "Mark some of its cells first.")
    judge = checked_judge(chosen.judge or next(iter(marked.judges), ""))
    write_judgement(place.folder, pick, found.verdict.sentence, marked.cells_of(found), judge)


def _marked(place: Workspace, chosen: argparse.Namespace) -> Marked:
    """The sheet that is meant. Raises UserError for a judge who marked nothing of it."""
    marked = find_marked(place, chosen.sheet)
    if chosen.judge and chosen.judge not in marked.judges:
        raise UserError(f"'{shown(chosen.judge)}' has marked nothing of sheet {marked.id}",
                        f"It was marked by: {', '.join(marked.judges) or 'nobody'}.")
    return marked


def _tell(lines: list[str], facts: object, as_json: bool) -> None:
    for line in [json.dumps(facts, ensure_ascii=False)] if as_json else lines:
        print(line)
