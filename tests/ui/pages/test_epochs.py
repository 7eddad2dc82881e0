"""Epochs stand side by side, look at the same part, are marked by keys, and add up to a sentence."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel

from studio.core.axes import BASE
from studio.store import sweeps
from studio.store.marks import read_marks
from tests.ui.written_runs import written_run
from tests.ui.written_sheets import written_epochs, written_sheet
from ui.pages.epochs import EpochsPage
from ui.viewstate.epoch_panes import TARGET
from ui.viewstate.epoch_series import PREVIEWS

EPOCHS = (BASE, *range(1, 9))


@pytest.fixture
def run(studio):
    made = written_epochs(studio.session.place, 8)
    studio.sheet = written_sheet(studio.session.place, EPOCHS)
    return made


@pytest.fixture
def page(studio, run) -> EpochsPage:
    return shown(studio)


def shown(studio) -> EpochsPage:
    studio.window.resize(1280, 800)
    studio.session.show_page("epochs")
    page = studio.window.page_widget("epochs")
    settle(studio, page)
    return page


def settle(studio, page: EpochsPage) -> None:
    studio.finish(lambda: page.shelf.has_looked and not page.shelf.is_busy
                  and (page.series is None or page.parts.stage.is_complete and not page.parts.stage.pictures.is_busy))


def press(page: EpochsPage, key, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    page.window().activateWindow()
    page.parts.stage.focus_view()
    QTest.keyClick(page.parts.stage.viewer, key, modifiers)


def shows(page: EpochsPage) -> list:
    return [each.shows for each in page.panes.panes]


def turn(viewer, notches: int, modifiers=Qt.KeyboardModifier.NoModifier, at: QPointF | None = None) -> None:
    at = at or QPointF(viewer.width() / 2, viewer.height() / 2)
    QApplication.sendEvent(viewer, QWheelEvent(
        at, QPointF(viewer.mapToGlobal(at.toPoint())), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton,
        modifiers, Qt.ScrollPhase.NoScrollPhase, False))


def in_pixels(page: EpochsPage, place: int) -> list[float]:
    viewer = page.parts.stage.panes[place].viewer
    return [share * side * viewer.scale for share, side in zip(viewer.view, (104, 152) * 2)]


def test_a_sheet_opens_with_target_and_step_0_pinned_and_the_last_epoch_in_focus(page: EpochsPage) -> None:
    assert shows(page) == [TARGET, BASE, 5, 8]
    assert [each.is_pinned for each in page.panes.panes] == [True, True, False, False]
    assert page.panes.focus == 3 and page.series.epochs == EPOCHS
    names = [each.name.text() for each in page.parts.stage.panes[:4]]
    assert names[0] == "Target" and names[1] == "Step 0" and names[3] == "epoch 8"


@pytest.mark.parametrize("notches, at", [(3, None), (6, QPointF(20, 30)), (9, QPointF(150, 300))])
def test_what_is_zoomed_in_one_pane_is_zoomed_in_all(page: EpochsPage, notches: int, at: QPointF | None) -> None:
    turn(page.parts.stage.panes[2].viewer, notches, at=at)
    for place in (1, 3):
        assert in_pixels(page, place) == pytest.approx(in_pixels(page, 2), abs=1.0)
    viewer = page.parts.stage.panes[3].viewer
    middle = viewer.rect().center()
    QTest.mousePress(viewer, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(viewer, middle + QPoint(17, -9))
    QTest.mouseRelease(viewer, Qt.MouseButton.LeftButton, pos=middle + QPoint(17, -9))
    for place in (1, 2):
        assert in_pixels(page, place) == pytest.approx(in_pixels(page, 3), abs=1.0)


def test_with_alt_held_a_pane_moves_alone_and_keeps_its_distance(page: EpochsPage) -> None:
    press(page, Qt.Key.Key_Z)
    turn(page.parts.stage.panes[3].viewer, 8)
    before = in_pixels(page, 2)
    turn(page.parts.stage.panes[3].viewer, 2, Qt.KeyboardModifier.AltModifier)
    assert in_pixels(page, 2) == before != in_pixels(page, 3)
    turn(page.parts.stage.panes[2].viewer, 1)
    scales = [page.parts.stage.panes[place].viewer.scale for place in (2, 3)]
    assert scales[1] / scales[0] == pytest.approx(1.25**2, rel=0.01)
    press(page, Qt.Key.Key_F)
    assert in_pixels(page, 2) == pytest.approx(in_pixels(page, 3), abs=1.0)


def test_keys_go_through_epochs_prompts_and_seeds(studio, page: EpochsPage) -> None:
    press(page, Qt.Key.Key_Up)
    assert page.panes.leading == 7
    press(page, Qt.Key.Key_PageUp)
    assert page.panes.leading == BASE
    press(page, Qt.Key.Key_End)
    press(page, Qt.Key.Key_Down)
    assert page.panes.leading == 8
    first = page.look
    press(page, Qt.Key.Key_Right)
    assert page.look.name != first.name and page.look.seed == first.seed
    press(page, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert page.look.seed == 100
    press(page, Qt.Key.Key_Left)
    assert page.look.name == first.name and page.look.seed == 100
    settle(studio, page)
    shot = page.series.shot(page.look, 8)
    assert page.parts.stage.panes[3].viewer._pixmap.cacheKey() == page.parts.stage.pictures.pixmap(shot.path).cacheKey()
    assert "seed 100" in page.parts.prompt.text() and page.parts.number.text() == "2 of 4"


def test_a_pinned_pane_stays_where_it_is(page: EpochsPage) -> None:
    press(page, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    assert page.panes.focus == 1 and page.panes.lead == 3
    press(page, Qt.Key.Key_Up)
    assert shows(page)[1] == BASE and shows(page)[3] == 7
    press(page, Qt.Key.Key_P)
    press(page, Qt.Key.Key_Down)
    assert shows(page)[1] == 1 and shows(page)[3] == 7


def test_the_target_comes_into_the_pane_and_goes_again(page: EpochsPage) -> None:
    press(page, Qt.Key.Key_T)
    assert shows(page)[3] == TARGET and not page.session.actions["epochs.mark1"].isEnabled()
    press(page, Qt.Key.Key_T)
    assert shows(page)[3] == 8


def test_there_are_two_to_six_panes(studio, page: EpochsPage) -> None:
    for _ in range(4):
        press(page, Qt.Key.Key_BracketRight)
    settle(studio, page)
    assert page.panes.count == 6 and sum(each.isVisible() for each in page.parts.stage.panes) == 6
    for _ in range(6):
        press(page, Qt.Key.Key_BracketLeft)
    assert page.panes.count == 2 and not page.panes.panes[page.panes.lead].is_pinned
    assert studio.session.settings.state("epoch_panes", 0) == 2


def test_a_press_on_a_tool_leaves_the_keys_with_the_pictures(studio, page: EpochsPage) -> None:
    page.window().activateWindow()
    page.parts.stage.focus_view()
    button = page.head.count.findChildren(QAbstractButton)[-1]
    QTest.mouseClick(page.window().windowHandle(), Qt.MouseButton.LeftButton,
                     pos=button.mapTo(page.window(), button.rect().center()))
    assert page.panes.count == 6
    QTest.keyClick(page.window().windowHandle(), Qt.Key.Key_Up)
    assert shows(page)[3] == 7
    page.focus_pane(5)
    page.set_count(4)
    assert QApplication.focusWidget() is page.parts.stage.viewer


def test_what_is_judged_can_be_read_below_the_panes(page: EpochsPage) -> None:
    assert page.look.prompt and page.parts.prompt.text().startswith(f"{page.look.name}, seed {page.look.seed}: ")


def test_the_line_of_epochs_is_pressed_and_turned(page: EpochsPage) -> None:
    line = page.parts.scrubber
    QTest.mousePress(line, Qt.MouseButton.LeftButton, pos=QPoint(round(line.x(3)), 40))
    assert page.panes.leading == 3
    turn(line, -2)
    assert page.panes.leading == 5
    turn(page.parts.stage.panes[3].viewer, 1, Qt.KeyboardModifier.ShiftModifier)
    assert page.panes.leading == 4


def test_wipe_blink_and_difference_show_two_panes_in_one_place(studio, page: EpochsPage) -> None:
    press(page, Qt.Key.Key_W)
    settle(studio, page)
    pair = page.parts.stage.pair
    assert pair.isVisible() and not page.parts.stage.panes[0].isVisible()
    image = pair._pixmap.toImage()
    left, right = (page.parts.stage.pictures.pixmap(page.series.shot(page.look, epoch).path).toImage().pixel(9, 9)
                   for epoch in (shows(page)[2], 8))
    assert (image.pixel(9, 9), image.pixel(image.width() - 9, 9)) == (left, right) and left != right
    press(page, Qt.Key.Key_Comma)
    assert pair.line == pytest.approx(0.46)
    press(page, Qt.Key.Key_B)
    shown = {pair._pixmap.cacheKey()}
    studio.finish(lambda: shown.add(pair._pixmap.cacheKey()) or len(shown) == 2)
    press(page, Qt.Key.Key_D)
    one, other = ((pixel >> 16 & 255, pixel >> 8 & 255, pixel & 255) for pixel in (left, right))
    most = max(abs(a - b) for a, b in zip(one, other))
    assert f"largest difference {most} of 255" in page.parts.stage._pair_name.text()
    press(page, Qt.Key.Key_D)
    assert page.parts.stage.panes[0].isVisible()


def test_marks_are_undone_and_survive_reopening(studio, page: EpochsPage, project_folder) -> None:
    press(page, Qt.Key.Key_1)
    key = page.shot.cell.key
    assert page.parts.stage.panes[3].mark.text() == "obtained"
    press(page, Qt.Key.Key_3)
    assert page.judging.value(page.shot) == 0
    press(page, Qt.Key.Key_U)
    assert page.judging.value(page.shot) == 2
    press(page, Qt.Key.Key_U, Qt.KeyboardModifier.ShiftModifier)
    assert page.judging.value(page.shot) == 0
    press(page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert page.judging.value(page.shot) == 2, "the key that undoes everywhere undoes marks here"
    press(page, Qt.Key.Key_N)
    assert page.shot.cell.key != key and page.judging.value(page.shot) is None
    studio.session.close()
    studio.open(project_folder)
    again = shown(studio)
    assert again.judging.value(again.series.shot(again.series.looks[0], 8)) == 2
    assert len(read_marks(studio.sheet.folder).marks()) == 1


def test_marks_add_up_to_a_sentence_with_its_reasons(studio, page: EpochsPage) -> None:
    bar = page.parts.verdict
    assert bar.sentence.text() == "Nothing is marked yet." and "1 obtained" in bar.more.text()
    page.judging.mark(page.series.shot(page.series.looks[0], 4), 1)
    page._show()
    assert bar.sentence.text() == "ep4: nothing to compare it with yet; take ep4." and "another epoch" in bar.more.text()
    for look in page.series.looks:
        for epoch in (4, 6, 8):
            page.judging.mark(page.series.shot(look, epoch), 1)
    page._show()
    assert bar.sentence.text() == "ep4 to ep8: no difference shown; take ep4."
    assert page.parts.scrubber.track.band == (4, 8) and bar.use.text() == "Use ep4"
    press(page, Qt.Key.Key_Y)
    assert page.why.list.count() == 2 and "ep4 against ep8" in page.why.list.item(0).text()
    assert any("no gain after ep4" in each.text() for each in page.why.findChildren(QLabel)), "why not the last, plainly"
    page.why.list.itemActivated.emit(page.why.list.item(0))
    assert page.shot.cell.value("epoch") in (4, 8)


def test_the_epoch_to_take_is_copied(page: EpochsPage, run) -> None:
    press(page, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert QGuiApplication.clipboard().text() == str(run.checkpoint(8))
    run.checkpoint(8).unlink()


def test_previews_count_as_a_sheet_and_can_be_marked(studio) -> None:
    run = written_run(studio.session.place, epochs=3, preview_seeds=(42, 100))
    page = shown(studio)
    assert (page.series.id, page.series.epochs, len(page.series.looks)) == (PREVIEWS, (BASE, 1, 2, 3), 4)
    press(page, Qt.Key.Key_1)
    assert len(read_marks(run.folder).marks()) == 1 and "take ep3" in page.parts.verdict.sentence.text()


def test_the_same_cell_stands_beside_that_of_another_run(studio, run) -> None:
    place = studio.session.place
    second = written_epochs(place, 5, "b")
    written_sheet(place, (BASE, *range(1, 6)), name="b")
    page = shown(studio)
    assert page.series.run == second.id
    press(page, Qt.Key.Key_R)
    settle(studio, page)
    names = [each.name.text() for each in page.parts.stage.panes[:4]]
    assert names[2].startswith("0001") and names[2].endswith("epoch 5") and names[3].startswith("0002")
    press(page, Qt.Key.Key_Up)
    settle(studio, page)
    assert page.parts.stage.panes[2].name.text().endswith("epoch 4")
    press(page, Qt.Key.Key_R)
    settle(studio, page)
    assert page.parts.stage.panes[3].name.text() == "epoch 4"


def test_without_a_run_and_without_pictures_the_page_says_what_to_do(studio) -> None:
    page = shown(studio)
    assert page.parts.no_runs.isVisible()
    off = [each.objectName() for each in studio.actions.groups["Epochs"] if not each.isEnabled()]
    assert {"epochs.later", "epochs.mark1", "epochs.why"} <= set(off) and "epochs.compare" not in off
    written_epochs(studio.session.place, 2)
    page.shelf.look()
    studio.finish(lambda: page.parts.no_series.isVisible())
    assert page.parts.draw.isEnabled()
    studio.session.jobs.pause()
    QTest.mouseClick(page.parts.draw, Qt.MouseButton.LeftButton)
    studio.finish(page.sheets.dialog.start.isEnabled)
    QTest.mouseClick(page.sheets.dialog.start, Qt.MouseButton.LeftButton)
    studio.finish(lambda: bool(studio.session.jobs.waiting))
    assert [each.kind for each in studio.session.jobs.waiting] == ["sheet"]
    assert sweeps.read_sheet(sweeps.find_sheet(studio.session.place, "latest")).epochs[1][0] == 2


def test_a_sheet_that_grows_shows_its_new_pictures(studio, run) -> None:
    cells = sorted((studio.sheet.folder / "cells").iterdir())
    kept = {each: each.read_bytes() for each in cells[:20]}
    for each in kept:
        each.unlink()
    page = shown(studio)
    assert len(page.series.shots) == len(cells) - 20
    for path, content in kept.items():
        path.write_bytes(content)
    page.shelf.look()
    studio.finish(lambda: len(page.series.shots) == len(cells))


def test_every_action_has_a_key_or_a_button_and_says_what_it_does(page: EpochsPage) -> None:
    actions = page.session.actions
    for action in actions.groups["Epochs"]:
        assert action.text() and actions.tip(action.objectName()) and not action.icon().isNull()
        assert action.shortcuts()
