"""`prompt`: what a prompt says to the model, printed."""

from __future__ import annotations

import json

from studio.jobs.bases import BaseChoice
from studio.jobs.prompt import facts_of, lines_of, look_at


def prompt(text: str, base: BaseChoice, *, as_json: bool = False) -> int:
    """Prints a line for each segment, or with `as_json` one object."""
    view = look_at(text, base)
    for line in [json.dumps(facts_of(view), ensure_ascii=False)] if as_json else lines_of(view):
        print(line)
    return 0
