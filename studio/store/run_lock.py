"""Who is working in the folder of a run or a sheet right now?

Whoever trains or renders owns that one folder and not the project: a run that goes on without the window leaves it free
to be opened, and a run without an end is running for as long as its owner lives.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.core.errors import UserError
from studio.store.lock import Lock, Words, is_owned

NAME = "run.lock"

_WORDS = Words(NAME, "folder", "{} is being worked on in process {}", "Wait until that ends, or stop it there.")


@contextmanager
def owned(folder: Path) -> Iterator[None]:
    """Inside, nobody else works in the folder. Raises UserError if somebody does, in this process or another."""
    lock = Lock(folder, _WORDS)
    try:
        if not lock.is_first:
            raise UserError(f"{folder.name} is being worked on already", _WORDS.remedy)
        yield
    finally:
        lock.release()


def is_running(folder: Path) -> bool:
    """Whether a living process, this one included, works in the folder."""
    return is_owned(folder, _WORDS)
