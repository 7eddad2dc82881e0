"""The frame: pages, keys, drops, and leaving."""

import time
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from tests.architecture.tree import ROOT
from ui import theme
from ui.pages import pages
from ui.widgets.panes import Panes
from ui.widgets.sidebar import Sidebar
from ui.widgets.status_strip import HEIGHT


def press(studio, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    studio.window.activateWindow()
    QTest.keyClick(studio.window, key, held)
    QApplication.processEvents()


def test_the_window_stays_a_frame() -> None:
    lines = (ROOT / "ui" / "main_window.py").read_text("utf-8").splitlines()
    assert len(lines) < 250


def test_without_a_project_there_is_the_start_page_and_pages_say_why_not(app) -> None:
    assert app.window.page == "" and app.window.findChildren(Sidebar) == []
    for page in pages():
        action = app.actions[f"page.{page.id}"]
        assert not action.isEnabled() and "No project is open" in action.toolTip()


def test_a_project_opens_on_its_first_page_and_later_on_the_last_one(studio, project_folder: Path) -> None:
    assert studio.window.page == "dataset" and studio.window.windowTitle().startswith("Mira · Character")
    studio.session.show_page("training")
    studio.session.close()
    assert studio.window.page == "" and studio.window.windowTitle() == "Character LoRA Studio"
    studio.open(project_folder)
    assert studio.window.page == "training"


@pytest.mark.parametrize("number, page", [(each, page.id) for each, page in enumerate(pages(), 1)][2:])
def test_pages_switch_by_number(studio, number: int, page: str) -> None:
    press(studio, Qt.Key(Qt.Key.Key_0 + number), Qt.KeyboardModifier.ControlModifier)
    assert studio.window.page == page and studio.actions[f"page.{page}"].isChecked()


def test_a_page_is_built_when_it_is_first_shown_and_kept(studio) -> None:
    assert "grids" not in studio.window._built
    studio.session.show_page("grids")
    built = studio.window.page_widget("grids")
    studio.session.show_page("evidence")
    studio.session.show_page("grids")
    assert studio.window.page_widget("grids") is built


def test_home_goes_to_the_start_page_and_back_while_the_project_stays_open(studio) -> None:
    press(studio, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert studio.window.page == "" and studio.session.is_open
    press(studio, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert studio.window.page == "dataset"


def test_side_panes_hide_and_come_back_on_every_page_and_stay_so(studio) -> None:
    studio.session.show_page("training")
    panes = Panes(studio.settings, "test", QLabel("left"), QLabel("middle"), QLabel("right"))
    panes.setParent(studio.window.page_widget("training"))
    press(studio, Qt.Key.Key_F9)
    assert not panes.are_sides_shown and studio.settings.state("sides_hidden", False) is True
    studio.session.show_page("grids")
    press(studio, Qt.Key.Key_F9)
    studio.session.show_page("training")
    assert panes.are_sides_shown


def test_pane_widths_are_remembered(studio) -> None:
    def made() -> Panes:
        panes = Panes(studio.settings, "widths", QLabel("left"), QLabel("middle"), QLabel("right"))
        panes.resize(1000, 300)
        panes.show()
        QApplication.processEvents()
        return panes

    first = made()
    first.setSizes([300, 500, 200])
    first.splitterMoved.emit(300, 1)
    assert abs(made().sizes()[0] - 300) <= 2


def dragged(studio, *paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def test_dragging_says_what_a_drop_will_do_and_dropping_asks_for_the_import(studio, tmp_path: Path) -> None:
    mime, asked = dragged(studio, tmp_path / "a", tmp_path / "b"), []
    studio.session.import_requested.disconnect()
    studio.session.import_requested.connect(asked.append)
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(9, 9), copy, mime, left, none)
    studio.window.dragEnterEvent(enter)
    overlay = studio.window._overlay
    assert enter.isAccepted() and overlay.isVisible() and "2 files or folders" in overlay.text
    drop = QDropEvent(QPointF(9, 9), copy, mime, left, none)
    studio.window.dropEvent(drop)
    assert drop.isAccepted() and not overlay.isVisible() and asked == [mime]


def test_text_that_is_dragged_over_the_window_is_not_ours(studio) -> None:
    mime = QMimeData()
    mime.setText("hello")
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton,
                            Qt.KeyboardModifier.NoModifier)
    enter.ignore()
    studio.window.dragEnterEvent(enter)
    assert not enter.isAccepted()


def test_pasting_nothing_says_so(studio) -> None:
    QGuiApplication.clipboard().clear()
    studio.actions["edit.paste"].trigger()
    assert "no picture" in studio.window.toasts.shown[-1].notice.text


def test_notices_stack_and_the_oldest_makes_room(studio) -> None:
    for number in range(5):
        studio.session.say(f"notice {number}")
    assert [toast.notice.text for toast in studio.window.toasts.shown] == ["notice 2", "notice 3", "notice 4"]
    tops = [toast.y() for toast in studio.window.toasts.shown]
    assert tops == sorted(tops) and all(toast.isVisible() for toast in studio.window.toasts.shown)
    lowest = studio.window.toasts.shown[-1].geometry().bottom()
    assert lowest < studio.window.height() - HEIGHT - theme.TOUCH, "a page's lowest row of buttons can be pressed"


def test_a_notice_offers_to_undo_what_it_tells_of(studio) -> None:
    first = studio.session.all[0].id
    studio.session.edit(lambda desk: desk.set("5 stars", "stars", {first: 5}))
    studio.session.say("One picture has 5 stars", undo=True)
    toast = studio.window.toasts.shown[-1]
    QTest.mouseClick(toast.findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert studio.session.records.of(first)[0].stars == 0 and toast not in studio.window.toasts.shown


def test_the_window_comes_back_where_it_was(app, application) -> None:
    app.window.setGeometry(0, 0, 853, 640)
    app.window.close()
    from ui.app import App

    again = App(application, app.settings, app.answers)
    assert (again.window.width(), again.window.height()) == (853, 640)
    again.session.jobs.close()
    again.window.deleteLater()


def test_closing_while_a_job_runs_asks_once_and_waits_for_it(app, slow_job) -> None:
    task = app.session.run(slow_job, "Training Mira")
    app.finish(lambda: task.course.status == "running")
    app.window.close()
    assert app.window.isVisible() and app.answers.asked == ["“Training Mira” is still at work."]
    app.answers.choices = [0]
    app.window.close()
    app.window.close()
    assert len(app.answers.asked) == 2 and task.is_stopping
    app.finish(lambda: not app.window.isVisible())
    assert task.course.status == "stopped"


def test_closing_while_nothing_runs_asks_nothing_and_gives_the_project_back(studio, project_folder: Path) -> None:
    from studio.store.workspace import open_project

    began = time.monotonic()
    studio.window.close()
    assert studio.answers.asked == [] and not studio.window.isVisible() and time.monotonic() - began < 5
    open_project(project_folder).close()


def test_a_project_that_closes_takes_its_pages_and_their_actions_along(studio) -> None:
    gone = QSignalSpy(studio.session.project_closing)
    page = studio.window.page_widget("training")
    studio.actions.add("training.begin", "Begin", lambda: None, icon="play", tip="", group="Training", within=page)
    studio.session.close()
    assert gone.count() == 1 and "training.begin" not in studio.actions and "Training" not in studio.actions.groups
