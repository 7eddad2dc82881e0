"""Measures the studio against the bare machine and prints one table.

    python3 packaging/start.py bench                       everything, some minutes on two idle cores
    python3 packaging/start.py bench -- train sheet        some parts
    python3 packaging/start.py bench -- --json bench.json  the figures for a machine as well

Each ratio is of two things done in turn in this run, so a table means something on any machine. The exit code says
whether something broke, never whether it was fast.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from studio.jobs.threads import cores, settle_threads
from tests.bench.table import Row, facts_of, text_of

PARTS = {
    "train": "a step of the trainer against a bare loop",
    "sheet": "a sheet against diffusers, cell by cell",
    "vae": "the folded VAE against the 3-D one",
    "text": "cached contexts against captions encoded in the step",
    "swap": "a LoRA swap against a cell",
    "beside": "two training processes side by side",
    "window": "the window's start against a bare Qt window",
}
BUSY = 0.5  # load
QUIET = {"TQDM_DISABLE": "1", "DIFFUSERS_VERBOSITY": "error"}  # the libraries' own bars and warnings


def main(arguments: Sequence[str] | None = None) -> int:
    options, start = options_of(arguments), time.monotonic()
    rows, told = [], machine()
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        for part in options.parts or PARTS:
            print(f"{part}: {PARTS[part]} ...", file=sys.stderr, flush=True)
            rows += measured(part, Path(scratch))
    print(f"\n{described(told)}\n\n{text_of(rows)}\n\n{time.monotonic() - start:.0f} s in all")
    if options.json:
        write(options.json, told, rows)
    return 0


def options_of(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="start.py bench --", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one of {', '.join(PARTS)}; all without it")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures, each ratio among them")
    options = parser.parse_args(arguments)
    if strange := [part for part in options.parts if part not in PARTS]:
        parser.error(f"there is no part {strange[0]}; there are {', '.join(PARTS)}")
    return options


def measured(part: str, scratch: Path) -> list[Row]:
    from tests.bench.stand import Stand

    return list(import_module(f"tests.bench.{part}").rows(Stand(scratch)))


def machine() -> dict[str, object]:
    """What the figures were taken on. `load` is that of the last minute, before anything here began."""
    load = round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None
    import torch

    return {"torch": torch.__version__, "python": platform.python_version(), "threads": torch.get_num_threads(),
            "cores": cores(), "cpu": torch.backends.cpu.get_cpu_capability(), "load": load}


def described(told: dict[str, object]) -> str:
    line = "torch {torch}, Python {python}, {threads} threads on {cores} cores ({cpu})".format(**told)
    if (told["load"] or 0.0) < BUSY:
        return line
    return f"{line}\nload {told['load']} before the start: others compute here too, so these figures waver"


def write(path: Path, told: dict[str, object], rows: Sequence[Row]) -> None:
    path.write_text(json.dumps({"machine": told, "rows": [facts_of(row) for row in rows]}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    settle_threads()  # before torch, as every door of the studio does
    os.environ.update(QUIET)
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
