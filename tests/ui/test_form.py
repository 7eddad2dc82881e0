"""A form is made of knobs and knows no setting by name."""

from dataclasses import dataclass

import pytest
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLineEdit

from studio.core.knobs import knob
from ui.form import Form


@dataclass(frozen=True, slots=True)
class Settings:
    rank: int = knob(32, "Rank", "How much the LoRA can learn.", lo=1, hi=256)
    rate: float = knob(2e-5, "Learning rate", "How fast.", lo=0.0, hi=1.0)
    kind: str = knob("lora", "Kind", "Which weights.", choices=("lora", "lokr"))
    flip: bool = knob(False, "Mirror", "Mirrored pictures too.")
    seeds: tuple[int, ...] = knob((1, 2), "Seeds", "Of the previews.", unit="seeds")


@pytest.fixture
def form(application: QApplication) -> Form:
    return Form(Settings())


def test_each_kind_of_setting_has_its_editor(form: Form) -> None:
    kinds = {name: type(form.field(name).editor) for name in ("rank", "rate", "kind", "flip", "seeds")}
    assert kinds == {"rank": QLineEdit, "rate": QLineEdit, "kind": QComboBox, "flip": QCheckBox, "seeds": QLineEdit}
    assert form.field("rate").editor.text() == "2e-05" and form.field("seeds").editor.text() == "1, 2"


def test_words_limits_and_raw_names_come_from_the_declaration(form: Form) -> None:
    field = form.field("rank")
    assert field.label.text() == "Rank" and field.editor.accessibleName() == "Rank"
    assert all(part in field.editor.toolTip() for part in ("How much the LoRA can learn.", "rank", "1 – 256"))


def enter(form: Form, name: str, text: str) -> None:
    editor = form.field(name).editor
    editor.clear()
    QTest.keyClicks(editor, text)
    editor.editingFinished.emit()


def test_what_is_entered_is_told_as_a_whole_value(form: Form) -> None:
    heard = QSignalSpy(form.changed)
    enter(form, "rank", "16")
    form.field("flip").editor.click()
    enter(form, "seeds", "7, 8, 9")
    assert form.value == Settings(rank=16, flip=True, seeds=(7, 8, 9)) and heard.count() == 3


def test_what_cannot_be_is_told_under_its_field_and_changes_nothing(form: Form) -> None:
    enter(form, "rank", "1000")
    assert "at most 256" in form.field("rank").error and form.value == Settings()
    enter(form, "rank", "24")
    assert form.field("rank").error == "" and form.value.rank == 24


def test_a_form_can_show_a_few_settings_in_an_order_of_its_own(application: QApplication) -> None:
    form = Form(Settings(), only=("kind", "rank"))
    form.field("kind").editor.setCurrentIndex(1)
    form.field("kind").editor.activated.emit(1)
    assert form.value.kind == "lokr"
    with pytest.raises(KeyError):
        form.field("rate")
