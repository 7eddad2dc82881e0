"""A blind session shows no epoch anywhere, measures the judge, and leaves every mark at its cell."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.core.axes import BASE
from studio.core.rubric import AS_ASKED, OBTAINED, POINTS, SCALES, Item, Rubric
from studio.store.marks import read_marks
from studio.store.rubrics import write_rubric
from tests.ui.on_epochs import named_epochs, press, settle, shown
from tests.ui.written_sheets import written_epochs, written_sheet
from ui.pages.epochs import EpochsPage

EPOCHS = (BASE, *range(1, 6))


@pytest.fixture
def page(studio) -> EpochsPage:
    write_rubric(studio.session.place, Rubric("mine", (Item(AS_ASKED, OBTAINED), Item("ponytail", POINTS))))
    written_epochs(studio.session.place, 5)
    studio.sheet = written_sheet(studio.session.place, EPOCHS)
    return shown(studio)


def begin(studio, page: EpochsPage, traits: str = "as asked", cells: str = "all"):
    press(page, Qt.Key.Key_B, Qt.KeyboardModifier.ShiftModifier)
    card = page.bench.blind.start
    for field, text in ((card.traits, traits), (card.cells, cells)):
        field.setCurrentIndex(next(at for at in range(field.count()) if field.itemText(at).startswith(text)))
    QTest.keyClick(card.begin, Qt.Key.Key_Space)
    loaded(studio, page)
    return page.bench.blind


def loaded(studio, page: EpochsPage) -> None:
    pictures, blind = page.parts.stage.pictures, page.bench.blind
    studio.finish(lambda: page.bench.blind is None or blind.turn is None
                  or pictures.pixmap(blind._cells[blind.turn.key][1].path) is not None)


def colour(viewer) -> int:
    image: QImage = viewer._pixmap.toImage()
    return image.pixel(5, 5)


def test_nothing_in_the_window_tells_an_epoch_while_it_is_on(studio, page: EpochsPage) -> None:
    press(page, Qt.Key.Key_1)
    assert named_epochs(studio.window)
    blind = begin(studio, page)
    for _ in range(len(blind._sitting.turns)):
        assert named_epochs(studio.window) == []
        files = {blind._cells[blind.turn.key][1].path.name, blind.turn.key}
        assert not files & {each.text() for each in blind.findChildren(type(blind.label))}
        assert blind.label.text() == blind.turn.label
        press(page, Qt.Key.Key_1)
        loaded(studio, page)
    assert blind.end.isVisible() and named_epochs(studio.window) == []


def test_scores_come_back_to_the_right_cells(studio, page: EpochsPage) -> None:
    """Judged by what is seen: each cell of the sheet has a colour of its own."""
    colours = {shot.cell.key: QImage(str(shot.path)).pixel(5, 5) for shot in page.series.shots.values()}
    page.bench.ask("ponytail")
    blind = begin(studio, page, "ponytail")
    order = []
    while blind.turn:
        loaded(studio, page)
        order.append(colour(blind.cell))
        press(page, getattr(Qt.Key, f"Key_{colour(blind.cell) % 6}"))
    assert order != sorted(order) and len(order) == 24 + 2
    press_button(blind.end.button)
    assert not page.bench.is_blind and page.parts.whole.isVisible()
    assert {key: mark.value for key, mark in marks_of(studio, "ponytail").items()} == {
        key: seen % 6 for key, seen in colours.items()}
    settle(studio, page)
    assert page.parts.stage.panes[3].mark.text() == f"{colours[page.shot.cell.key] % 6} of 5"


def test_the_judge_is_told_how_steady_and_how_fast_he_was(studio, page: EpochsPage) -> None:
    blind = begin(studio, page)
    seen: dict[str, int] = {}
    while blind.turn:
        times = seen[blind.turn.key] = seen.get(blind.turn.key, 0) + 1
        press(page, Qt.Key.Key_1 if times == 1 or sum(each == 2 for each in seen.values()) > 1 else Qt.Key.Key_2)
    assert "26 looks at 24 cells, in the median" in blind.end.pace.text()
    assert "1/2 50 %" in blind.end.steady.text() and "25 % of the scale" in blind.end.steady.text()


def test_a_session_is_left_and_taken_up_again(studio, page: EpochsPage) -> None:
    blind = begin(studio, page)
    for _ in range(5):
        press(page, Qt.Key.Key_3)
    key = blind.turn.key
    press(page, Qt.Key.Key_Escape)
    assert "21 looks are left" in blind.end.more.text()
    press_button(blind.end.button)
    assert page.bench.blind is None and page.judging.verdict.pick is not None
    again = begin(studio, page)
    assert again is not blind and again.turn.key == key and again.turn.number == 6
    shown_keys = [each.text() for each in again.buttons.values() if each.isVisible()]
    assert shown_keys == ["Obtained", "Partial", "Not obtained"]
    press(page, Qt.Key.Key_Escape)
    assert not page.bench.is_blind, "without an answer there is nothing to tell"


def test_an_answer_is_taken_back_and_asked_again(studio, page: EpochsPage) -> None:
    press(page, Qt.Key.Key_1)
    blind = begin(studio, page)
    press(page, Qt.Key.Key_Backspace)
    assert len(read_marks(studio.sheet.folder).marks()) == 1, "a mark from before is not of this session"
    first = blind.turn
    press(page, Qt.Key.Key_3)
    assert blind.turn.number == 2
    press(page, Qt.Key.Key_Backspace)
    assert blind.turn == first
    press(page, Qt.Key.Key_3)
    press(page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert blind.turn == first


def test_the_whole_rubric_is_asked_of_the_epochs_in_the_panes(studio, page: EpochsPage) -> None:
    blind = begin(studio, page, "the whole rubric", "the epochs in the panes")
    epochs = {shot.cell.value("epoch") for _, shot in blind._cells.values()}
    assert epochs == {each.shows for each in page.panes.panes if each.shows != "target"}
    assert blind.trait.text() == "as asked"
    press(page, Qt.Key.Key_1)
    assert blind.trait.text() == "ponytail" and blind.turn.number == 1
    press(page, Qt.Key.Key_5)
    assert blind.turn.number == 2


def test_the_rest_of_the_page_waits_and_comes_back(studio, page: EpochsPage) -> None:
    actions, panes = studio.session.actions, page.panes
    begin(studio, page)
    assert not actions["epochs.later"].isEnabled() and actions["blind.undo"].isEnabled()
    page.shelf.look()
    settle(studio, page)
    assert page.bench.blind.isVisible() and named_epochs(studio.window) == []
    studio.session.show_page("dataset")
    studio.session.show_page("epochs")
    assert page.bench.blind.isVisible()
    press(page, Qt.Key.Key_Escape)
    assert "blind.undo" not in actions and actions["epochs.earlier"].isEnabled() and page.panes == panes
    press(page, Qt.Key.Key_Up)
    assert page.panes.leading == 4


def test_a_project_is_closed_in_the_middle_of_a_session(studio, page: EpochsPage, project_folder) -> None:
    begin(studio, page)
    press(page, Qt.Key.Key_1)
    studio.session.close()
    QApplication.processEvents()
    studio.open(project_folder)
    again = shown(studio)
    assert again.parts.whole.isVisible() and len(marks_of(studio, AS_ASKED)) == 1
    assert SCALES[OBTAINED].most == next(iter(marks_of(studio, AS_ASKED).values())).value


def marks_of(studio, trait: str) -> dict[str, object]:
    return {mark.key: mark for mark in read_marks(studio.sheet.folder).counting() if mark.trait == trait}


def press_button(button) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
