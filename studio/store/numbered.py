"""How are runs and sheets numbered, made and found? Their folders begin with a number: `0007-mira-ab3f`, `0003`."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from studio.core.errors import UserError, shown
from studio.store.atomic import part_of, sync_folder

LATEST = "latest"

_NAME = re.compile(r"(\d{1,9})(-[^.]+)?")  # a dot stands in `.part`
_NUMBER = re.compile(r"\d{1,9}")


def number_of(folder: Path) -> int:
    """The number a folder begins with, 0 without one."""
    found = _NAME.fullmatch(folder.name)
    return int(found[1]) if found else 0


def next_number(parent: Path) -> int:
    """One more than the highest number there."""
    return 1 + max((number_of(path) for path in parent.iterdir()), default=0)


def folders_of(parent: Path) -> tuple[Path, ...]:
    """The numbered folders, lowest number first."""
    found = (path for path in parent.glob("*") if number_of(path) and path.is_dir())
    return tuple(sorted(found, key=lambda path: (number_of(path), path.name)))


@contextmanager
def appearing(folder: Path) -> Iterator[Path]:
    """Lends a `.part` folder to fill; it becomes `folder` when all is in it."""
    part = part_of(folder)
    part.mkdir()
    try:
        yield part
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part)
        raise
    sync_folder(folder.parent)


def find(parent: Path, wanted: str, word: str) -> Path:
    """A folder by `latest`, number or whole name; `word` says what it is. Raises UserError naming those there are."""
    folders = folders_of(parent)
    fitting = folders[-1:] if wanted == LATEST else [path for path in folders if _is_meant(path, wanted)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise UserError(f"There is more than one {word} {wanted}", f"Choose one: {_names(fitting)}.")
    raise UserError(f"There is no {word} '{shown(wanted)}' in {parent}",
                    f"There is: {_names(folders[-8:])}." if folders else f"There is no {word} yet at all.")


def _is_meant(folder: Path, wanted: str) -> bool:
    return folder.name == wanted or (_NUMBER.fullmatch(wanted) is not None and number_of(folder) == int(wanted))


def _names(folders: Sequence[Path]) -> str:
    return ", ".join(path.name for path in folders)
