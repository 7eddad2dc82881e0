"""Labels that give way, layouts that flow, choices side by side."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton, QWidget

from studio.core.errors import UserError
from ui.widgets.basics import Elided
from ui.widgets.flow import FlowLayout
from ui.widgets.inline_error import InlineError
from ui.widgets.segmented import Segmented


def test_a_long_path_gives_way_in_the_middle_and_is_whole_in_the_tooltip(application: QApplication) -> None:
    label = Elided("/a/very/long/path/to/some/folder/with/pictures", Qt.TextElideMode.ElideMiddle)
    label.resize(120, 20)
    label.show()
    assert "…" in label._shown() and label._shown().endswith("s") and label.toolTip() == label.text()
    label.resize(2000, 20)
    assert label._shown() == label.text() and label.toolTip() == ""


def test_chips_fill_lines_as_text_does(application: QApplication) -> None:
    holder = QWidget()
    flow = FlowLayout(holder, gap=4)
    chips = [QLabel() for _ in range(5)]
    for chip in chips:
        chip.setFixedSize(40, 20)
        flow.addWidget(chip)
    flow.setGeometry(QRect(0, 0, 140, 200))
    assert [(chip.x(), chip.y()) for chip in chips] == [(0, 0), (44, 0), (88, 0), (0, 24), (44, 24)]
    assert flow.heightForWidth(140) == 44 and flow.heightForWidth(40) == 116 and flow.minimumSize() == QSize(40, 20)


def test_a_chip_can_be_put_between_others(application: QApplication) -> None:
    holder = QWidget()
    flow = FlowLayout(holder)
    for text in ("a", "c"):
        flow.addWidget(QLabel(text))
    flow.insertWidget(1, QLabel("b"))
    assert [flow.itemAt(index).widget().text() for index in range(flow.count())] == ["a", "b", "c"]


def test_of_several_choices_one_is_chosen(application: QApplication) -> None:
    choices = Segmented([("grid", "Grid", "grids"), ("list", "List", "list")], "list")
    heard = QSignalSpy(choices.chosen)
    assert choices.value == "list"
    choices.choose("grid")
    assert choices.value == "grid" and heard.count() == 0
    QTest.mouseClick(choices.findChildren(QToolButton)[1], Qt.MouseButton.LeftButton)
    assert choices.value == "list" and heard.at(0) == ["list"]


def test_an_error_stands_where_it_happened_until_it_is_cleared(application: QApplication) -> None:
    error = InlineError()
    assert error.text == ""
    error.tell(UserError("The folder is not empty", "Choose a new one."))
    assert error.text == "The folder is not empty Choose a new one." and not error.isHidden()
    error.clear()
    assert error.text == ""
