"""What is typed on a bare machine, so that everything fits its card? A script for one generation of cards.

It looks before it installs, installs what the lock file says with the one build of torch that fits, and looks again:
each look is called by the id of its row among the landmines.
"""

import json
import shlex
from collections.abc import Iterable, Mapping

from studio.core.generations import LANDMINES, Build, Generation

PYTHONS = ((3, 11), (3, 12), (3, 13))

_HEAD = """\
#!/usr/bin/env bash
# Sets up Character LoRA Studio for {generation} cards ({cards}): torch {torch}+{build}, for CUDA {cuda}.
#
#   bash {name} [FOLDER]       FOLDER holds the studio's source; without one it is the folder at hand
#   PYTHON=python3.12 bash {name}
#
{rows}
set -euo pipefail

studio="${{1:-.}}"
python="${{PYTHON:-python3}}"
there="$studio/.venv/bin/python"

check() {{  # ID WHAT REMEDY COMMAND...: ends everything where the command fails
  local id="$1" what="$2" remedy="$3"
  shift 3
  if ! "$@"; then
    printf '%s: %s\\n%s\\n' "$id" "$what" "$remedy" >&2
    exit 2
  fi
  printf '%s: fine\\n' "$id"
}}
seen() {{ nvidia-smi --query-gpu="$1" --format=csv,noheader 2>/dev/null | head -n 1 || true; }}
asks() {{ "$there" -c "$1"; }}

"""

_INSTALL = """
"$python" -m venv "$studio/.venv"
"$there" -m pip install --no-input {setuptools}
"$there" -m pip install --no-input --no-deps {torch} --index-url {index}
"$there" -m pip install --no-input --no-build-isolation --constraint "$studio/packaging/constraints.txt" \\
  --editable "$studio"

"""

_END = """
echo "Ready. Try it: $studio/.venv/bin/charstudio check"
"""


def script(generation: Generation, build: Build, locked: Mapping[str, str], needed: Iterable[str],
           name: str = "setup.sh") -> str:
    """The text of the script. `locked` is the lock file, `needed` are the packages whose versions are looked at."""
    rows = "\n".join(f"# {row.id}  {row.what}" for row in LANDMINES)
    head = _HEAD.format(generation=generation.name, cards=generation.cards, torch=locked["torch"], build=build.name,
                        cuda=build.cuda, name=name, rows=rows)
    install = _INSTALL.format(setuptools=shlex.quote(f"setuptools=={locked['setuptools']}"), index=build.index,
                              torch=shlex.quote(f"torch=={locked['torch']}+{build.name}"))
    versions = {package: locked[package] for package in needed if package in locked}
    return "".join((head, *_before(build), install, *_after(build, versions), _END))


def _before(build: Build) -> Iterable[str]:
    oldest, newest = (10 * major + minor for major, minor in (build.oldest, build.newest))
    pythons = " ".join(f"{major}.{minor}" for major, minor in PYTHONS)
    yield 'version="$("$python" -c \'import sys; print("%d.%d" % sys.version_info[:2])\')"\n'
    yield _check("PYTHON", f"this Python is none of {pythons}", "Name another one: PYTHON=python3.12 bash ...",
                 f'[[ " {pythons} " == *" $version "* ]]')
    yield 'capability="$(seen compute_cap | tr -d .)"\n'
    yield _check("CARD", "no NVIDIA card is seen", "Run this on the machine with the card, with its driver installed.",
                 '[[ -n "$capability" ]]')
    yield _check("E01", f"torch for CUDA {build.cuda} has no code for this card", "Write the script for this card.",
                 f'[[ "$capability" -ge {oldest} && "$capability" -le {newest} ]]')
    yield 'driver="$(seen driver_version | cut -d . -f 1)"\n'
    yield _check("E02", f"the driver is older than {build.driver}, which CUDA {build.cuda} needs",
                 "Install a newer driver, or rent a machine that has one.", f'[[ "$driver" -ge {build.driver} ]]')


def _after(build: Build, versions: Mapping[str, str]) -> Iterable[str]:
    yield _asked("E03", "torch does not see the card", f"Install torch from {build.index}.",
                 f'import sys, torch; sys.exit(torch.version.cuda != "{build.cuda}" or not torch.cuda.is_available())')
    yield _asked("R11", "a package is not of the locked version", "Run this script once more.",
                 "import sys; from importlib.metadata import version; "
                 f'sys.exit(any(version(n).partition("+")[0] != v for n, v in {json.dumps(versions)}.items()))')
    yield _asked("R12", "the card does not compute: no kernel image", "Write the script for this card.",
                 'import torch; (torch.ones(8, 8, device="cuda") @ torch.ones(8, 8, device="cuda")).cpu()')
    yield _asked("R13", "a package that replaces torch is installed", "Remove it with pip uninstall.",
                 _absent("xformers", "flash_attn"))
    yield _asked("E04", "a torchvision of another torch is installed", "Remove it with pip uninstall.",
                 _absent("torchvision", "torchaudio"))


def _absent(*modules: str) -> str:
    return f"import sys; from importlib.util import find_spec; sys.exit(any(map(find_spec, {json.dumps(modules)})))"


def _asked(id: str, what: str, remedy: str, program: str) -> str:
    return _line(id, what, remedy, f"asks {shlex.quote(program)}")


def _check(id: str, what: str, remedy: str, condition: str) -> str:
    return f"is_{id.lower()}() {{ {condition}; }}\n" + _line(id, what, remedy, f"is_{id.lower()}")


def _line(id: str, what: str, remedy: str, command: str) -> str:
    return f"check {id} {shlex.quote(what)} {shlex.quote(remedy)} {command}\n"
