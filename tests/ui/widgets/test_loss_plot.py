"""Curves are read, zoomed and followed; how long a run is makes no difference."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ui.viewstate.series import Curve, columns_of
from ui.widgets.loss_plot import LossPlot


def curve(count: int, loss: float = 0.5, first: int = 1) -> Curve:
    made = Curve()
    made.take(columns_of([(step, 8 * step, loss, 1e-4, 0.5, 1) for step in range(first, first + count)]))
    return made


@pytest.fixture
def plot(qtbot) -> LossPlot:
    made = LossPlot()
    qtbot.addWidget(made)
    made.resize(700, 300)
    made.show()
    return made


def wheel(plot: LossPlot, at: QPointF, notches: int) -> None:
    event = QWheelEvent(at, plot.mapToGlobal(at), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton,
                        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(plot, event)


def move(plot: LossPlot, x: int, y: int, held: Qt.MouseButton = Qt.MouseButton.NoButton) -> None:
    at = QPointF(x, y)
    QApplication.sendEvent(plot, QMouseEvent(QEvent.Type.MouseMove, at, plot.mapToGlobal(at), Qt.MouseButton.NoButton,
                                             held, Qt.KeyboardModifier.NoModifier))


def test_without_a_step_there_is_an_empty_chart(plot: LossPlot) -> None:
    plot.show_curves({"v1": Curve()})
    wheel(plot, QPointF(200, 100), 3)
    assert not plot.grab().isNull() and plot.told == ""


def test_the_mouse_reads_every_curve_that_is_there(plot: LossPlot) -> None:
    plot.show_curves({"v1": curve(1000, 0.25), "v2": curve(400, 0.5)})
    move(plot, 200, 60)
    lines = plot.told.splitlines()
    assert lines[0].startswith("step 2") and lines[1:] == [
        "v1: 0.2500, mean 0.2500, rate 1e-4", "v2: 0.5000, mean 0.5000, rate 1e-4"]
    move(plot, 500, 60)
    assert [line[:2] for line in plot.told.splitlines()[1:]] == ["v1"], "a curve that has ended says nothing"


def test_the_wheel_zooms_at_the_mouse_and_home_shows_all_again(plot: LossPlot) -> None:
    plot.show_curves({"v1": curve(1000)})
    at = QPointF(300, 100)
    before = plot._value_at(at.x())
    wheel(plot, at, 4)
    assert plot.view.width < 500 and plot._value_at(at.x()) == pytest.approx(before) and not plot.is_following
    QTest.keyClick(plot, Qt.Key.Key_Home)
    assert plot.is_following and plot.view.high == 1000


def test_dragging_pans_and_ends_at_the_ends(plot: LossPlot) -> None:
    plot.show_curves({"v1": curve(1000)})
    wheel(plot, QPointF(300, 100), 6)
    low = plot.view.low
    QTest.mousePress(plot, Qt.MouseButton.LeftButton, pos=QPoint(300, 100))
    move(plot, 400, 100, Qt.MouseButton.LeftButton)
    assert plot.view.low < low
    move(plot, 9000, 100, Qt.MouseButton.LeftButton)
    QTest.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=QPoint(9000, 100))
    assert plot.view.low == pytest.approx(1)


def test_it_follows_a_curve_that_grows_unless_somebody_looks_closer(plot: LossPlot) -> None:
    growing = curve(100)
    plot.show_curves({"v1": growing})
    growing.take(columns_of([(200, 1600, 0.1, 1e-4, 0.5, 2)]))
    plot.refresh()
    assert plot.view.high == 200
    wheel(plot, QPointF(300, 100), 4)
    high = plot.view.high
    growing.take(columns_of([(900, 7200, 0.1, 1e-4, 0.5, 3)]))
    plot.refresh()
    assert plot.view.high == high


def test_a_name_of_the_legend_hides_its_curve(plot: LossPlot) -> None:
    plot.show_curves({"v1": curve(100, 0.2), "v2": curve(100, 0.9)})
    place = plot._legend()[1].center()
    QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=place)
    assert [each.is_shown for each in plot.shown] == [True, False]
    plot.show_curves({"v1": curve(120, 0.2), "v2": curve(120, 0.9)})
    assert [each.is_shown for each in plot.shown] == [True, False], "it stays hidden while the run grows"


def test_exposures_put_runs_of_other_batches_on_one_scale(plot: LossPlot) -> None:
    plot.show_curves({"v1": curve(100)})
    plot.set_axis("exposures")
    assert plot.view.high == 800


def test_losses_that_are_no_numbers_or_no_logarithms_are_left_out(plot: LossPlot) -> None:
    made = Curve()
    made.take(columns_of([(step, step, [None, 0.0, 0.1][step % 3], 1e-4, 0.5, 1) for step in range(1, 60)]))
    plot.show_curves({"v1": made})
    plot.set_log(True)
    assert not plot.grab().isNull() and np.isnan(made.losses[2])
