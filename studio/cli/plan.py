"""`plan`: how long a run would be, what is known of such runs, and what speaks against it, printed."""

from __future__ import annotations

import argparse
import json

from studio.cli.verbs import proposal_of
from studio.core.knobs import changed
from studio.core.recipe import load_recipe
from studio.jobs.plan import facts_of, lines_of, plan_of
from studio.store.workspace import read_project


def plan(chosen: argparse.Namespace) -> int:
    """Prints a page, or with `--json` one object. Objections are no failure: the answer is 0 with them too."""
    proposal = proposal_of(chosen, changed(load_recipe(chosen.recipe), chosen.set))
    planned = plan_of(read_project(chosen.dir), proposal)
    if chosen.json:
        print(json.dumps(facts_of(planned, proposal.refused), ensure_ascii=False))
        return 0
    for line in lines_of(planned, proposal.refused):
        print(line)
    return 0
