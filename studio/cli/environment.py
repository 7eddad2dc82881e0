"""`environment`: what the card of this machine needs, or one of a named generation, and a script that sets it up."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path

from studio.core.errors import UserError
from studio.core.generations import (
    BUILDS,
    GENERATIONS,
    LANDMINES,
    Build,
    Generation,
    build_for,
    find_generation,
    generation_of,
)
from studio.core.rules.machine import NEEDED
from studio.core.setting_up import script
from studio.jobs.machine import locked_versions
from studio.jobs.nvidia import SeenCard, seen_card
from studio.store.atomic import write_atomic

_EXECUTABLE = 0o755


def add_arguments(made: argparse.ArgumentParser) -> None:
    made.add_argument("out", type=Path, nargs="?", metavar="OUT.sh",
                      help="the script to write, for the machine with the card (default: none, the table is shown)")
    made.add_argument("--card", metavar="NAME", help="for which cards, if not for the one in this machine: " +
                      ", ".join(each.name for each in GENERATIONS))
    made.add_argument("--driver", type=int, metavar="N",
                      help="the driver's major version there, such as 550 (default: that of this machine; without one, "
                           "the newest build is meant)")


def environment(chosen: argparse.Namespace) -> int:
    """Shows the card's row and its landmines, or writes the script. Raises UserError for a card that nothing fits."""
    card = seen_card()
    generation, build = meant(chosen.card, chosen.driver, card)
    if chosen.out:
        _write(chosen.out, generation, build)
    if chosen.json:
        print(json.dumps(_facts(generation, build, chosen.out), ensure_ascii=False))
    else:
        print("\n".join(_lines(generation, build, chosen.out)))
    return 0


def meant(name: str | None, driver: int | None, card: SeenCard | None) -> tuple[Generation, Build]:
    """The generation that was named, or that of the card that is here, with the build that fits."""
    if name is None and card is None:
        raise UserError("No NVIDIA card is seen on this machine",
                        f"Name the cards it is for: --card {GENERATIONS[-1].name.lower()}.")
    generation = find_generation(name) if name else generation_of(card.capability)
    if generation is None:
        raise UserError(f"The {card.name} is older than any torch of this version", "Use another card.")
    if driver is None and card and (name is None or generation == generation_of(card.capability)):
        driver = card.driver
    build = build_for(generation.since, driver)
    if build is None:
        oldest = min(each.driver for each in BUILDS if each.has_code_for(generation.since))
        raise UserError(f"{generation.name} cards need a driver of {oldest} or newer, and this is {driver}",
                        "Install a newer driver, or rent a machine that has one.")
    return generation, build


def _write(path: Path, generation: Generation, build: Build) -> None:
    """A file that a shell on Linux reads, wherever it was written."""
    locked = locked_versions()
    if "setuptools" not in locked:
        raise UserError("The studio's lock file is not here, only the installed program",
                        "Run this from a folder that holds the source.")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, script(generation, build, locked, NEEDED, path.name))
    path.chmod(_EXECUTABLE)


def _facts(generation: Generation, build: Build, out: Path | None) -> dict[str, object]:
    return {"generation": generation.name, "torch": f"{locked_versions().get('torch', '')}+{build.name}",
            "cuda": build.cuda, "wheel_index": build.index, "driver": build.driver,
            "landmines": {row.id: row.what for row in LANDMINES}, "path": str(out) if out else ""}


def _lines(generation: Generation, build: Build, out: Path | None) -> Iterable[str]:
    facts = _facts(generation, build, out)
    yield f"{generation.name}: {generation.cards}"
    yield f"torch       {facts['torch']}, from {build.index}"
    yield f"driver      {build.driver} or newer (CUDA {build.cuda})"
    yield "what goes wrong, by the check that finds it"
    yield from (f"  {row.id}  {row.what}" for row in LANDMINES)
    if out:
        yield f"written: {out}. There: bash {out.name} FOLDER-OF-THE-STUDIO"
