"""How does the gallery fare with ten thousand pictures? Opening, thumbnails, scrolling, memory.

    QT_QPA_PLATFORM=offscreen python -m tests.bench.gallery [--pictures 10000] [--unique 40] [--folder FOLDER]

Some real drawings of a megapixel are repeated, each time with other bytes. A folder that is kept spares making them
again. Opening is timed in a process of its own, with warm thumbnails, from the call to the first full paint.

A gap of the event loop is told three times: by the clock, without the time in which the thread waited for a core (the
machine was busy with something else), and as the time that the GUI thread itself computed in one event.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import psutil

SIZES = ((832, 1216), (1024, 1024), (1216, 832))
BEAT_MS = 2


def main() -> None:
    options = _options()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with _folder(options.folder) as folder:
        if options.phase:
            print(json.dumps(PHASES[options.phase](folder)))
            return
        made = make_project(folder, options.pictures, options.unique)
        print(f"{options.pictures:,} pictures, {made:.0f} s to make")
        for phase in PHASES:
            for name, value in _in_a_process(phase, folder).items():
                print(f"{name:<52}{value:>12,.1f}")


def make_project(folder: Path, pictures: int, unique: int) -> float:
    """A project of so many pictures, unless the folder holds one; seconds it took."""
    from studio.core.project import Character, with_character
    from studio.store import workspace

    began = time.perf_counter()
    project = folder / "project"
    if not (project / "project.toml").exists():
        with workspace.create(project, "Bench", "practice") as place:
            place.save(with_character(place.project, Character(name="Mira", trigger="miravelo")))
        _draw(project / "images" / "Mira", pictures, unique)
    return time.perf_counter() - began


def fill(folder: Path) -> dict[str, float]:
    """The first opening: every thumbnail is made while the window beats."""
    app, page, took = _opened(folder)
    gaps = _Beat()
    began = time.perf_counter()
    _until(lambda: not page.loader.is_busy, 3600)
    seconds, count = time.perf_counter() - began, len(app.session.all)
    facts = {"first opening, files are read (s)": took, "making a thumbnail (ms)": 1000 * seconds / count,
             **gaps.told("while thumbnails are made")}
    _close(app)
    return facts


def open_warm(folder: Path) -> dict[str, float]:
    """A later opening: to the first paint with all that is in sight, then from end to end and back."""
    app, page, took = _opened(folder)
    memory = psutil.Process().memory_info().rss / 2**20
    gaps = _Beat()
    _until(lambda: not page.loader.is_busy and not page.linting.is_busy, 600)
    settled = gaps.told("until all has settled, lint included")
    scrolled, frames, blank = _scroll(app, page)
    facts = {"opening to a painted gallery (s)": took, **settled,
             "scrolling, a screen at a time: mean frame (ms)": sum(frames) / len(frames),
             "worst frame (ms)": max(frames),
             "not there yet at that speed (%)": blank, "end to end and back (s)": scrolled,
             "memory after opening (MiB)": memory,
             "memory after scrolling (MiB)": psutil.Process().memory_info().rss / 2**20}
    _close(app)
    return facts


def captions(folder: Path) -> dict[str, float]:
    """From the gallery to the captions page at once, while the lint still looks."""
    app, page, _ = _opened(folder)
    began, computed = time.perf_counter(), time.thread_time()
    app.session.show_page("captions")
    built = {"building the captions page (ms)": 1000 * (time.perf_counter() - began),
             "of it computed (ms)": 1000 * (time.thread_time() - computed)}
    gaps, shown = _Beat(), app.window.page_widget("captions")
    _until(lambda: not (page.loader.is_busy or page.linting.is_busy or shown.set.is_busy), 600)
    facts = {**built, **gaps.told("until the captions page has settled")}
    _close(app)
    return facts


PHASES = {"fill": fill, "open": open_warm, "captions": captions}


def _opened(folder: Path):
    """(application, page, seconds from opening to the first paint in which every picture in sight is there)."""
    from PySide6.QtWidgets import QApplication

    from ui.app import App
    from ui.settings import Settings

    application = QApplication.instance() or QApplication(["bench"])
    app = App(application, Settings(folder / "home"))
    app.window.resize(1920, 1080)
    app.show()
    application.processEvents()
    began = time.perf_counter()
    app.session.open(folder / "project")
    app.session.show_page("dataset")
    page = app.window.page_widget("dataset")
    _until(lambda: _is_painted(page), 600)
    page.gallery.view.grab()
    return app, page, time.perf_counter() - began


def _is_painted(page) -> bool:
    from ui.models.gallery import PIXMAP

    view, model = page.gallery.view, page.gallery.model
    rows = list(view.in_sight)
    return bool(rows) and all(model.index(row, 0).data(PIXMAP) is not None for row in rows)


def _scroll(app, page) -> tuple[float, list[float], float]:
    """(seconds, ms of each frame, share of pictures that were still to come in percent)."""
    from PySide6.QtCore import QCoreApplication

    from ui.models.gallery import PIXMAP

    view, model, bar = page.gallery.view, page.gallery.model, page.gallery.view.verticalScrollBar()
    frames, blank, seen, began = [], 0, 0, time.perf_counter()
    steps = [*range(0, bar.maximum(), bar.pageStep()), bar.maximum(), *range(bar.maximum(), 0, -bar.pageStep())]
    for value in steps:
        start = time.perf_counter()
        bar.setValue(value)
        view.viewport().repaint()
        QCoreApplication.processEvents()
        frames.append(1000 * (time.perf_counter() - start))
        rows = view.in_sight
        seen += len(rows)
        blank += sum(model.index(row, 0).data(PIXMAP) is None for row in rows)
    return time.perf_counter() - began, frames, 100 * blank / max(1, seen)


class _Beat:
    """A heartbeat of the event loop: how much later than it should does it beat, and what was it doing?"""

    def __init__(self) -> None:
        from PySide6.QtCore import QTimer

        self._last, self._gaps = self._now(), []
        self._timer = QTimer(interval=BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def told(self, when: str) -> dict[str, float]:
        """The worst gaps so far, in ms."""
        late, without, computed = zip(*self._gaps) if self._gaps else ((0.0,),) * 3
        return {f"worst gap {when} (ms)": max(late), "  without waiting for a core": max(without),
                "  computed in one event": max(computed), "  99.9 % of gaps are below": _share(late, 0.999)}

    def _beat(self) -> None:
        late, waited, computed = (now - last for now, last in zip(self._now(), self._last))
        self._gaps.append((max(0.0, late - BEAT_MS), max(0.0, late - waited - BEAT_MS), computed))
        self._last = self._now()

    @staticmethod
    def _now() -> tuple[float, float, float]:
        """ms: by the clock, waited for a core, computed by this thread."""
        return 1000 * time.perf_counter(), _waited_ms(), 1000 * time.thread_time()


def _waited_ms() -> float:
    """How long the main thread was ready to run and got no core; 0 where the system does not tell."""
    try:
        return int(Path("/proc/thread-self/schedstat").read_text().split()[1]) / 1e6
    except OSError:
        return 0.0


def _share(values: Sequence[float], share: float) -> float:
    """What so large a share of the values stays below."""
    return sorted(values)[int(share * (len(values) - 1))]


def _until(is_so: Callable[[], bool], seconds: float) -> None:
    """Runs the event loop as an application does."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop, look = QEventLoop(), QTimer(interval=1)
    end = time.monotonic() + seconds
    look.timeout.connect(lambda: (is_so() or time.monotonic() > end) and loop.quit())
    look.start()
    loop.exec()


