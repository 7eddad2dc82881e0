"""Which NVIDIA card is in this machine? Asked of its driver, which also knows cards that torch does not see."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass

_PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class SeenCard:
    """The first card as its driver knows it; `driver` is the driver's major version."""

    name: str
    capability: tuple[int, int]
    driver: int


def seen_card() -> SeenCard | None:
    """None without a card, without a driver, and where the driver says nothing that makes sense."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return None
    query = [program, "--query-gpu=name,compute_cap,driver_version", "--format=csv,noheader"]
    try:
        answer = subprocess.run(query, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=_PATIENCE_S)
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = answer.stdout.splitlines()
    return card_in(lines[0]) if answer.returncode == 0 and lines else None


def card_in(line: str) -> SeenCard | None:
    """The card of a line such as `NVIDIA H200, 9.0, 580.65.06`."""
    name, *numbers = (part.strip() for part in line.rsplit(",", 2))
    try:
        capability, driver = numbers
        major, _, minor = capability.partition(".")
        return SeenCard(name, (int(major), int(minor)), int(driver.partition(".")[0]))
    except ValueError:
        return None
