"""A person who wants to know which epoch to take, in the real program: `python -m tests.end_to_end.quarter SCENE ...`.

`sample LORAS` opens the sample project, whose run was trained; `bare LORAS FOLDER PROJECT PICTURE` drops a folder of
LoRA files and chooses a picture to compare with. Both compare, mark, ask for more seeds, read the sentence, and put the
epoch to take into LORAS. What was read is printed a line at a time, the clicks, keys and seconds at last.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QFileDialog

from studio.core.axes import BASE
from studio.core.compared_epochs import NO_TRIGGER
from tests.end_to_end.by_mouse import look, main, say
from tests.ui.hand import Hand

TAKEN, CLICKS = "taken", "clicks"
LOW = "low angle"


def sample(hand: Hand) -> None:
    hand.press("Open Sample project")
    hand.press("Epochs")
    compare(hand)


def bare(hand: Hand) -> None:
    folder, project, picture = (Path(each) for each in sys.argv[3:6])
    QFileDialog.getOpenFileName = lambda *_: (str(picture), "")  # what the system's own dialog would answer
    hand.drop(folder)
    hand.enter("Project", str(project))
    hand.press("Take them in")
    hand.find(QAbstractButton, "Compare epochs")
    say(TAKEN)
    compare(hand, lambda: hand.press("Choose a picture"))


def compare(hand: Hand, prepare=lambda: None) -> None:
    """Five epochs, three seeds, three prompts; then eight seeds more."""
    began = time.monotonic()
    hand.press("Compare epochs")
    start = hand.find(QAbstractButton, "Draw ")
    prepare()
    say(start.text())
    hand.click(start)
    page = hand.window.page_widget("epochs")
    hand.wait(lambda: page.series is not None and page.series.shots, "the first picture is there")
    say(f"first picture after {time.monotonic() - began:.0f} s")
    drawn(hand, page)
    say(f"{len(page.series.shots)} pictures after {time.monotonic() - began:.0f} s")
    look(hand, "drawn")
    mark(hand, page)
    say(page.parts.verdict.sentence.text())
    look(hand, "sentence")
    hand.press("8 more seeds")
    hand.wait(lambda: len(page.series.seeds) == 11, "fresh seeds are drawn")
    drawn(hand, page)
    say(f"{len(page.series.shots)} pictures after {time.monotonic() - began:.0f} s")
    mark(hand, page)
    say(page.parts.verdict.sentence.text())
    look(hand, "settled")
    say(used(hand))
    look(hand, "used")
    say(f"{CLICKS} {hand.clicks} keys {hand.keys} seconds {time.monotonic() - began:.0f}")


def used(hand: Hand) -> str:
    """Puts the epoch to take into a folder, and reads what the file there draws."""
    QFileDialog.getExistingDirectory = lambda *_: sys.argv[2]
    hand.press("Use ep")
    hand.press("Choose a folder")
    hand.press("Put it there")
    return hand.read("It is there")


def drawn(hand: Hand, page) -> None:
    hand.wait(lambda: not page.session.jobs.open and not page.series.missing and not page.shelf.is_busy,
              "every picture is drawn")


def mark(hand: Hand, page) -> None:
    """From one unmarked cell to the next: 1 where it is what was asked for, else 3."""
    for _ in range(len(page.series.shots) + 1):
        hand.key(page.parts.stage.viewer, Qt.Key.Key_N)
        if page.judging.value(page.shot) is not None:
            return
        good = is_good(page.look.name, page.panes.panes[page.panes.focus].shows, page)
        hand.key(page.parts.stage.viewer, Qt.Key.Key_1 if good else Qt.Key.Key_3)
        assert page.judging.value(page.shot) is not None, "the key marked nothing"


def is_good(prompt: str, arm, page) -> bool:
    """What such a person sees: the base can look up at her and no epoch can; of the rest all but the first two can."""
    if arm in (BASE, NO_TRIGGER):
        return prompt == LOW
    epochs = [each for each in page.series.epochs if isinstance(each, int)]
    return prompt != LOW and arm in epochs[2:]


if __name__ == "__main__":
    sys.exit(main({"sample": sample, "bare": bare}[sys.argv[1]]))
