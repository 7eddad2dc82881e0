"""How does watching a run fare when it is very long? Reading its journal, opening, panning, zooming, memory.

    QT_QPA_PLATFORM=offscreen python -m tests.bench.plot [--steps 1000000 12600] [--folder FOLDER]

Each length is measured in a process of its own: a journal of that many steps is read as the window reads it, then the
chart is drawn at 1100 x 320 pixels while it is zoomed and panned, and while it grows.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import psutil

SIZE = (1100, 320)
FRAMES = 60
GROWTHS = 200


def main() -> None:
    options = _options()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="plot-") as scratch:
        folder = options.folder or Path(scratch)
        for steps in options.steps:
            if options.measure:
                print(json.dumps(measured(folder, steps)))
                continue
            print(f"{steps:,} steps, a journal of {write_journal(folder, steps).stat().st_size / 2**20:,.0f} MiB")
            for name, value in _in_a_process(folder, steps).items():
                print(f"    {name:<58}{value:>10,.2f}")


def write_journal(folder: Path, steps: int) -> Path:
    """A journal of so many steps, made once."""
    from studio.core.events import Started, StepDone, to_json

    path = folder / f"{steps}" / "journal.jsonl"
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = random.Random(7)
    with path.open("w", encoding="utf-8") as file:
        file.write(to_json(Started("bench", "train", steps)) + "\n")
        for step in range(1, steps + 1):
            loss = 0.06 + 0.1 * math.exp(-5 * step / steps) + 0.03 * abs(rng.gauss(0, 1))
            file.write(to_json(StepDone(step, 1 + step // 70, loss, 1e-4, 0.5, step, "832x1216", time=step)) + "\n")
    return path


def measured(folder: Path, steps: int) -> dict[str, float]:
    """What one length costs."""
    from PySide6.QtWidgets import QApplication

    from ui.app import TURN_S
    from ui.run_watch import RunWatch
    from ui.theme import STYLE
    from ui.widgets.loss_plot import LossPlot

    sys.setswitchinterval(TURN_S)
    application = QApplication(["bench", *STYLE])
    path, before = write_journal(folder, steps), _mebibytes()
    began = time.perf_counter()
    folded = _folded(path)
    parsed = time.perf_counter() - began
    watch = RunWatch()
    beat = _Beat()
    began = time.perf_counter()
    watch.watch({"bench": path.parent})
    _until(lambda: watch.run("bench").step == steps, 120)
    opened, worst = time.perf_counter() - began, beat.worst
    watch.close()
    live = watch.run("bench")
    assert len(live.curve) == folded == steps
    plot = LossPlot()
    plot.resize(*SIZE)
    plot.show()
    application.processEvents()
    first = _ms(lambda: (plot.show_curves({"bench": live.curve}), plot.repaint()))
    return {
        "reading and folding the journal (s)": parsed,
        "until the watching window has all of it (s)": opened,
        "worst gap of its event loop meanwhile (ms)": worst,
        "memory for it (MiB)": _mebibytes() - before,
        "first drawing (ms)": first,
        "zooming: median frame (ms)": _median(plot, _zooms(plot, steps)),
        "panning: median frame (ms)": _median(plot, _pans(plot, steps)),
        "one more step: median until it is drawn (ms)": _growing(plot, live.curve, steps),
    }


def _folded(path: Path) -> int:
    from studio.store.feed import Feed
    from ui.viewstate.live_run import LiveRun

    live = LiveRun("bench")
    for heard in Feed(path).read():
        live.take(heard)
    return len(live.curve)


def _zooms(plot, steps: int) -> list[Callable[[], object]]:
    plot.fit()
    ways = [1 / 1.25] * (FRAMES // 2) + [1.25] * (FRAMES // 2)
    return [lambda by=by: plot._look_at(plot.view.zoomed(by, 0.3 * steps, 8)) for by in ways]


def _pans(plot, steps: int) -> list[Callable[[], object]]:
    plot._look_at(type(plot.view)(0.1 * steps, 0.3 * steps))
    return [lambda: plot._look_at(plot.view.moved(0.01 * steps)) for _ in range(FRAMES)]


def _median(plot, moves: list[Callable[[], object]]) -> float:
    return median(_ms(lambda move=move: (move(), plot.repaint())) for move in moves)


def _growing(plot, curve, steps: int) -> float:
    """Each step as it comes from a running training, with a drawing after each."""
    from ui.viewstate.series import columns_of

    plot.fit()
    taken = []
    for number in range(1, GROWTHS + 1):
        rows = [(steps + number, steps + number, 0.1, 1e-4, 0.5, 1)]
        taken.append(_ms(lambda rows=rows: (curve.take(columns_of(rows)), plot.refresh(), plot.repaint())))
    return median(taken)


def _ms(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - began)


class _Beat:
    """How much later than it should does the event loop come to a timer of 2 ms?"""

    def __init__(self) -> None:
        from PySide6.QtCore import QTimer

        self.worst, self._last = 0.0, time.perf_counter()
        self._timer = QTimer(interval=2)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.worst = max(self.worst, 1000 * (now - self._last) - 2)
        self._last = now


def _until(is_so: Callable[[], bool], seconds: float) -> None:
    from PySide6.QtCore import QEventLoop, QTimer

    loop, look, end = QEventLoop(), QTimer(interval=2), time.monotonic() + seconds
    look.timeout.connect(lambda: (is_so() or time.monotonic() > end) and loop.quit())
    look.start()
    loop.exec()
    look.stop()


def _mebibytes() -> float:
    return psutil.Process().memory_info().rss / 2**20


def _in_a_process(folder: Path, steps: int) -> dict[str, float]:
    answer = subprocess.run([sys.executable, "-m", "tests.bench.plot", "--measure", "--steps", str(steps), "--folder",
                             str(folder)], capture_output=True, text=True, check=False)
    if answer.returncode:
        sys.exit(answer.stderr)
    return json.loads(answer.stdout.splitlines()[-1])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, nargs="+", default=[1_000_000, 12_600])
    parser.add_argument("--folder", type=Path, help="where journals are kept")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
