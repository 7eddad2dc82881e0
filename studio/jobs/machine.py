"""What is this machine, and is it as the studio wants it? Told without importing torch."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from studio.core.rules.intent import Card, Machine
from studio.core.rules.machine import NEEDED, REPLACERS
from studio.jobs.room import free_bytes

if TYPE_CHECKING:
    import torch

PACKAGES = ("torch", "diffusers", "transformers", "peft", "safetensors", "tokenizers", "onnxruntime", "pillow")

LOCK = Path(__file__).parents[2] / "packaging" / "constraints.txt"  # not there where the studio was installed

_STUDIO = "character-lora-studio"


def versions() -> Iterator[tuple[str, str]]:
    """(package, its version or "missing") of everything that results rest on."""
    for package in PACKAGES:
        yield package, _version(package) or "missing"


def unfit_versions() -> Iterator[str]:
    """A sentence for each package that is missing, or of another version than the one the studio is made for."""
    wanted = _pinned(_requirements())
    for package in PACKAGES:
        found = _version(package)
        if found is None:
            yield f"{package} is missing; run packaging/start.py to install it."
        elif found.partition("+")[0] != wanted.get(package, found.partition("+")[0]):
            yield f"{package} is {found}, the studio is made for {wanted[package]}; packaging/start.py puts it right."


def described(folder: Path, card: Card | None = None) -> Machine:
    """This machine as the rules look at it, for a run in `folder`; it takes `card_of` to know of a card."""
    installed = {package: _version(package) or "" for package in (*NEEDED, *REPLACERS)}
    return Machine(installed, locked_versions(), card, free_bytes(folder))


def locked_versions(lock: Path = LOCK) -> dict[str, str]:
    """Each package in the version that the tests passed with: the lock file's, or where there is none the package's."""
    return _pinned(lock.read_text("utf-8").splitlines() if lock.is_file() else _requirements())


def card_of(device: torch.device) -> Card | None:
    """The card and what torch has for it; None where no NVIDIA card computes. Imports torch."""
    if device.type != "cuda":
        return None
    import torch

    return Card(torch.cuda.get_device_name(device), torch.cuda.get_device_capability(device), torch.version.cuda or "",
                tuple(torch.cuda.get_arch_list()))


def of_card() -> Machine:
    """What matters to the card that this machine has, whatever was chosen to compute. Imports torch."""
    import torch

    card = card_of(torch.device("cuda")) if torch.cuda.is_available() else None
    return Machine({package: _version(package) or "" for package in (*NEEDED, *REPLACERS)}, locked_versions(), card)


def beside_torch() -> dict[str, str]:
    """Packages that are built for one torch and break with another, as far as they are installed."""
    return {package: found for package in ("torchvision", "torchaudio") if (found := _version(package))}


def ram_bytes() -> tuple[int, int]:
    """(free, all) of this machine's memory."""
    memory = psutil.virtual_memory()
    return memory.available, memory.total


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _pinned(lines: list[str]) -> dict[str, str]:
    """Those of the lines that name one version for every system."""
    pairs = (line.split("==", 1) for line in lines if "==" in line and ";" not in line and not line.startswith("#"))
    return {package.strip(): version.strip() for package, version in pairs}


def _requirements() -> list[str]:
    """None are known where the studio runs from a folder that was never installed."""
    try:
        return requires(_STUDIO) or []
    except PackageNotFoundError:
        return []
