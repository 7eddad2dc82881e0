"""What can be done everywhere, by key, palette and menu."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPushButton, QToolButton

from ui import theme
from ui.dialogs.base import BaseDialog
from ui.dialogs.new_project import NewProjectDialog
from ui.dialogs.settings import SettingsDialog
from ui.widgets.header import Header
from ui.widgets.palette import CommandPalette, matches
from ui.widgets.shortcuts import ShortcutOverlay


def dialog(kind: type) -> object:
    return next(each for each in QApplication.topLevelWidgets() if isinstance(each, kind) and each.isVisible())


def button(parent: object, text: str) -> QPushButton:
    return next(each for each in parent.findChildren(QPushButton) if each.text() == text)


def test_every_action_has_an_icon_a_tooltip_and_a_sentence(studio) -> None:
    for group, members in studio.actions.groups.items():
        for action in members:
            id = action.objectName()
            assert group and not action.icon().isNull() and studio.actions.tip(id)[-1:] in ".?!", id
            assert action.text() and not action.text().endswith("."), id


def test_no_two_actions_of_the_window_share_a_key(studio) -> None:
    keys = [key.toString() for members in studio.actions.groups.values() for action in members
            if action.parent() is studio.window for key in action.shortcuts()]
    assert len(keys) == len(set(keys)), sorted(keys)


def test_a_few_letters_find_an_action_and_enter_does_it(studio) -> None:
    studio.actions["help.palette"].trigger()
    palette = dialog(CommandPalette)
    QTest.keyClicks(palette.findChild(QLineEdit), "light")
    assert palette.shown()[0].objectName() == "view.light"
    QTest.keyClick(palette.findChild(QLineEdit), Qt.Key.Key_Return)
    assert theme.current().name == "light" and not palette.isVisible()
    assert studio.settings.choices.appearance == "light"


def test_the_arrows_move_in_the_palette_while_one_types(studio) -> None:
    studio.actions["help.palette"].trigger()
    palette = dialog(CommandPalette)
    field = palette.findChild(QLineEdit)
    QTest.keyClicks(field, "page")
    QTest.keyClick(field, Qt.Key.Key_Down)
    wanted = palette.shown()[1]
    done = []
    wanted.triggered.connect(lambda: done.append(wanted.objectName()))
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert done == [wanted.objectName()]


def test_names_count_before_groups_and_tips_and_what_is_off_comes_last(app) -> None:
    found = [action.objectName() for _, action in matches(app.actions, "page")]
    assert found[0] == "project.home"
    enabled = [app.actions[id].isEnabled() for id in found]
    assert enabled == sorted(enabled, reverse=True) and "page.dataset" in found
    assert matches(app.actions, "zzz") == []


def test_the_menu_holds_every_action(studio) -> None:
    menu = studio.window.findChild(Header).findChild(QToolButton).menu()
    menu.aboutToShow.emit()
    listed = {action.objectName() for below in menu.findChildren(QMenu) for action in below.actions()}
    assert listed >= {action.objectName() for members in studio.actions.groups.values() for action in members}


def test_the_shortcuts_are_shown_on_a_question_mark(studio) -> None:
    QTest.keyClick(studio.window, Qt.Key.Key_Question)
    overlay = dialog(ShortcutOverlay)
    assert overlay.isVisible()
    overlay.close()


def test_a_project_is_made_from_a_name_and_a_trigger(app, tmp_path: Path) -> None:
    app.settings.remember(folder_projects=str(tmp_path))
    app.actions["project.new"].trigger()
    asked = dialog(NewProjectDialog)
    assert not button(asked, "Make the project").isEnabled()
    QTest.keyClicks(asked.character, "Kohaku")
    QTest.keyClicks(asked.trigger, "kohakuvelo")
    assert asked.name.text() == "Kohaku" and Path(asked.folder.text()) == tmp_path / "Kohaku"
    QTest.mouseClick(button(asked, "Make the project"), Qt.MouseButton.LeftButton)
    assert app.session.project.name == "Kohaku" and app.session.place.folder == tmp_path / "Kohaku"
    assert app.session.project.characters[0].trigger == "kohakuvelo" and not asked.isVisible()
    app.finish()


def test_what_is_wrong_with_a_new_project_is_told_in_its_dialog(app, tmp_path: Path) -> None:
    (tmp_path / "Kohaku").mkdir()
    (tmp_path / "Kohaku" / "something").write_text("")
    app.settings.remember(folder_projects=str(tmp_path))
    app.actions["project.new"].trigger()
    asked = dialog(NewProjectDialog)
    QTest.keyClicks(asked.character, "Kohaku")
    asked.make()
    assert asked.isVisible() and "is not empty" in asked.error.text and not app.session.is_open
    QTest.keyClicks(asked.name, " 2")
    asked.make()
    assert "trigger" in asked.error.text
    asked.reject()


def test_another_folder_can_be_chosen(app, tmp_path: Path) -> None:
    app.actions["project.new"].trigger()
    asked = dialog(NewProjectDialog)
    QTest.keyClicks(asked.character, "Kohaku")
    app.answers.folders = [tmp_path]
    QTest.mouseClick(button(asked, "Choose …"), Qt.MouseButton.LeftButton)
    assert Path(asked.folder.text()) == tmp_path / "Kohaku"
    asked.reject()


def test_a_project_is_opened_by_its_folder(app, project_folder: Path) -> None:
    app.answers.folders = [project_folder, project_folder.parent]
    app.actions["project.open"].trigger()
    assert app.session.project.name == "Mira"
    app.actions["project.open"].trigger()
    assert app.session.project.name == "Mira" and "is not a project" in app.window.toasts.shown[-1].notice.text


def test_nobody_who_thinks_better_of_it_gets_a_project(app) -> None:
    app.actions["project.open"].trigger()
    assert not app.session.is_open and app.answers.asked == ["Open a project"]


def test_a_base_is_chosen_from_what_is_found(studio, tmp_path: Path) -> None:
    weights = tmp_path / "anima.safetensors"
    weights.touch()
    studio.actions["project.base"].trigger()
    asked = dialog(BaseDialog)
    studio.finish()
    assert asked.names() == ("practice",)
    studio.answers.chosen_files = [weights]
    QTest.mouseClick(button(asked, "A file …"), Qt.MouseButton.LeftButton)
    assert asked.names() == ("practice", str(weights))
    QTest.mouseClick(button(asked, "Use this base"), Qt.MouseButton.LeftButton)
    assert studio.session.project.base == str(weights) and not asked.isVisible()


def test_settings_take_effect_as_they_are_changed(app, tmp_path: Path) -> None:
    app.actions["view.settings"].trigger()
    asked = dialog(SettingsDialog)
    editor = asked.form.field("appearance").editor
    editor.setCurrentIndex(editor.findData("light"))
    editor.activated.emit(editor.currentIndex())
    assert theme.current().name == "light"
    path = asked.form.field("comfyui").editor
    QTest.keyClicks(path, "/models")
    path.editingFinished.emit()
    assert app.settings.choices.comfyui == "/models"
    asked.accept()


@pytest.mark.parametrize("name", ["dark", "light"])
def test_the_theme_can_be_chosen_by_an_action(app, name: str) -> None:
    app.actions[f"view.{name}"].trigger()
    assert theme.current().name == name and app.settings.choices.appearance == name


def test_the_surround_is_remembered(app) -> None:
    app.actions["view.surround"].trigger()
    assert app.look.surround_name == "middle" == app.settings.choices.surround
