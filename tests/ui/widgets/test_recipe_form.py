"""The recipe form shows every setting once, finds it by what a person calls it, and marks what was changed."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication

from studio.core.draft import Draft
from studio.core.knobs import knobs_of
from studio.core.recipe import Recipe, load_recipe
from ui.viewstate.recipe_words import BASIC, HIDDEN, label_of, matches
from ui.widgets.recipe_form import RecipeForm

OFFICIAL = load_recipe("official")


@pytest.fixture
def draft() -> Draft:
    return Draft(OFFICIAL, OFFICIAL)


@pytest.fixture
def form(application: QApplication, draft: Draft) -> RecipeForm:
    made = RecipeForm(draft)
    made.resize(640, 900)
    made.show()
    return made


def test_every_setting_is_there_once_and_only_the_basic_ones_are_in_sight(form: RecipeForm) -> None:
    assert form.shown == BASIC
    form.search("e")  # which every help has
    assert set(form.shown) == {knob.name for knob in knobs_of(Recipe)} - set(HIDDEN)


def test_a_head_opens_and_closes_what_stands_below_it(form: RecipeForm) -> None:
    QTest.mouseClick(form.folds["previews"].head, Qt.MouseButton.LeftButton)
    assert "preview_cfg" in form.shown and "beta1" not in form.shown
    QTest.mouseClick(form.folds["previews"].head, Qt.MouseButton.LeftButton)
    assert form.shown == BASIC


@pytest.mark.parametrize("words, found", [
    ("mirror", {"flip"}), ("grad_accum", set()), ("weight_decay", {"weight_decay"}),
    ("seed", {"seed", "preview_seeds"}),
    ("cosine", {"lr_schedule"}), ("how much the lora", {"rank"}), ("PREVIEW cfg", {"preview_cfg", "preview_negative"}),
])
def test_a_search_finds_names_raw_names_help_and_choices(form: RecipeForm, words: str, found: set[str]) -> None:
    form.search(words)
    assert set(form.shown) == found
    form.search("")
    assert form.shown == BASIC


def test_a_search_leaves_folds_as_a_person_left_them(form: RecipeForm) -> None:
    QTest.mouseClick(form.folds["machine"].head, Qt.MouseButton.LeftButton)
    form.search("cosine")
    assert form.folds["optimizer"].is_open
    form.search("")
    assert form.folds["machine"].is_open and not form.folds["optimizer"].is_open


def test_what_differs_is_marked_with_the_way_back(form: RecipeForm, draft: Draft) -> None:
    form.show_draft(draft.with_setting("rank", 64))
    row, heard = form.row("rank"), QSignalSpy(form.reset_asked)
    assert row.is_changed and row.back.isVisible() and row.back.text() == "32"
    assert not form.row("epochs").back.isVisible()
    QTest.mouseClick(row.back, Qt.MouseButton.LeftButton)
    assert [heard.at(0)] == [["rank"]]


def test_only_what_differs_can_be_shown(form: RecipeForm, draft: Draft) -> None:
    form.show_draft(draft.with_setting("beta2", 0.95))
    form.show_only_changed(True)
    assert form.shown == ("beta2",)


def test_typing_is_told_key_by_key_and_nonsense_only_at_its_end(form: RecipeForm) -> None:
    editor, heard = form.row("epochs").field.editor, QSignalSpy(form.entered)
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, "20")
    assert [heard.at(each) for each in range(heard.count())] == [["epochs", 2], ["epochs", 20]]
    editor.selectAll()
    QTest.keyClicks(editor, "many")
    assert form.row("epochs").field.error == ""
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert form.row("epochs").field.error.startswith("epochs")
    assert heard.count() == 2


def test_preview_prompts_are_a_line_each(form: RecipeForm) -> None:
    editor, heard = form.row("preview_prompts").field.editor, QSignalSpy(form.entered)
    editor.setPlainText("a girl, smile\n\n  a girl, from behind")
    assert heard.at(heard.count() - 1) == ["preview_prompts", ("a girl, smile", "a girl, from behind")]


def test_the_wheel_changes_no_choice_in_passing(form: RecipeForm) -> None:
    QTest.mouseClick(form.folds["optimizer"].head, Qt.MouseButton.LeftButton)
    choice = form.row("optimizer").field.editor
    form.setFocus()
    turn = QWheelEvent(QPointF(5, 5), QPointF(5, 5), QPoint(0, -120), QPoint(0, -120), Qt.MouseButton.NoButton,
                       Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(choice, turn)
    assert choice.currentData() == "adamw"


def test_the_raw_name_stands_in_the_tooltip() -> None:
    knob = next(each for each in knobs_of(Recipe) if each.name == "rank")
    assert "rank" in label_of(knob) and matches(knob, "rank") and not matches(knob, "rank unheard-of")
