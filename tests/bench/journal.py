"""How long does a journal of a million steps take to read, and to fold?

    python -m tests.bench.journal [--steps 1000000]

Reading is from the file to events, folding from events to what a page shows. A live page folds a handful of events onto
all that came before: that is the last figure.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from studio.core.events import CheckpointSaved, Event, PreviewReady, Started, StepDone, Telemetry, to_json
from studio.core.fold import RunState, fold
from studio.store import journal

STEPS = 1_000_000
PER_EPOCH = 70
BATCH = 50  # events that a window finds in its mailbox at once


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds and MiB."""

    steps: int
    file_mib: float
    read_s: float
    fold_s: float
    held_mib: float
    live_s: float


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--steps", type=int, default=STEPS)
    figures = measured(options.parse_args().steps)
    print(f"{figures.steps:,} steps, {figures.file_mib:.0f} MiB of journal\n"
          f"read {figures.read_s:.2f} s, fold {figures.fold_s:.2f} s, {figures.held_mib:.0f} MiB held\n"
          f"{BATCH} events more: {figures.live_s * 1000:.2f} ms")


def measured(steps: int) -> Figures:
    with tempfile.TemporaryDirectory(prefix="journal-") as scratch:
        path = Path(scratch) / journal.NAME
        with path.open("w", encoding="utf-8") as file:
            file.writelines(f"{to_json(event)}\n" for event in events(steps))
        before = psutil.Process().memory_info().rss
        known, read_s = _timed(lambda: journal.read(path))
        state, fold_s = _timed(lambda: fold(known))
        held = psutil.Process().memory_info().rss - before
        more = list(events(steps + BATCH))[-BATCH:]
        longer, live_s = _timed(lambda: fold(more, state))
        assert (state.step, longer.step) == (steps, steps + BATCH)
        return Figures(steps, path.stat().st_size / 2**20, read_s, fold_s, held / 2**20, live_s)


def events(steps: int) -> Iterator[Event]:
    """A run as it is written down, with the previews, checkpoints and readings of a long night."""
    chance = random.Random(1)
    yield Started("0001-mira-ab3f", "train", steps)
    for step in range(1, steps + 1):
        epoch = (step - 1) // PER_EPOCH + 1
        yield StepDone(step, epoch, chance.random(), 2e-5, 1.25, step * 4, "832x1216", time=step * 1.25)
        if step % 4 == 0:
            yield Telemetry(2**33, 2**34, 2**33, 61.0, 0.97, time=step * 1.25)
        if step % (PER_EPOCH * 100) == 0:
            yield CheckpointSaved(epoch, step, f"checkpoints/e{epoch:03d}.safetensors", "ab" * 32)
            yield PreviewReady(epoch, "1girl, mira", 42, f"previews/e{epoch:03d}/p1.png")


def _timed(do: Callable[[], object]) -> tuple[RunState, float]:
    began = time.perf_counter()
    return do(), time.perf_counter() - began


if __name__ == "__main__":
    main()
