"""The form of a scene: what is typed stands in the JSON and in the prompt at once."""

import json
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from studio.core.project import Character, with_character
from ui.dialogs.scene_dialog import SceneDialog, open_scene

TRIGGERS = {"Mira": "miravelo", "Kana": "kanachan", "Koharu": "koharux", "Kurara": "kurarax"}


@pytest.fixture
def dialog(studio):
    project = studio.session.project
    for name, trigger in list(TRIGGERS.items())[1:]:
        project = with_character(project, Character(name, trigger))
    studio.session.save_project(project)
    made = SceneDialog(studio.session, studio.window)
    made.show()
    yield made
    made.close()


def scene(dialog) -> dict:
    return json.loads(dialog.json.toPlainText())


def test_four_characters_are_four_triggers_and_three_after_one_is_switched_off(dialog) -> None:
    assert scene(dialog)["lora_trigger"] == "miravelo, kanachan, koharux, kurarax"
    dialog.relations.setPlainText("Kurara waves to Mira")
    assert scene(dialog)["relations"] == ["kurarax waves to miravelo"]
    dialog.figures[3].enabled.click()
    assert scene(dialog)["lora_trigger"] == "miravelo, kanachan, koharux"
    assert "kurara" not in (dialog.json.toPlainText() + dialog.prompt.toPlainText() + dialog.triggers.text()).casefold()
    assert not dialog.figures[3]._usual.isVisible()


def test_typing_is_seen_at_once(dialog) -> None:
    QTest.keyClicks(dialog.setting["place"], "a park")
    QTest.keyClicks(dialog.figures[0].fields["action"], "holding Kana's hand")
    assert scene(dialog)["global"]["place"] == "a park"
    assert "miravelo: holding kanachan's hand" in dialog.prompt.toPlainText()


def test_a_scene_is_saved_and_opened_again(studio, dialog, tmp_path: Path) -> None:
    QTest.keyClicks(dialog.setting["weather"], "rain")
    dialog.figures[1].enabled.click()
    before = dialog.json.toPlainText()
    studio.answers.chosen_files = [tmp_path / "scene.json"]
    dialog.save()
    other = SceneDialog(studio.session, studio.window)
    studio.answers.chosen_files = [tmp_path / "scene.json"]
    other.open_file()
    assert other.json.toPlainText() == before
    (tmp_path / "scene.json").write_text(before.replace('"rain"', "7"), "utf-8")
    studio.answers.chosen_files = [tmp_path / "scene.json"]
    other.open_file()
    assert "global.weather is 7" in other.error.text
    other.close()


def test_both_can_be_copied(dialog) -> None:
    dialog.copy_json()
    assert QGuiApplication.clipboard().text() == dialog.json.toPlainText()
    dialog.copy_prompt()
    assert QGuiApplication.clipboard().text() == dialog.prompt.toPlainText()


def test_it_opens_from_its_action(studio) -> None:
    open_scene(studio.session, studio.window)
    found = studio.window.findChildren(SceneDialog)
    assert len(found) == 1 and found[0].isVisible()
    found[0].close()
