"""How fast was this machine with a base, when somebody last looked?

One file for all projects, in the studio's own folder: a measurement belongs to the machine and not to a project. Each
line is one measurement; the newest counts. A line that cannot be read is passed over: it only costs a measurement.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from studio.core import recipe as recipes
from studio.core.errors import UserError
from studio.core.speed import Speed, to_facts, with_facts
from studio.store.atomic import write_atomic
from studio.store.home import home_folder

NAME = "measured.jsonl"

_KEPT = 200  # lines


def remember(speed: Speed, base: str, home: Path | None = None) -> None:
    """Keeps what was measured on this machine with a base, named as a project names it.

    A folder that cannot be written keeps nothing.
    """
    path = (home or home_folder()) / NAME
    line = json.dumps({"machine": platform.node(), "base": base, "recipe": recipes.to_toml(speed.recipe),
                       "speed": to_facts(speed)}, ensure_ascii=False)
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, "\n".join((*_lines(path)[1 - _KEPT:], line)) + "\n")


def recall(base: str, home: Path | None = None) -> tuple[Speed, ...]:
    """What was measured with a base on this machine, the newest first."""
    path = (home or home_folder()) / NAME
    found = (_speed(line, base) for line in reversed(_lines(path)))
    return tuple(speed for speed in found if speed)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []


def _speed(line: str, base: str) -> Speed | None:
    with suppress(ValueError, KeyError, TypeError, AttributeError, UserError, RecursionError):
        table: Mapping[str, object] = json.loads(line)
        if (table["machine"], table["base"]) == (platform.node(), base):
            return with_facts(recipes.from_toml(str(table["recipe"])), dict(table["speed"]))
    return None

