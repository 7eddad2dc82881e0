"""A folder of LoRA epochs is dropped or chosen, asked about once, and its epochs page opens."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from studio.store import runs
from tests.kohya_epochs import write_epoch
from ui.dialogs.epochs_door import EpochsDoor
from ui.widgets.drop_overlay import drop_text


@pytest.fixture
def folder(tmp_path: Path, tiny_anima) -> Path:
    for epoch in (10, 20, 30):
        write_epoch(tmp_path / "out" / f"kohaku_v2_epoch{epoch}.safetensors", tiny_anima, epoch)
    return tmp_path / "out"


@pytest.fixture
def at_home(app, tmp_path: Path, tiny_base):
    """A window that makes projects in a folder of the test and knows the tiny base."""
    app.session.settings.remember(folder_projects=str(tmp_path / "projects"))
    return app


def door(app) -> EpochsDoor:
    return next(each for each in app.window.findChildren(EpochsDoor) if each.isVisible())


def mime(*paths: Path) -> QMimeData:
    made = QMimeData()
    made.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return made


def drop(widget: QWidget, data: QMimeData) -> None:
    at, buttons, keys = QPoint(40, 40), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(widget, QDragEnterEvent(at, Qt.DropAction.CopyAction, data, buttons, keys))
    QApplication.sendEvent(widget, QDropEvent(QPointF(at), Qt.DropAction.CopyAction, data, buttons, keys))


def press(button) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_the_second_door_opens_and_a_folder_becomes_a_project_with_its_epochs(at_home, folder, tiny_base, tmp_path):
    app = at_home
    app.actions["project.epochs"].trigger()
    app.answers.folders.append(folder)
    press(button(door(app), "Choose a folder …"))
    app.finish(lambda: door(app).chosen is not None)
    assert door(app).run.currentText() == "kohaku_v2: 3 epochs, 10 to 30"
    assert door(app).form.trigger.text() == "kohaku" and "name of the files" in door(app).form.trigger_note.text()
    assert not door(app)._take.isEnabled() and "base" in door(app)._take.toolTip()
    app.answers.chosen_files.append(tiny_base.transformer)
    press(button(door(app), "A file …"))
    assert door(app)._take.isEnabled()
    press(door(app)._take)
    app.finish(lambda: app.session.is_open and app.window.page == "epochs")
    place = app.session.place
    assert place.folder == tmp_path / "projects" / "kohaku_v2" and place.project.characters[0].trigger == "kohaku"
    page = app.window.page_widget("epochs")
    app.finish(lambda: page.shelf.has_looked and not page.shelf.is_busy)
    assert page.shelf.found.saved == {runs.find_run(place, "latest").id: (10, 20, 30)}
    assert page.parts.no_series.isVisible() and page.parts.draw.isEnabled()


def test_a_folder_of_epochs_can_be_dropped_anywhere_and_the_window_says_so(studio, folder):
    data = mime(folder)
    assert "compare the LoRA epochs in “out”" in drop_text(data, studio.session.project)
    drop(studio.window, data)
    studio.finish(lambda: door(studio).chosen is not None)
    assert len(door(studio).form.place._buttons) == 2, "the open project can be joined"
    door(studio).reject()


def test_pictures_are_still_pictures(studio, draw_picture, tmp_path):
    draw_picture(tmp_path / "pictures" / "one.png", 3)
    assert "look at it" in drop_text(mime(tmp_path / "pictures"), studio.session.project)


def test_a_folder_without_epochs_is_told_where_it_happened_and_another_can_be_dropped(at_home, folder, tmp_path):
    app = at_home
    (tmp_path / "empty").mkdir()
    app.actions["project.epochs"].trigger()
    door(app).read(tmp_path / "empty")
    app.finish(lambda: bool(door(app).error.text))
    assert door(app).error.text.startswith("There is no LoRA in") and not door(app)._take.isEnabled()
    drop(door(app), mime(folder))
    app.finish(lambda: door(app).chosen is not None)
    assert door(app).error.text == ""
    door(app).reject()


def test_a_joined_project_shows_the_run_it_was_given_and_is_not_asked_again(studio, folder, tiny_base):
    session = studio.session
    EpochsDoor(session, studio.window, folder).open()
    studio.finish(lambda: door(studio).chosen is not None)
    door(studio).form.place.choose("open")
    door(studio).form.trigger.setText("miravelo")
    studio.answers.chosen_files.append(tiny_base.transformer)
    press(button(door(studio), "A file …"))
    press(door(studio)._take)
    studio.finish(lambda: studio.window.page == "epochs" and not session.jobs.open)
    [taken] = runs.runs_of(session.place)
    assert runs.read_dataset(taken).triggers == ("miravelo",) and session.project.base == "practice"
    EpochsDoor(session, studio.window, folder).open()
    studio.finish(lambda: door(studio).chosen is not None)
    assert door(studio).form.trigger.text() == "miravelo" and door(studio).form.place.value == "open"
    door(studio).reject()


def button(top: QWidget, name: str):
    from PySide6.QtWidgets import QPushButton

    return next(each for each in top.findChildren(QPushButton) if each.text() == name)
