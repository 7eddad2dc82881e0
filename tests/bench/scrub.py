"""How long is it from a key to the painted picture when somebody goes through many epochs?

    QT_QPA_PLATFORM=offscreen python -m tests.bench.scrub [--epochs 180] [--panes 4] [--size 1920x1080]

Drawings of 832 x 1216, each epoch with other bytes, are scrubbed one by one to the end and back, as the page does it:
the key's action, then the event loop until the pane has the picture and has painted it. The first way there is cold:
threads decode while the wheel turns. Then all of it is in memory, as far as the cap allows.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path
from statistics import median

import psutil

TARGET_MS = 50.0


def main() -> None:
    options = _options()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="scrub-") as folder:
        app, page = _opened(Path(folder), options)
        cold = _scrub(page, -1, options.epochs)
        _until(lambda: not page.parts.stage.pictures.is_busy)
        warm = _scrub(page, 1, options.epochs) + _scrub(page, -1, options.epochs)
        prompts = [_timed(page, lambda by=by: page.step_prompt(by)) for by in (1, -1) * 10]
        _tell("cold, the first way through", cold)
        _tell("warm, there and back", warm)
        _tell("another prompt, all panes", prompts)
        print(f"{'pictures in memory (MiB)':<44}{page.parts.stage.pictures.bytes / 2**20:>10,.0f}")
        print(f"{'memory of the process (MiB)':<44}{psutil.Process().memory_info().rss / 2**20:>10,.0f}")
        is_kept = median(warm) <= TARGET_MS
        print(f"median {median(warm):.1f} ms, target {TARGET_MS:.0f} ms: {'kept' if is_kept else 'MISSED'}")
        app.session.close()
        app.session.jobs.close()


def _opened(folder: Path, options: argparse.Namespace):
    """(application, page) with a sheet of so many epochs, the last one in focus."""
    from PySide6.QtWidgets import QApplication

    from studio.core.axes import BASE
    from studio.core.project import Character, with_character
    from studio.store import workspace
    from tests.ui.written_sheets import written_epochs, written_sheet
    from ui.app import App
    from ui.settings import Settings

    with workspace.create(folder / "project", "Bench", "practice") as place:
        place.save(with_character(place.project, Character(name="Mira", trigger="miravelo")))
        (folder / "project" / "images" / "Mira").mkdir(parents=True)
    application = QApplication.instance() or QApplication(["bench"])
    app = App(application, Settings(folder / "home"))
    app.settings.remember(epoch_panes=options.panes)
    app.window.resize(*map(int, options.size.split("x")))
    app.show()
    app.session.open(folder / "project")
    written_epochs(app.session.place, options.epochs)
    written_sheet(app.session.place, (BASE, *range(1, options.epochs + 1)), _draw(), seeds=(42,), size=(832, 1216))
    app.session.show_page("epochs")
    page = app.window.page_widget("epochs")
    _until(lambda: page.series is not None and page.parts.stage.is_complete)
    return app, page


def _draw():
    """One drawing for each prompt; its bytes are others in every epoch."""
    from tests.bench.gallery import _other_bytes
    from tests.ui.written_sheets import drawn

    made: dict[str, bytes] = {}
    draw = drawn()

    def write(path: Path, cell) -> None:
        prompt = str(cell.value("composition"))
        if prompt not in made:
            draw(path, cell)
            made[prompt] = path.read_bytes()
        path.write_bytes(_other_bytes(made[prompt], len(list(path.parent.iterdir()))))

    return write


def _scrub(page, by: int, steps: int) -> list[float]:
    """ms of each step."""
    return [_timed(page, lambda: page.step(by)) for _ in range(steps)]


def _timed(page, act) -> float:
    from PySide6.QtCore import QCoreApplication

    began = time.perf_counter()
    act()
    while not page.parts.stage.is_complete:
        QCoreApplication.processEvents()
    QCoreApplication.processEvents()
    for pane in page.parts.stage.panes[:page.panes.count]:
        pane.viewer.repaint()
    return 1000 * (time.perf_counter() - began)


def _tell(what: str, times: list[float]) -> None:
    ordered = sorted(times)
    print(f"{what:<44}{median(times):>10.1f} ms median{ordered[int(0.95 * (len(ordered) - 1))]:>10.1f} ms 95 %"
          f"{ordered[-1]:>10.1f} ms worst")


def _until(is_so, seconds: float = 300.0) -> None:
    from PySide6.QtCore import QCoreApplication

    end = time.monotonic() + seconds
    while not is_so() and time.monotonic() < end:
        QCoreApplication.processEvents()
        time.sleep(0.002)
    assert is_so(), "it did not come to be so in time"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=180)
    parser.add_argument("--panes", type=int, default=4)
    parser.add_argument("--size", default="1920x1080")
    return parser.parse_args()


if __name__ == "__main__":
    main()
