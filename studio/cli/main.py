"""`charstudio`: without a verb it opens the window, with one it answers in the terminal.

What only the other door needs is imported behind it: the window shall be there at once.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from studio.jobs.threads import settle_threads

PERSON = 2

_NO_SCREEN = "charstudio: there is no screen to open the window on; use one of the verbs above."


def main(arguments: Sequence[str] | None = None) -> int:
    """Opens the window, or runs one command, and returns the exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if not arguments and has_screen():
        return _window()
    from studio.cli.answer import answer
    from studio.cli.options import parser

    commands = parser()
    chosen = commands.parse_args(arguments)
    if chosen.verb == "open" and has_screen():
        return _window(chosen.dir, chosen.sample)
    if chosen.verb in (None, "open"):
        commands.print_help(sys.stderr)
        print(f"\n{_NO_SCREEN}", file=sys.stderr)
        return PERSON
    settle_threads(processes=getattr(chosen, "processes", 1))
    return answer(chosen)


def has_screen(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Whether a window can be shown; Qt itself would end the process where it cannot."""
    if environment.get("QT_QPA_PLATFORM"):
        return True  # a person who names a platform means it
    return platform in ("win32", "darwin") or any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def _window(folder: Path | None = None, sample: bool = False) -> int:
    """One core is left to the window while the others compute."""
    settle_threads(spare=1)
    gc.disable()  # until the first page is there: what is made before it stays, and looking through it takes time
    from ui.app import open_window

    return open_window(folder, sample)
