from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.tiny_tagger import write_tiny_tagger
from ui.dialogs.guess_labels import GuessDialog


def guess(studio, chosen: int, source: str) -> GuessDialog:
    every = studio.session.all
    dialog = GuessDialog(studio.session, studio.window, every, every[:chosen])
    dialog.source.choose(source)
    dialog._show()
    return dialog


def test_labels_are_guessed_from_the_pictures_by_a_tagger(studio, tmp_path: Path) -> None:
    dialog = guess(studio, 2, "pictures")
    studio.answers.folders = [write_tiny_tagger(tmp_path / "tagger", ["full body", "from behind", "smile"])]
    dialog.tagger.ask()
    dialog.tagger.threshold.setValue(0.05)
    QTest.mouseClick(dialog._go, Qt.MouseButton.LeftButton)
    studio.finish()
    guessed = [each for each in studio.session.all if each.labels.framing]
    assert {each.id for each in guessed} <= {each.id for each in studio.session.all[:2]}
    assert all(each.labels.framing.origin == "guess" for each in guessed)
    assert "guessed" in studio.window.toasts.shown[-1].notice.text


def test_captions_need_no_tagger_and_nothing_chosen_cannot_be_guessed(studio) -> None:
    dialog = guess(studio, 0, "captions")
    assert not dialog.tagger.isEnabled() and dialog._go.isEnabled()
    dialog.scopes.choose("2")
    dialog._show()
    assert not dialog._go.isEnabled() and dialog._go.toolTip()
