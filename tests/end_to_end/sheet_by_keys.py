"""A person who has a sheet drawn, marks it by keys and writes an article of it, in the real program.

`python -m tests.end_to_end.sheet_by_keys draw` opens the sample project, whose run was trained, orders forty-five
pictures, stops when twenty are there, and goes on. `... article OUT` opens it when the sheet is there, marks twelve of
its cells, has step 0 drawn, and writes all there is to write into OUT. What was read is printed a line at a time.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from tests.end_to_end.by_mouse import look, main, say
from tests.ui.hand import Hand

DIGITS = (1, 1, 2, 3, 1, 1, 2, 1, 3, 1, 1, 1)  # what is said of the first cells, row by row
NAME, STOP_AT = "epoch-format-seed", 20


def draw(hand: Hand) -> None:
    page = grids(hand)
    hand.press("New sheet")
    presets = page.sheets.dialog.list
    place = [row.name for row in presets.rows].index(NAME)
    presets.items.scrollToItem(presets.items.item(place))
    hand.click(presets.items.viewport(), presets.items.visualItemRect(presets.items.item(place)).center())
    say(hand.read("45 cells"))
    hand.press("Draw it")
    hand.wait(lambda: drawn(hand) >= STOP_AT, "twenty pictures are there")
    hand.press("Stop")
    hand.wait(lambda: not page.session.jobs.open, "it has stopped")
    say(f"{drawn(hand)} at the stop")
    look(hand, "stopped")
    hand.press("Go on drawing")
    hand.wait(lambda: drawn(hand) == 45 and not page.session.jobs.open, "all of it is drawn")
    look(hand, "gone on with")


def article(hand: Hand) -> None:
    page = grids(hand)
    view = page.parts.view
    hand.wait(lambda: page.sheet is not None and view.is_complete, "the sheet is seen")
    say(f"{len(page.sheet.there)} of {len(page.sheet.spots)} are there")
    hand.click(view.viewport(), view.box((0, 0)).center())
    for digit in DIGITS:
        hand.key(view, getattr(Qt.Key, f"Key_{digit}"))
    say(f"{page.tallies.all.pair} are obtained")
    hand.key(view, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    hand.wait(lambda: all(view.file((row, -1)) for row in range(len(page.table.rows))), "step 0 stands beside every row")
    hand.wait(lambda: not page.session.jobs.open and view.is_complete, "all of it is seen")
    look(hand, "marked")
    QFileDialog.getExistingDirectory = lambda *_: sys.argv[2]  # what the system's own dialog would answer
    hand.press("Write an article")
    hand.press("Choose …")
    hand.press("Write")
    hand.wait(lambda: any("written to" in name for name in hand.names), "the article is written")
    say(next(name for name in hand.names if "written to" in name))
    hand.press("Close")


def grids(hand: Hand):
    hand.press("Open Sample project")
    hand.press("Grids")
    return hand.window.page_widget("grids")


def drawn(hand: Hand) -> int:
    """How many pictures lie in the sheets of the project."""
    return len(list(hand.window.page_widget("grids").session.place.sheets.glob("*/cells/*.png")))


if __name__ == "__main__":
    sys.exit(main({"draw": draw, "article": article}[sys.argv[1]]))
