import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest

from studio.core.ledger import Ledger, Trait
from ui.widgets.chips import tag_mime
from ui.widgets.ledger_bins import LedgerBins

LEDGER = Ledger("Mira", (Trait("blue eyes", "absorb", giveaway=True), Trait("ribbon", "vary"), Trait("hat", "forbid")))


@pytest.fixture
def bins(application) -> LedgerBins:
    made = LedgerBins()
    made.changed.connect(lambda ledger: made.show_ledger(ledger, {"blue eyes": 3, "ribbon": 2}))
    made.show_ledger(LEDGER, {"blue eyes": 3, "ribbon": 2})
    made.show()
    return made


def tags(bins: LedgerBins) -> dict[str, tuple[str, ...]]:
    return {name: bin.tags for name, bin in bins.bins.items()}


def press(bins: LedgerBins, bin: str, key: int) -> None:
    bins.bins[bin].setCurrentRow(0)
    QTest.keyClick(bins.bins[bin], key)


def test_each_trait_lies_in_its_bin(bins: LedgerBins) -> None:
    assert tags(bins) == {"absorb": ("blue eyes",), "vary": ("ribbon",), "forbid": ("hat",)}
    assert bins.bins["absorb"].item(0).text() == "blue eyes · giveaway · still on 3"


def test_a_trait_is_dropped_from_bin_to_bin_and_keeps_its_marks(bins: LedgerBins) -> None:
    action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    mime = bins.bins["absorb"].mimeData([bins.bins["absorb"].item(0)])
    event = QDropEvent(QPointF(5, 5), action, mime, button, Qt.KeyboardModifier.NoModifier)
    bins.bins["vary"].dropEvent(event)
    assert event.isAccepted()
    assert bins.ledger.trait("blue eyes") == Trait("blue eyes", "vary", giveaway=True)
    assert tags(bins)["absorb"] == ()


def test_a_tag_of_the_set_can_be_dropped_into_a_bin(bins: LedgerBins) -> None:
    mime = tag_mime("long hair")  # the event does not keep it
    event = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton,
                       Qt.KeyboardModifier.NoModifier)
    bins.bins["absorb"].dropEvent(event)
    assert tags(bins)["absorb"] == ("blue eyes", "long hair")


def test_keys_move_mark_and_forget_a_trait(bins: LedgerBins) -> None:
    press(bins, "forbid", Qt.Key.Key_2)
    assert tags(bins)["vary"] == ("ribbon", "hat")
    press(bins, "vary", Qt.Key.Key_S)
    press(bins, "vary", Qt.Key.Key_G)
    assert bins.ledger.trait("ribbon") == Trait("ribbon", "vary", giveaway=True, structure=True)
    press(bins, "vary", Qt.Key.Key_Delete)
    assert bins.ledger.trait("ribbon") is None


def test_a_typed_trait_is_one_that_the_trigger_absorbs(bins: LedgerBins) -> None:
    QTest.keyClicks(bins.field, " long  hair")
    QTest.keyClick(bins.field, Qt.Key.Key_Return)
    assert bins.ledger.trait("long hair") == Trait("long hair", "absorb")
    assert bins.field.text() == ""


def test_what_captions_still_say_is_offered_to_be_taken_out(bins: LedgerBins) -> None:
    wanted = []
    bins.taking_out_requested.connect(wanted.append)
    QTest.mouseClick(bins._rest, Qt.MouseButton.LeftButton)
    assert wanted == [("blue eyes",)]
    press(bins, "absorb", Qt.Key.Key_2)
    assert not bins._rest.isVisible()


def test_only_several_characters_have_to_be_chosen_from(bins: LedgerBins) -> None:
    bins.show_characters(("Mira",), "Mira")
    assert not bins.character.isVisible()
    bins.show_characters(("Mira", "Suzu"), "Suzu")
    assert bins.character.isVisible() and bins.character.currentText() == "Suzu"
