"""Zoom keeps what is under the cursor where it is; a box is drawn in shares of the picture."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QPixmap, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.core.recipe import load_recipe
from studio.core.record import Box
from ui.viewstate.crop import crop_of
from ui.widgets.viewer import Viewer


@pytest.fixture
def viewer(application, qtbot) -> Viewer:
    made = Viewer(QColor("#222222"))
    qtbot.addWidget(made)
    made.resize(400, 400)
    made.show()
    pixmap = QPixmap(800, 600)
    pixmap.fill(QColor("#ff0000"))
    made.show_picture(pixmap, 800, 600)
    return made


def turn(viewer: Viewer, at: QPoint, notches: int) -> None:
    event = QWheelEvent(QPointF(at), QPointF(at), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton,
                        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(viewer, event)


def test_a_picture_is_fitted_at_first(viewer: Viewer) -> None:
    place = viewer._place()
    assert place.width() == pytest.approx(384) and place.height() == pytest.approx(288)


def test_the_wheel_keeps_what_is_under_the_cursor(viewer: Viewer) -> None:
    turn(viewer, QPoint(200, 200), 6)  # until no side fits any more
    at = QPoint(150, 180)
    before = viewer._share_at(QPointF(at))
    turn(viewer, at, 2)
    after = viewer._share_at(QPointF(at))
    assert (after.x(), after.y()) == (pytest.approx(before.x()), pytest.approx(before.y()))


def test_full_size_is_one_pixel_for_one_and_back(viewer: Viewer) -> None:
    fit = viewer.scale
    viewer.toggle_full_size()
    assert viewer.scale * viewer.devicePixelRatioF() == pytest.approx(1)
    viewer.toggle_full_size()
    assert viewer.scale == pytest.approx(fit)


def test_a_large_picture_is_dragged_and_never_beyond_its_edge(viewer: Viewer) -> None:
    viewer.toggle_full_size()
    QTest.mousePress(viewer, Qt.MouseButton.LeftButton, pos=QPoint(10, 200))
    QTest.mouseMove(viewer, QPoint(390, 200))
    QTest.mouseMove(viewer, QPoint(395, 200))
    QTest.mouseRelease(viewer, Qt.MouseButton.LeftButton, pos=QPoint(395, 200))
    assert viewer._place().left() == pytest.approx(0, abs=0.5)


def test_a_box_is_drawn_once_in_shares_of_the_picture(viewer: Viewer) -> None:
    drawn: list[Box] = []
    viewer.box_drawn.connect(drawn.append)
    viewer.draw_box("ribbon")
    place = viewer._place()
    QTest.mousePress(viewer, Qt.MouseButton.LeftButton, pos=place.topLeft().toPoint())
    QTest.mouseMove(viewer, place.center().toPoint())
    QTest.mouseRelease(viewer, Qt.MouseButton.LeftButton, pos=place.center().toPoint())
    assert drawn == [Box(*(pytest.approx(share, abs=0.01) for share in (0, 0, 0.5, 0.5)))]
    assert not viewer.is_drawing


def test_what_training_cuts_off_is_darker(viewer: Viewer) -> None:
    crop = crop_of(1600, 600, load_recipe("official"))
    viewer.show_crop(crop)
    seen, place = viewer.grab().toImage(), viewer._place()
    edge = seen.pixelColor(int(place.left()) + 3, int(place.center().y()))
    middle = seen.pixelColor(int(place.center().x()), int(place.center().y()))
    assert crop.kept.left > 0.01 and edge.red() < middle.red() == 255
