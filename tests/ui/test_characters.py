"""Who is taught: names, triggers, shares of an epoch, and who stands where."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.core.project import Character, Group, with_character, with_group
from ui.dialogs.characters import CharactersDialog, open_characters
from ui.dialogs.new_character import CharacterForm, NewCharacterDialog


@pytest.fixture
def cast(studio, draw_picture) -> CharactersDialog:
    """Mira with six pictures, Suzu with two, and one of both."""
    session = studio.session
    session.save_project(with_group(with_character(session.project, Character("Suzu", "suzukaze", 3)),
                                    Group(("Mira", "Suzu"), 2)))
    folder = session.place.images
    for number in range(2):
        draw_picture(folder / "Suzu" / f"s{number}.png", 40 + number)
    draw_picture(folder / "Mira+Suzu" / "both.png", 50)
    session.rescan()
    open_characters(session, studio.window)
    return studio.window.findChild(CharactersDialog)


def rows(dialog: CharactersDialog) -> list[list[str]]:
    items = (dialog._list.topLevelItem(place) for place in range(dialog._list.topLevelItemCount()))
    return [[item.text(column) for column in range(4)] + [item.toolTip(4)] for item in items]


def test_shares_of_an_epoch_are_shown(cast) -> None:
    assert rows(cast) == [["Mira", "miravelo", "6", "4", "24 exposures an epoch"],
                          ["Suzu", "suzukaze", "2", "3", "6 exposures an epoch"],
                          ["Mira + Suzu", "", "1", "2", "2 exposures an epoch"]]


def test_repeats_and_asymmetry_are_saved(studio, cast) -> None:
    cast.choose(("Suzu",))
    assert not cast.save_button.isEnabled()
    cast.form.repeats.setValue(8)
    QTest.keyClick(cast.form.asymmetric, Qt.Key.Key_Space)
    QTest.mouseClick(cast.save_button, Qt.MouseButton.LeftButton)
    assert studio.session.project.character("Suzu") == Character("Suzu", "suzukaze", 8, True)
    studio.session.rescan()
    assert rows(cast)[1][3] == "8"


def test_a_trigger_that_calls_somebody_else_cannot_be(cast) -> None:
    cast.choose(("Suzu",))
    cast.form.trigger.clear()
    QTest.keyClicks(cast.form.trigger, "miravelo")
    assert not cast.save_button.isEnabled()
    assert any("Mira" in remark.text for remark in cast.form.remarks)


def test_another_trigger_is_written_into_the_captions_if_wanted(studio, cast) -> None:
    cast.choose(("Mira",))
    cast.form.trigger.clear()
    QTest.keyClicks(cast.form.trigger, "mirasolka")
    studio.answers.choices = [0]
    QTest.mouseClick(cast.save_button, Qt.MouseButton.LeftButton)
    assert all("mirasolka" in record.caption and "miravelo" not in record.caption
               for record in studio.session.all if record.caption)
    studio.session.undo()
    assert any("miravelo" in record.caption for record in studio.session.all)


def test_a_new_character_comes_in(studio, cast) -> None:
    cast.introduce()
    asked = cast.findChild(NewCharacterDialog)
    QTest.keyClicks(asked.form.name, "Kana")
    QTest.keyClicks(asked.form.trigger, "kanavex")
    QTest.mouseClick(asked.add_button, Qt.MouseButton.LeftButton)
    assert studio.session.project.character("Kana").trigger == "kanavex"
    assert [row[0] for row in rows(cast)] == ["Mira", "Suzu", "Kana", "Mira + Suzu"]


def test_who_is_where_is_said_and_swapped(studio, cast) -> None:
    cast.choose(("Mira", "Suzu"))
    item = cast.pairs.list.item(0)
    assert item.text() == "who is where?"
    item.setSelected(True)
    QTest.mouseClick(cast.pairs.swap_button, Qt.MouseButton.LeftButton)
    assert cast.pairs.list.item(0).text() == "Mira · Suzu"
    cast.pairs.list.item(0).setSelected(True)
    QTest.mouseClick(cast.pairs.swap_button, Qt.MouseButton.LeftButton)
    assert cast.pairs.list.item(0).text() == "Suzu · Mira"
    studio.session.undo()
    assert cast.pairs.list.item(0).text() == "Mira · Suzu"


def test_repeats_of_a_group_are_saved(studio, cast) -> None:
    cast.choose(("Mira", "Suzu"))
    cast.repeats.setFocus()
    cast.repeats.setValue(5)
    cast.repeats.editingFinished.emit()
    assert studio.session.project.group(("Mira", "Suzu")).repeats == 5
    assert [record.repeats for record in studio.session.all if len(record.image.characters) == 2] == [5]


def test_a_form_says_what_there_is_to_say_of_a_trigger(application, project_folder: Path) -> None:
    from studio.store.workspace import read_project

    form = CharacterForm(read_project(project_folder).project, Character(), is_new=True)
    QTest.keyClicks(form.name, "New")
    QTest.keyClicks(form.trigger, "smile")
    assert [remark.kind for remark in form.remarks] == ["doubtful"] and form.is_possible


def test_her_pictures_are_shown_and_the_way_to_all_of_them(studio, cast) -> None:
    cast.choose(("Suzu",))
    shown = cast.pictures._list
    assert [shown.item(place).toolTip() for place in range(shown.count())] == ["s0.png", "s1.png", "both.png"]
    studio.finish(lambda: not any(shown.item(place).icon().isNull() for place in range(shown.count())))
    assert cast.pictures._all.text() == "Show her 3 pictures"
    QTest.mouseClick(cast.pictures._all, Qt.MouseButton.LeftButton)
    page = studio.window.page_widget("dataset")
    assert {each.image.path.name for each in page.gallery.shown} == {"both.png", "s0.png", "s1.png"}
