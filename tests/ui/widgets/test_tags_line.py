import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QVBoxLayout

from studio.core.completion import complete, own_tags
from ui.widgets.tags_line import TagsLine

INDEX = own_tags([("red dress", 5), ("dress", 9), ("smile", 3)])


@pytest.fixture
def line(application) -> TagsLine:
    dialog = QDialog()
    made = TagsLine(lambda text: complete(text, INDEX))
    QVBoxLayout(dialog).addWidget(made)
    dialog.resize(500, 400)
    dialog.show()
    made.setFocus()
    yield made
    dialog.close()


def test_the_tag_at_the_cursor_is_completed_and_its_neighbours_stay(line: TagsLine) -> None:
    line.setText("smile, , hat")
    line.setCursorPosition(7)
    QTest.keyClicks(line, "dr")
    assert line.suggestions[0] == "dress"
    QTest.keyClick(line, Qt.Key.Key_Tab)
    assert line.text() == "smile, dress, hat" and line.suggestions == ()


def test_enter_takes_only_what_was_gone_to(line: TagsLine) -> None:
    QTest.keyClicks(line, "dr")
    second = line.suggestions[1]
    QTest.keyClick(line, Qt.Key.Key_Down)
    QTest.keyClick(line, Qt.Key.Key_Down)
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert line.text() == second


def test_a_choice_is_told_like_typing_and_escape_closes_the_list_alone(line: TagsLine) -> None:
    told: list[str] = []
    line.textEdited.connect(told.append)
    QTest.keyClicks(line, "smi")
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert line.suggestions == () and line.window().isVisible()
    QTest.keyClicks(line, "l")
    QTest.keyClick(line, Qt.Key.Key_Tab)
    assert told[-1] == "smile"


def test_without_suggestions_it_is_a_plain_line(line: TagsLine) -> None:
    line.find = None
    QTest.keyClicks(line, "dr")
    assert line.suggestions == () and line.text() == "dr"
