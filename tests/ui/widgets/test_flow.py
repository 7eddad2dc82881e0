"""Parts flow as words do: as many on a line as fit, their middles at one height."""

import pytest
from PySide6.QtWidgets import QWidget

from ui.widgets.flow import FlowLayout


@pytest.fixture
def flow(qapp) -> QWidget:
    holder = QWidget()
    layout = FlowLayout(holder, 4)
    for width, height in ((60, 10), (60, 30), (60, 20)):
        part = QWidget()
        part.setFixedSize(width, height)
        layout.addWidget(part)
    return holder


def boxes(flow: QWidget, width: int) -> list[tuple[int, int]]:
    flow.layout().setGeometry(flow.rect().adjusted(0, 0, width - flow.width(), 0))
    return [(part.x(), part.geometry().center().y()) for part in flow.findChildren(QWidget)]


def test_on_one_line_the_middles_are_at_one_height(flow: QWidget) -> None:
    assert boxes(flow, 188) == [(0, 14), (64, 14), (128, 14)]
    assert flow.layout().heightForWidth(188) == 30


def test_what_does_not_fit_begins_the_next_line(flow: QWidget) -> None:
    assert boxes(flow, 187) == [(0, 14), (64, 14), (0, 43)]
    assert flow.layout().heightForWidth(187) == 54
    assert flow.layout().heightForWidth(20) == 10 + 4 + 30 + 4 + 20
