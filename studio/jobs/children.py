"""How does this program start itself once more, as a process that outlives whoever started it?"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from studio.jobs.threads import settled

ROOT = Path(__file__).parents[2]


def start(arguments: Sequence[str], log: Path, environment: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """The studio with these arguments; what it says is added to `log`. `environment` comes on top of ours."""
    with log.open("ab") as out:
        return subprocess.Popen([*_program(), *arguments], stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=ROOT,
                                env=_environment() | dict(environment or {}), **_on_its_own())


def _program() -> list[str]:
    """How this program is called; a packed one is its own interpreter."""
    return [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "studio"]


def _environment() -> dict[str, str]:
    """As here, with as many threads as compute here: the last bits of a sum depend on them."""
    torch = sys.modules.get("torch")
    threads = {"OMP_NUM_THREADS": str(torch.get_num_threads())} if torch else {}
    return settled(os.environ | threads)


def _on_its_own() -> Mapping[str, object]:
    """Whatever ends this process or its terminal does not end that one."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}
