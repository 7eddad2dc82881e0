"""`lint`: what stands against training on a project's images, printed."""

from __future__ import annotations

import argparse
import json

from studio.jobs.lint import facts_of, lines_of, look_at


def lint(chosen: argparse.Namespace) -> int:
    """Prints a page, or with `--json` one array. Findings are no failure: the answer is 0 with them too."""
    found = look_at(chosen.dir, chosen.recipe or "", chosen.against, chosen.set)
    for line in [json.dumps(facts_of(found), ensure_ascii=False)] if chosen.json else lines_of(found):
        print(line)
    return 0

