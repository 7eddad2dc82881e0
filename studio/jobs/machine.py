"""What is this machine, and is it as the studio wants it? Told without importing torch."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version

import psutil

PACKAGES = ("torch", "diffusers", "transformers", "peft", "safetensors", "tokenizers", "onnxruntime", "pillow")

_STUDIO = "character-lora-studio"


def versions() -> Iterator[tuple[str, str]]:
    """(package, its version or "missing") of everything that results rest on."""
    for package in PACKAGES:
        yield package, _version(package) or "missing"


def unfit_versions() -> Iterator[str]:
    """A sentence for each package that is missing, or of another version than the one the studio is made for."""
    wanted = dict(line.split("==", 1) for line in _requirements() if "==" in line and ";" not in line)
    for package in PACKAGES:
        found = _version(package)
        if found is None:
            yield f"{package} is missing; run packaging/start.py to install it."
        elif found.partition("+")[0] != wanted.get(package, found.partition("+")[0]):
            yield f"{package} is {found}, the studio is made for {wanted[package]}; packaging/start.py puts it right."


def ram_bytes() -> tuple[int, int]:
    """(free, all) of this machine's memory."""
    memory = psutil.virtual_memory()
    return memory.available, memory.total


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _requirements() -> list[str]:
    """None are known where the studio runs from a folder that was never installed."""
    try:
        return requires(_STUDIO) or []
    except PackageNotFoundError:
        return []
