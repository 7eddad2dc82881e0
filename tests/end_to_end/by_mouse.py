"""A person who bakes with the mouse, in the real program: `python -m tests.end_to_end.by_mouse begin | go_on`.

`begin` opens the sample, plans, checks, starts and watches previews come, until somebody kills the process. `go_on`
opens the project anew, takes up the run that was cut short, and leaves when it is finished. Each prints what it has
come to, a line at a time.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

from tests.ui.hand import Hand

PREVIEWS, FINISHED = "previews", "finished"
SETTINGS = (("How long to train (epochs)", "4"), ("Draw previews every", "1"))
FOLDED = "Previews", (("Preview steps", "4"),)  # a section that is opened first, and what is set in it


def begin(hand: Hand) -> None:
    hand.press("Try the practice model")
    hand.press("Training")
    for name, text in SETTINGS:
        hand.enter(name, text)
    section, settings = FOLDED
    hand.press(section)
    for name, text in settings:
        hand.enter(name, text)
    hand.press("Check first")
    say(hand.read("Checked in"))
    hand.press("Start training")
    sheet = hand.find(_sheet())
    hand.wait(lambda: len(drawn(sheet)) >= 2 and is_painted(sheet), "the sheet shows the first epoch")
    say(PREVIEWS)
    look(hand, "live")
    hand.wait(lambda: False, "somebody kills this process")


def go_on(hand: Hand) -> None:
    hand.press("Open Sample project")
    say(hand.read(next(name for name in once(hand, "was interrupted at step"))))
    look(hand, "offer")
    hand.press("Go on with the interrupted run")
    hand.read("Finished")
    sheet = hand.find(_sheet())
    look(hand, "end")
    hand.read("Ready")  # else the window would ask what is to become of the job
    say(f"{FINISHED} {len(drawn(sheet))}")


def once(hand: Hand, words: str) -> list[str]:
    """The texts in sight that hold these words, as soon as there are any."""
    hand.wait(lambda: any(words in name for name in hand.names), f"“{words}” can be read")
    return [name for name in hand.names if words in name]


def drawn(sheet) -> set[int]:
    """The epochs whose previews stand in it, 0 for the base alone."""
    shown = sheet.sheet
    started = {0} if any(shown.start(row) for row in shown.rows) else set()
    return started | {column.epoch for column in shown.columns if any(shown.path(row, column) for row in shown.rows)}


def is_painted(sheet) -> bool:
    """Whether pictures are seen there, and not only the places for them."""
    seen = sheet.grab().toImage()
    colours = {seen.pixel(x, y) for x in range(0, seen.width(), 3) for y in range(0, seen.height(), 3)}
    return len(colours) > 500


def look(hand: Hand, name: str) -> None:
    """Keeps what is seen, where somebody wants to look at it."""
    if folder := os.environ.get("BY_MOUSE_SHOTS"):
        hand.window.grab().save(str(Path(folder) / f"{name}.png"))


def say(line: str) -> None:
    print(line, flush=True)


def play(scene: Callable[[Hand], None]) -> None:
    """Plays a scene in the window of this process, then closes it."""
    window = next(each for each in QApplication.topLevelWidgets() if isinstance(each, QMainWindow))
    try:
        scene(Hand(window, float(os.environ.get("BY_MOUSE_PATIENCE", "300"))))
    except AssertionError:
        traceback.print_exc()
        os._exit(1)  # at once, whatever trains
    window.close()


def main(scene: Callable[[Hand], None]) -> int:
    """The program as it is started without a verb; somebody sits before it as soon as its events flow."""
    from studio.cli.main import main as start

    live = QApplication.exec

    def with_somebody(*_: object) -> int:
        QTimer.singleShot(0, lambda: play(scene))
        return live()

    QApplication.exec = with_somebody
    return start([])


def _sheet() -> type:
    from ui.widgets.preview_sheet import PreviewSheet

    return PreviewSheet


if __name__ == "__main__":
    sys.exit(main({"begin": begin, "go_on": go_on}[sys.argv[1]]))
