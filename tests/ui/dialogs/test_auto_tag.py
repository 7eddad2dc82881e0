from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.chat_stand_in import chat_stand_in
from tests.tiny_tagger import write_tiny_tagger
from ui.dialogs.auto_tag import AutoTagDialog


@pytest.fixture(autouse=True)
def no_keyring() -> Iterator[None]:
    """No test finds a key of the person who runs it."""
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def dialog(studio) -> AutoTagDialog:
    """Two pictures filtered, one of them selected."""
    every = studio.session.all
    made = AutoTagDialog(studio.session, studio.window, every[:2], every[:1])
    made.show()
    return made


def click(button) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def captions(folder: Path) -> list[str]:
    return [path.read_text("utf-8") for path in sorted((folder / "images" / "Mira").glob("*.txt"))]


def test_what_a_tagger_sees_is_shown_before_it_is_written(studio, dialog: AutoTagDialog, project_folder: Path,
                                                          tmp_path: Path) -> None:
    before, tab = captions(project_folder), dialog.tags
    studio.answers.folders = [write_tiny_tagger(tmp_path / "tagger", ["blue dress", "green hat", "red scarf"])]
    tab.choice.ask()
    tab.threshold.setValue(0.05)
    click(tab.mode._buttons["merge"])
    click(tab.scopes._buttons["1"])
    click(tab._look)
    studio.finish()
    assert captions(project_folder) == before
    assert [each.image.path.name for each in tab.list.changes.previews] == ["00.png", "01.png"]
    tab.list.changes.tick([1], False)
    click(tab._write)
    assert captions(project_folder)[1:] == before[1:]
    assert "green hat" in captions(project_folder)[0]
    assert studio.session.desk.undo_text == "1 picture tagged"
    studio.session.undo()
    assert captions(project_folder) == before


def test_skip_leaves_captions_alone_and_says_so(studio, dialog: AutoTagDialog, tmp_path: Path) -> None:
    studio.answers.folders = [write_tiny_tagger(tmp_path / "tagger", ["blue dress"])]
    dialog.tags.choice.ask()
    click(dialog.tags._look)
    studio.finish()
    assert "skipped" in dialog.tags._found.text()
    assert not dialog.tags._write.isEnabled()


def test_a_folder_without_a_tagger_is_told_in_the_dialog(studio, dialog: AutoTagDialog, tmp_path: Path) -> None:
    studio.answers.folders = [tmp_path]
    dialog.tags.choice.ask()
    click(dialog.tags.mode._buttons["merge"])
    click(dialog.tags._look)
    studio.finish()
    assert dialog.tags.error.text and dialog.tags._look.isEnabled()


def test_a_server_sees_tags_alone_unless_sending_pictures_is_ticked(studio, dialog: AutoTagDialog,
                                                                    project_folder: Path) -> None:
    tab = dialog.sentences
    dialog.tabs.setCurrentWidget(tab)
    with chat_stand_in() as server:
        for name, text in (("endpoint", server.url), ("model", "llava")):
            editor = tab.form.field(name).editor
            editor.setText(text)
            editor.editingFinished.emit()
        click(tab.scopes._buttons["2"])
        assert tab._promise.text() == f"Only the tags of 1 picture without sentences are sent to {server.url}."
        click(tab._go)
        studio.finish()
        assert captions(project_folder)[0].endswith(". She waves at the viewer. Her hair is loose.")
        assert "image_url" not in str(server.asked[0])
        assert tab._told.text().startswith("1 caption has sentences now.")
        tab.send.setChecked(True)
        click(tab.scopes._buttons["1"])
        click(tab._go)
        studio.finish()
        assert "image_url" in str(server.asked[1])
    assert studio.session.records.all[1].sentences


def test_an_address_that_is_none_is_told_at_once(studio, dialog: AutoTagDialog) -> None:
    dialog.tabs.setCurrentWidget(dialog.sentences)
    click(dialog.sentences._go)
    assert "address" in dialog.sentences.error.text


def test_a_look_that_nobody_waits_for_ends(studio, dialog: AutoTagDialog) -> None:
    click(dialog.tags.mode._buttons["merge"])
    click(dialog.tags._look)
    task = dialog.tags._task
    dialog.reject()
    assert task.is_stopping or task.ending
    studio.finish()
