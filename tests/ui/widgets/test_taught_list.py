"""Who is taught: a line for each character and each group, and a tick where there is something to choose."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication

from studio.core.shares import Share
from ui.widgets.taught_list import TaughtList

MIRA = Share(("Mira",), 32, 4, 128, 0.5)
SUZU = Share(("Suzu",), 28, 4, 112, 0.4)
BOTH = Share(("Mira", "Suzu"), 4, 6, 24, 0.1)


@pytest.fixture
def taught(application: QApplication) -> TaughtList:
    made = TaughtList()
    made.resize(600, 200)
    made.show()
    return made


def test_one_character_needs_no_tick(taught: TaughtList) -> None:
    taught.show_shares((MIRA,), ())
    assert taught.ticks == {} and taught.spins["Mira"].value() == 4


def test_a_character_that_takes_no_part_takes_the_pictures_of_both_with_her(taught: TaughtList) -> None:
    taught.show_shares((MIRA, SUZU, BOTH), ())
    heard = QSignalSpy(taught.ticked)
    tick = taught.ticks["Suzu"]
    QTest.mouseClick(tick, Qt.MouseButton.LeftButton, pos=QPoint(6, tick.height() // 2))
    assert heard.count() == 1
    assert heard.at(0) == [("Mira",)]
    taught.show_shares((MIRA, SUZU, BOTH), ("Mira",))
    assert [taught.spins[name].isEnabled() for name in ("Mira", "Suzu", "Mira+Suzu")] == [True, False, False]


def test_a_run_teaches_somebody(taught: TaughtList) -> None:
    taught.show_shares((MIRA, SUZU), ("Mira",))
    heard = QSignalSpy(taught.ticked)
    taught.ticks["Mira"].click()
    assert heard.at(0) == [("Mira",)]


def test_repeats_are_told_for_characters_and_groups(taught: TaughtList) -> None:
    taught.show_shares((MIRA, SUZU, BOTH), ())
    heard = QSignalSpy(taught.repeats_entered)
    taught.spins["Mira+Suzu"].setValue(9)
    assert heard.at(0) == [("Mira", "Suzu"), 9]
    taught.show_shares((MIRA, SUZU, Share(("Mira", "Suzu"), 4, 9, 36, 0.1)), ())
    assert heard.count() == 1


def test_without_a_character_it_says_what_to_do(taught: TaughtList) -> None:
    taught.show_shares((), ())
    assert "import pictures" in taught._none.text() and taught._none.isVisible()
