from collections.abc import Iterator, Sequence

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.core.completion import KnownTag, Suggestion, TagIndex
from ui.widgets.caption_field import CaptionField

KEY = Qt.Key
INDEX = TagIndex([KnownTag("long_hair", 5_600_000, aliases=("longhair",)), KnownTag("long_sleeves", 2_000_000),
                  KnownTag("hatsune_miku", 120_000, "character"), KnownTag("smile", 3_400_000, aliases=("grinning",))])


@pytest.fixture
def field(application) -> Iterator[CaptionField]:
    window = QWidget()
    made = CaptionField(find=_find)
    QVBoxLayout(window).addWidget(made)
    window.resize(600, 400)
    window.show()
    made.said = []
    made.entered.connect(made.said.append)
    yield made
    window.close()


def _find(text: str) -> Sequence[Suggestion]:
    return INDEX.find(text)


def type_in(field: CaptionField, text: str, *keys: int, control: bool = False) -> None:
    QTest.keyClicks(field, text)
    for key in keys:
        QTest.keyClick(field, key, Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier)


def test_enter_adds_what_was_typed_and_not_what_is_suggested(field: CaptionField) -> None:
    type_in(field, "long", KEY.Key_Return)
    assert (field.said, field.text(), field.suggestions) == (["long"], "", ())


def test_tab_completes_by_the_first_suggestion_and_adds_nothing(field: CaptionField) -> None:
    type_in(field, "long", KEY.Key_Tab)
    assert (field.said, field.text()) == ([], "long hair")


def test_control_enter_completes_and_adds(field: CaptionField) -> None:
    type_in(field, "long s", KEY.Key_Return, control=True)
    assert field.said == ["long sleeves"]


def test_down_chooses_and_enter_adds_the_chosen_one(field: CaptionField) -> None:
    type_in(field, "long", KEY.Key_Down, KEY.Key_Down, KEY.Key_Return)
    assert field.said == ["long sleeves"]


def test_an_alias_finds_its_tag(field: CaptionField) -> None:
    type_in(field, "grinn", KEY.Key_Tab, KEY.Key_Return)
    assert field.said == ["smile"]


@pytest.mark.parametrize("comma", [",", "，", "、"])
def test_any_comma_ends_a_tag(field: CaptionField, comma: str) -> None:
    field.setText("smile" + comma)
    field.textEdited.emit(field.text())
    assert field.said == ["smile"]


def test_escape_closes_the_list_and_keeps_the_letters(field: CaptionField) -> None:
    type_in(field, "long", KEY.Key_Escape)
    assert (field.suggestions, field.text()) == ((), "long")


def test_the_list_never_takes_the_focus_and_a_click_adds(field: CaptionField) -> None:
    field.setFocus()
    type_in(field, "hats")
    view = field.popup._view
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(view.model().index(0, 0)).center())
    assert field.said == ["hatsune miku"]


def test_an_empty_field_tells_of_backspace_and_of_left(field: CaptionField) -> None:
    told = []
    field.taken_back.connect(lambda: told.append("back"))
    field.left_behind.connect(lambda: told.append("left"))
    type_in(field, "", KEY.Key_Backspace, KEY.Key_Left)
    type_in(field, "a", KEY.Key_Backspace)
    assert told == ["back", "left"]