def _close(app) -> None:
    app.session.close()
    app.session.jobs.close()


def _draw(folder: Path, pictures: int, unique: int) -> None:
    from studio.miniature import world

    folder.mkdir(parents=True, exist_ok=True)
    rng, drawn = random.Random(5), []
    for number in range(min(unique, pictures)):
        stream = BytesIO()
        scene = world.Scene(world.MIRA, world.sample_shot(rng))
        world.draw(scene, *SIZES[number % len(SIZES)]).save(stream, "PNG", compress_level=1)
        drawn.append(stream.getvalue())
    for number in range(pictures):
        content = drawn[number % len(drawn)]
        (folder / f"{number:05}.png").write_bytes(_other_bytes(content, number))
        (folder / f"{number:05}.txt").write_text(f"1girl, miravelo, smile, number {number % 97}", "utf-8")


def _other_bytes(png: bytes, number: int) -> bytes:
    """The same pixels in a file that no other number has: a text chunk before the end."""
    body = b"tEXt" + b"number\0" + str(number).encode()
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return png[:-12] + chunk + png[-12:]


def _in_a_process(phase: str, folder: Path) -> dict[str, float]:
    answer = subprocess.run([sys.executable, "-m", "tests.bench.gallery", "--phase", phase, "--folder", str(folder)],
                            capture_output=True, text=True, check=False)
    if answer.returncode:
        sys.exit(answer.stderr)
    return json.loads(answer.stdout.splitlines()[-1])


@contextmanager
def _folder(kept: Path | None):
    if kept:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept
        return
    made = Path(tempfile.mkdtemp(prefix="gallery-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=10_000)
    parser.add_argument("--unique", type=int, default=40)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--phase", choices=PHASES, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
