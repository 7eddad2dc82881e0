"""How does the grid fare with thousands of cells? First paint, panning with all in sight, zooming, memory.

    QT_QPA_PLATFORM=offscreen python -m tests.bench.grid [--side 60] [--busy] [--folder FOLDER] [--size 1920x1080]

A sheet of 60 x 60 cells of 832 x 1216: some real drawings, each file with other bytes. The first opening decodes every
picture; the second one, in a process of its own, finds their thumbnails. A frame is what a step of panning takes, from
the scroll bar to the painted view. With `--busy` a thread trains a small network meanwhile, as runs in the window do.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import psutil

TARGET_MS = 16.0
SIZE = (832, 1216)
UNIQUE, FRAMES, ZOOMS = 24, 240, 12


def main() -> None:
    options = _options()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if options.phase:
        print(json.dumps(PHASES[options.phase](options)))
        return
    with _folder(options) as folder:
        options.folder = folder
        _make(options)
        frames = []
        for phase in PHASES:
            for name, value in _in_a_process(phase, options).items():
                print(f"{name:<64}{value:>10,.1f}")
                frames += [value] if name.startswith("panning") and "median" in name else []
        print(f"medians of panning {', '.join(f'{each:.1f}' for each in frames)} ms, target {TARGET_MS:.0f} ms: "
              f"{'kept' if max(frames) <= TARGET_MS else 'MISSED'}")


def cold(options: argparse.Namespace) -> dict[str, float]:
    """Nothing was decoded before."""
    app, page, first = _opened(options)
    began = time.perf_counter()
    _until(lambda: page.parts.view.is_complete and not page.pictures.is_busy, 1800)
    facts = {"first opening: to the first paint (ms)": first,
             "until all of it is there (s)": time.perf_counter() - began}
    _close(app)
    return facts


def warm(options: argparse.Namespace) -> dict[str, float]:
    """Thumbnails are on the disk."""
    app, page, first = _opened(options)
    view, began = page.parts.view, time.perf_counter()
    _until(lambda: view.is_complete and not page.pictures.is_busy, 600)
    facts = {"later opening: to the first paint (ms)": first,
             "until all of it is there (s)": time.perf_counter() - began,
             "memory then (MiB)": _memory(), "cells in sight": float(len(view.sight.places()))}
    facts |= _told("panning, all in sight", _panned(view, 1.0))
    facts |= _told("panning, a little larger than the view", _panned(view, 1.5))
    with _training(options.busy):
        facts |= _told("panning, all in sight, while a thread trains", _panned(view, 1.0))
        facts |= _told("panning, a little larger, while a thread trains", _panned(view, 1.5))
    view.fit()
    facts |= _told("a turn of the wheel", _zoomed(view, page))
    facts |= _told("marking a cell and going on", _marked(page))
    facts |= _through(page)
    _close(app)
    return facts


PHASES = {"cold": cold, "warm": warm}


def _panned(view, larger: float) -> list[float]:
    """ms of each frame of a walk through what there is."""
    from PySide6.QtCore import QCoreApplication, QPoint

    view.fit()
    if larger != 1.0:
        view.zoom_to(view.scale * larger)
    view.viewport().repaint()
    _settle(0.3)
    times = []
    for number in range(FRAMES):
        sign = 1 if number // 60 % 2 == 0 else -1
        began = time.perf_counter()
        view._pan(QPoint(sign * 9, sign * 5))
        view.viewport().update()  # also where there is no room to pan
        view.viewport().repaint()
        times.append(1000 * (time.perf_counter() - began))
        QCoreApplication.processEvents()
    return times


def _zoomed(view, page) -> list[float]:
    """From the whole to single pixels and back, at the pointer."""
    from PySide6.QtCore import QCoreApplication, QPoint

    at, times = QPoint(view.viewport().width() // 2, view.viewport().height() // 2), []
    for way in (1, -1):
        for _ in range(ZOOMS):
            began = time.perf_counter()
            view.zoom_by(way, at)
            view.viewport().repaint()
            times.append(1000 * (time.perf_counter() - began))
            QCoreApplication.processEvents()
    return times


def _marked(page) -> list[float]:
    from PySide6.QtCore import QCoreApplication

    page.parts.view.choose((0, 0))
    times = []
    for number in range(40):
        began = time.perf_counter()
        page.mark(1 + number % 3)
        page.parts.view.viewport().repaint()
        times.append(1000 * (time.perf_counter() - began))
        QCoreApplication.processEvents()
    return times


def _through(page) -> dict[str, float]:
    """Every part of it in full size: does the memory stay where it is allowed to be?"""
    view = page.parts.view
    view.zoom_to(1.0)
    most = 0.0
    rows, columns = len(view.table.rows), len(view.table.columns)
    for number in range(0, rows * columns, 37):
        view.choose((number // columns, number % columns))
        _until(lambda: view.is_complete, 60)
        most = max(most, _memory())
    return {"most memory while going through it in full size (MiB)": most}


@contextmanager
def _training(is_wanted: bool):
    """A thread that computes as a run does: small products, many of them, in one thread of torch."""
    if not is_wanted:
        yield
        return
    from studio.jobs.threads import settle_threads

    settle_threads()
    import torch

    torch.set_num_threads(1)
    is_over = threading.Event()
    network = torch.nn.Sequential(*(torch.nn.Linear(256, 256) for _ in range(8)))
    optimizer = torch.optim.AdamW(network.parameters())

    def train() -> None:
        while not is_over.is_set():
            optimizer.zero_grad()
            network(torch.randn(64, 256)).square().mean().backward()
            optimizer.step()

    thread = threading.Thread(target=train, daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _opened(options: argparse.Namespace):
    """(application, page, ms from the page's being asked for to its first painted grid)."""
    from PySide6.QtWidgets import QApplication

    from ui.app import App
    from ui.settings import Settings

    application = QApplication.instance() or QApplication(["bench"])
    app = App(application, Settings(options.folder / "home"))
    app.window.resize(*map(int, options.size.split("x")))
    app.show()
    app.session.open(options.folder / "project")
    application.processEvents()
    began = time.perf_counter()
    app.session.show_page("grids")
    page = app.window.page_widget("grids")
    _until(lambda: page.table is not None, 60)
    page.parts.view.viewport().repaint()
    return app, page, 1000 * (time.perf_counter() - began)


def _make(options: argparse.Namespace) -> None:
    """A project with that sheet, unless the folder holds one."""
    from studio.core.project import Character, with_character
    from studio.store import workspace
    from tests.ui.written_sheets import written_epochs, written_sheet

    project = options.folder / "project"
    if (project / "project.toml").exists():
        return
    with workspace.create(project, "Bench", "practice") as place:
        place.save(with_character(place.project, Character(name="Mira", trigger="miravelo")))
        (project / "images" / "Mira").mkdir(parents=True)
        written_epochs(place, options.side)
        prompts = [f"smile, upper body, number {number}" for number in range(options.side)]
        written_sheet(place, range(1, options.side + 1), _draw(), prompts=prompts, seeds=(42,), size=SIZE)


def _draw():
    from tests.bench.gallery import _other_bytes
    from tests.ui.written_sheets import drawn

    made: list[bytes] = []
    count, draw = iter(range(10**9)), drawn(SIZE)

    def write(path: Path, cell) -> None:
        number = next(count)
        if len(made) < UNIQUE:
            draw(path, cell)
            made.append(path.read_bytes())
        path.write_bytes(_other_bytes(made[number * 7 % len(made)], number))

    return write


def _told(what: str, times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {f"{what}: median (ms)": median(times),
            f"{what}: 95 % are below": ordered[int(0.95 * (len(ordered) - 1))], f"{what}: worst": ordered[-1]}


def _memory() -> float:
    return psutil.Process().memory_info().rss / 2**20


def _settle(seconds: float) -> None:
    from PySide6.QtCore import QCoreApplication

    end = time.monotonic() + seconds
    while time.monotonic() < end:
        QCoreApplication.processEvents()
        time.sleep(0.002)


def _until(is_so, seconds: float) -> None:
    from PySide6.QtCore import QCoreApplication

    end = time.monotonic() + seconds
    while not is_so() and time.monotonic() < end:
        QCoreApplication.processEvents()
        time.sleep(0.002)
    assert is_so(), "it did not come to be so in time"


def _close(app) -> None:
    app.session.close()
    app.session.jobs.close()


def _in_a_process(phase: str, options: argparse.Namespace) -> dict[str, float]:
    line = [sys.executable, "-m", "tests.bench.grid", "--phase", phase, "--folder", str(options.folder), "--size",
            options.size, "--side", str(options.side), *(["--busy"] if options.busy else [])]
    answer = subprocess.run(line, capture_output=True, text=True, check=False)
    if answer.returncode:
        sys.exit(answer.stderr)
    return json.loads(answer.stdout.splitlines()[-1])


@contextmanager
def _folder(options: argparse.Namespace):
    if options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
        yield options.folder
        return
    with tempfile.TemporaryDirectory(prefix="grid-") as made:
        yield Path(made)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, default=60, help="rows, and columns")
    parser.add_argument("--size", default="1920x1080")
    parser.add_argument("--busy", action="store_true", help="train in a thread meanwhile")
    parser.add_argument("--folder", type=Path, help="one that is kept spares making the pictures again")
    parser.add_argument("--phase", choices=PHASES, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
