"""A picture is the same object on the data set page and in the filmstrip of the captions page."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.ui.conftest import Studio
from ui.pages.captions import CaptionsPage
from ui.pages.dataset import DatasetPage

Keys = Qt.Key
FIRST_FIVE = ["Open large", "Peek", "Edit the caption", "Copy", "Show in the file manager"]


@pytest.fixture(params=["dataset", "captions"])
def page(request, studio: Studio) -> DatasetPage | CaptionsPage:
    studio.session.show_page(request.param)
    made = studio.window.page_widget(request.param)
    studio.window.activateWindow()
    studio.finish(studio.window.isActiveWindow)
    return made


def view_of(page: DatasetPage | CaptionsPage):
    return page.gallery.view if isinstance(page, DatasetPage) else page.parts.strip


def large_of(page: DatasetPage | CaptionsPage):
    return page.large if isinstance(page, DatasetPage) else page.parts.large


def place_of(page: DatasetPage | CaptionsPage, row: int) -> QPoint:
    view = view_of(page)
    return view.visualRect(view.model().index(row, 0)).center()


def click(page: DatasetPage | CaptionsPage, row: int, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    QTest.mouseClick(view_of(page).viewport(), Qt.MouseButton.LeftButton, modifiers, place_of(page, row))


def test_the_menu_begins_with_the_same_five_entries(page) -> None:
    click(page, 1)
    entries = page.pictures.menu().actions()
    assert [each.text() for each in entries[:5]] == FIRST_FIVE and all(each.isEnabled() for each in entries[:5])
    assert entries[5].isSeparator() and len(entries) > 6


def test_right_click_shows_that_menu(studio: Studio, page, monkeypatch) -> None:
    shown = []
    monkeypatch.setattr(page.pictures, "menu", lambda: type("Menu", (), {"popup": lambda self, at: shown.append(at)})())
    view_of(page).customContextMenuRequested.emit(place_of(page, 1))
    assert len(shown) == 1


def test_double_click_opens_large_arrows_step_and_escape_returns(studio: Studio, page) -> None:
    click(page, 1)
    QTest.mouseDClick(view_of(page).viewport(), Qt.MouseButton.LeftButton, pos=place_of(page, 1))
    large = large_of(page)
    assert large.isVisible() and studio.session.current == studio.session.all[1]
    QTest.keyClick(large.viewer, Keys.Key_Right)
    assert studio.session.current == studio.session.all[2] and "02.png" in large._name.text()
    QTest.keyClick(large.viewer, Keys.Key_Escape)
    assert not large.isVisible() and view_of(page).hasFocus()


def test_space_peeks_and_space_returns_to_the_list(studio: Studio, page) -> None:
    click(page, 1)
    QTest.keyClick(view_of(page), Keys.Key_Space)
    peek = page.pictures.peek_pane
    assert peek.isVisible()
    QTest.keyClick(peek._viewer, Keys.Key_Right)
    QTest.keyClick(peek._viewer, Keys.Key_Space)
    assert not peek.isVisible() and view_of(page).hasFocus()
    assert studio.session.current == studio.session.all[2]


def test_the_chosen_files_are_dragged_out_and_copied(studio: Studio, page) -> None:
    click(page, 1)
    click(page, 3, Qt.KeyboardModifier.ControlModifier)
    view = view_of(page)
    assert view.dragEnabled()
    dragged = view.model().mimeData([view.model().index(row, 0) for row in view.rows])
    files = [QUrl.toLocalFile(url) for url in dragged.urls()]
    assert files == [str(studio.session.place.folder / studio.session.all[row].image.path) for row in (1, 3)]
    QTest.keyClick(view, Keys.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert [QUrl.toLocalFile(url) for url in QGuiApplication.clipboard().mimeData().urls()] == files


def test_the_picture_beside_the_list_zooms_at_the_cursor_and_is_dragged(studio: Studio, page) -> None:
    click(page, 1)
    viewer = page.details.viewer if isinstance(page, DatasetPage) else page.parts.picture
    studio.finish(lambda: not viewer._pixmap.isNull())
    at, before = QPointF(viewer.width() / 2, viewer.height() / 2), viewer.scale
    for _ in range(12):
        turned = QWheelEvent(at, at, QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
                             Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)
        QApplication.sendEvent(viewer, turned)
    assert viewer.scale > 3 * before
    left = viewer._place().left()
    QTest.mousePress(viewer, Qt.MouseButton.LeftButton, pos=at.toPoint())
    QTest.mouseMove(viewer, at.toPoint() - QPoint(30, 0))
    QTest.mouseRelease(viewer, Qt.MouseButton.LeftButton, pos=at.toPoint() - QPoint(30, 0))
    assert viewer._place().left() == pytest.approx(left - 30)
    click(page, 2)
    assert viewer.scale == pytest.approx(viewer._fit), "another picture is fitted"
