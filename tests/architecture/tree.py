"""What stands in the repository: its files, its modules, and what importing them loads."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("studio", "ui", "packaging", "resources")
OURS_THOUGH_HIDDEN = {".ci"}
MADE_AT_THE_ROOT = ("build", "dist", "sample-project*")  # studio/miniature/build is ours

_IMPORT_EACH = """
import importlib, json, sys
new = {}
for name in json.loads(sys.argv[1]):
    before = set(sys.modules)
    importlib.import_module(name)
    new[name] = sorted(set(sys.modules) - before)
print(json.dumps(new))
"""


def files(*folders: str) -> Iterator[Path]:
    """Every file of the repository, or of some folders of it, that is not made by a tool."""
    for start in folders or (".",):
        for folder, below, names in os.walk(ROOT / start):
            inside = Path(folder)
            below[:] = sorted(name for name in below if not _is_made(inside / name))
            yield from (inside / name for name in sorted(names))


def modules(package: str) -> tuple[str, ...]:
    """The dotted names of a package's modules, itself first."""
    code = (path for path in files(package.replace(".", "/")) if path.suffix == ".py")
    paths = (path.relative_to(ROOT).with_suffix("") for path in code)
    return tuple(sorted(".".join(path.parts).removesuffix(".__init__") for path in paths))


@cache
def loaded_by(*names: str) -> Mapping[str, frozenset[str]]:
    """For each of the modules, what its import adds to `sys.modules`, in one fresh process, in this order."""
    answer = subprocess.run([sys.executable, "-c", _IMPORT_EACH, json.dumps(names)],
                            cwd=ROOT, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    return {name: frozenset(new) for name, new in json.loads(answer.stdout.splitlines()[-1]).items()}


def offenders(loaded: Mapping[str, frozenset[str]], *forbidden: str) -> dict[str, list[str]]:
    """Which modules loaded something forbidden; a name forbids all below it too."""
    found = {name: [new for new in sorted(news) if any(f"{new}.".startswith(f"{bad}.") for bad in forbidden)]
             for name, news in loaded.items()}
    return {name: bad[:3] for name, bad in found.items() if bad}


def _is_made(folder: Path) -> bool:
    if folder.name.startswith("."):
        return folder.name not in OURS_THOUGH_HIDDEN
    at_root = folder.parent == ROOT and any(fnmatch(folder.name, made) for made in MADE_AT_THE_ROOT)
    return at_root or folder.name == "__pycache__" or folder.name.endswith(".egg-info")
