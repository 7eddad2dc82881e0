"""Sheets stand as grids: arranged by hand, looked at from far and near, marked by keys, compared cell by cell."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton

from studio.core.axes import BASE, Axis, axis_of
from studio.core.profiles import PROFILES
from studio.core.spec import RenderSpec
from studio.core.stats import Hits
from studio.core.sweep import Sheet
from studio.store import sweeps
from studio.store.marks import read_marks
from tests.ui.written_grids import SIZE, planned, written
from tests.ui.written_sheets import hash_of, plain, written_epochs, written_sheet
from ui.pages.grids import GridsPage
from ui.viewstate.grid_arrangement import COLUMNS, ROWS, STEP0, TARGET
from ui.widgets.grid_paint import GAIN

EPOCHS = (BASE, 2, 4, 8)


@pytest.fixture
def run(studio):
    return written_epochs(studio.session.place, 8)


@pytest.fixture
def page(studio, run) -> GridsPage:
    """Two prompts by four epochs by two seeds."""
    studio.folder = written_sheet(studio.session.place, EPOCHS)
    return shown(studio)


def shown(studio) -> GridsPage:
    studio.window.resize(1280, 800)
    studio.session.show_page("grids")
    page = studio.window.page_widget("grids")
    settle(studio, page)
    return page


def settle(studio, page: GridsPage) -> None:
    studio.finish(lambda: page.shelf.has_looked and not page.shelf.is_busy
                  and (page.sheet is None or page.parts.view.is_complete and not page.pictures.is_busy))


def press(page: GridsPage, key, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    page.window().activateWindow()
    page.parts.view.setFocus()
    QTest.keyClick(page.parts.view, key, modifiers)


def turn(view, notches: int, at: QPoint, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    port = view.viewport()
    QApplication.sendEvent(port, QWheelEvent(
        QPointF(at), QPointF(port.mapToGlobal(at)), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton,
        modifiers, Qt.ScrollPhase.NoScrollPhase, False))


def middle(page: GridsPage, place) -> QPoint:
    return page.parts.view.box(place).center()


def colour_at(page: GridsPage, place) -> QColor:
    """What is painted in the middle of a cell."""
    at = middle(page, place)
    return page.parts.view.viewport().grab().toImage().pixelColor(at)


def drawn_colour(path: Path) -> QColor:
    from PIL import Image

    with Image.open(path) as image:
        return QColor(*image.convert("RGB").getpixel((50, 70)))


def is_near(one: QColor, other: QColor) -> bool:
    return all(abs(a - b) <= 4 for a, b in zip(one.getRgb(), other.getRgb()))


def test_a_sheet_opens_with_all_its_pictures_in_their_places(page: GridsPage, studio) -> None:
    view = page.parts.view
    assert (len(page.table.rows), len(page.table.columns)) == (2, 8)
    assert not view.sight.across.furthest and not view.sight.down.furthest
    for place in ((0, 0), (1, 3), (0, 7), (1, 7)):
        spot = page.table.spot(*place)
        assert is_near(colour_at(page, place), drawn_colour(studio.folder.cell(spot.key))), place


def test_target_and_step_0_stand_first_and_only_the_question_takes_the_target_out(page: GridsPage, studio) -> None:
    assert page.table.pins == (TARGET, STEP0)
    base = page.table.line_spot(ROWS, 1)
    assert is_near(colour_at(page, (1, -1)), drawn_colour(studio.folder.cell(base.step0)))
    assert page.parts.view.file((1, -2))[1].parent.name == "Mira", "a picture of the set"
    edge = page.parts.view.box((0, -2)).center().x()
    image = page.parts.view.viewport().grab().toImage()
    column = [image.pixelColor(edge, y) for y in range(page.parts.view.box((0, -2)).top(), middle(page, (0, -2)).y())]
    assert any(each.green() > each.red() + 40 and each.green() > each.blue() + 20 for each in column), "green frame"
    studio.answers.choices = [1]
    press(page, Qt.Key.Key_T)
    assert "target" in studio.answers.asked[-1] and page.table.pins == (TARGET, STEP0)
    studio.answers.choices = [0]
    press(page, Qt.Key.Key_T)
    assert page.table.pins == (STEP0,)
    press(page, Qt.Key.Key_T)
    assert page.table.pins == (TARGET, STEP0) and len(studio.answers.asked) == 2, "bringing it back asks nothing"


def test_poses_and_angles_are_eight_rows_by_two_marked_by_keys_and_there_after_a_restart(
        studio, run, project_folder) -> None:
    folder = written(studio.session.place, planned(studio.session.place, "pose-angle-weak"))
    page = shown(studio)
    assert (len(page.table.rows), len(page.table.columns)) == (8, 2)
    page.parts.view.choose((0, 0))
    for digit in (1, 1, 2, 3, 1, 3):
        press(page, getattr(Qt.Key, f"Key_{digit}"))
    assert page.parts.view.current == (3, 0), "six are marked, the next one is the seventh"
    assert page.tallies.rows[:3] == (Hits(2, 2), Hits(0, 2), Hits(1, 2))
    assert page.tallies.columns == (Hits(2, 3), Hits(1, 3)) and page.tallies.all == Hits(3, 6)
    assert "3/6\xa050\xa0%\xa0[12,\xa088]" in page.parts.inspector.counts.text()
    assert len(read_marks(folder.folder).marks()) == 6
    press(page, Qt.Key.Key_U)
    assert page.tallies.all == Hits(3, 5) and page.parts.view.current == (2, 1)
    press(page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert page.tallies.all == Hits(2, 4), "the key that undoes everywhere undoes marks here"
    press(page, Qt.Key.Key_U, Qt.KeyboardModifier.ShiftModifier)
    page.arrange(page.arrangement.turned())
    studio.session.close()
    studio.open(project_folder)
    again = shown(studio)
    assert (len(again.table.rows), len(again.table.columns)) == (2, 8), "as it was arranged last"
    assert again.tallies.all == Hits(3, 5)


def test_marks_are_those_of_the_epochs_page(studio, page: GridsPage) -> None:
    page.parts.view.choose((0, 7))
    press(page, Qt.Key.Key_1)
    studio.session.show_page("epochs")
    epochs = studio.window.page_widget("epochs")
    studio.finish(lambda: epochs.series is not None and not epochs.shelf.is_busy)
    marked = [look for look in epochs.series.looks if epochs.judging.value(epochs.series.shot(look, 8)) == 2]
    assert len(marked) == 1
    epochs.judging.mark(epochs.series.shot(marked[0], 8), 3)
    studio.session.show_page("grids")
    assert page.judging.values[page.table.spot(0, 7).key] == 0


def test_arrows_go_from_cell_to_cell_and_to_what_is_pinned(page: GridsPage) -> None:
    press(page, Qt.Key.Key_Right)
    assert page.parts.view.current == (0, 0)
    press(page, Qt.Key.Key_End)
    assert page.parts.view.current == (0, 7)
    press(page, Qt.Key.Key_Down)
    press(page, Qt.Key.Key_Down)
    assert page.parts.view.current == (1, 7)
    press(page, Qt.Key.Key_Home)
    assert page.parts.view.current == (1, -2)
    assert not page.session.actions["grids.mark1"].isEnabled(), "the target is not judged"
    press(page, Qt.Key.Key_Up)
    assert page.parts.view.current == (0, -2)


def test_the_wheel_zooms_where_it_points_down_to_single_pixels(page: GridsPage) -> None:
    view = page.parts.view
    at = middle(page, (1, 4))
    first = view.scale
    turn(view, 30, at)
    assert view.scale == 8.0 and view.at(at) == (1, 4)
    turn(view, -60, at)
    assert view.scale < first
    press(page, Qt.Key.Key_F)
    assert view.scale == first
    press(page, Qt.Key.Key_Plus)
    assert view.scale == pytest.approx(1.25 * first)
    press(page, Qt.Key.Key_Z)
    assert view.scale == 1.0 and page.parts.scale.text() == "100 %"


def test_dragging_and_space_pan(page: GridsPage) -> None:
    view = page.parts.view
    press(page, Qt.Key.Key_Z)
    view.zoom_to(3.0)
    port, at = view.viewport(), QPoint(600, 400)
    view.verticalScrollBar().setValue(40)
    before = view.horizontalScrollBar().value(), view.verticalScrollBar().value()
    QTest.mousePress(port, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseMove(port, at - QPoint(40, 0))
    QTest.mouseMove(port, at - QPoint(60, 30))
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, pos=at - QPoint(60, 30))
    assert (view.horizontalScrollBar().value(), view.verticalScrollBar().value()) == (before[0] + 60, before[1] + 30)
    current = view.current
    QTest.keyPress(view, Qt.Key.Key_Space)
    assert port.cursor().shape() == Qt.CursorShape.OpenHandCursor
    QTest.mousePress(port, Qt.MouseButton.LeftButton, pos=QPoint(800, 200))
    QTest.mouseMove(port, QPoint(760, 200))
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, pos=QPoint(760, 200))
    QTest.keyRelease(view, Qt.Key.Key_Space)
    assert view.current == current, "with Space held a press chooses nothing"


def test_enter_and_double_click_show_a_cell_large_and_marking_goes_on_there(page: GridsPage) -> None:
    view = page.parts.view
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=middle(page, (0, 2)))
    press(page, Qt.Key.Key_Return)
    assert view.is_large and view.at(view.box((0, 2)).center()) == (0, 2)
    press(page, Qt.Key.Key_1)
    assert view.is_large and view.current == (0, 3) and view.at(view.box((0, 3)).center()) == (0, 3)
    press(page, Qt.Key.Key_Return)
    assert not view.is_large
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=middle(page, (1, 5)))
    assert view.is_large and view.current == (1, 5)


def test_hovering_tells_prompt_weights_seed_lora_and_profile(studio, run) -> None:
    written(studio.session.place, planned(studio.session.place, "angle-strong"))
    page = shown(studio)
    told = page.teller.tip((3, 1))
    assert "high angle" in told and "miravelo" in told and "from above × 1.7" in told and "seed 100" in told
    assert "Turbo: 8 steps" in told and "epoch 8 × 1" in told
    page.parts.view.choose((3, 1))
    assert "1.7" in page.parts.inspector.prompt.text() and "<b" in page.parts.inspector.prompt.text()


def test_rows_become_columns_and_are_hidden_folded_and_sorted_by_hand(page: GridsPage) -> None:
    QTest.mouseClick(page.parts.axes.movers["epoch"], Qt.MouseButton.LeftButton)
    assert (len(page.table.rows), len(page.table.columns)) == (8, 2)
    assert [band.label for band in page.table.bands(ROWS)] == ["smile, upper body", "running, full body"]
    page.parts.view.choose((1, 0))
    press(page, Qt.Key.Key_H)
    assert len(page.table.rows) == 7 and "2 hidden cells" in page.parts.axes.show_all.text()
    QTest.mouseClick(page.parts.axes.show_all, Qt.MouseButton.LeftButton)
    assert len(page.table.rows) == 8
    page.arrange(page.arrangement.folding(page.table.bands(ROWS)[0].pairs))
    assert len(page.table.rows) == 5 and len(page.table.spots(0, 0)) == 4
    order = page.parts.axes.order(COLUMNS)
    order.setCurrentIndex(1)
    order.activated.emit(1)
    assert page.arrangement.column_order == "name"


def test_heads_offer_what_can_be_done_with_a_line_and_with_a_group(page: GridsPage) -> None:
    from ui.pages.grids_menus import head_menu

    band = page.table.bands(COLUMNS)[1]
    asked = []
    page.parts.view.head_menu_asked.disconnect()
    page.parts.view.head_menu_asked.connect(lambda *what: asked.append(what[:2]))
    box = page.parts.view.box((0, band.start))
    from PySide6.QtGui import QContextMenuEvent

    at = QPoint(box.center().x(), 8)
    QApplication.sendEvent(page.parts.view.viewport(), QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, at, page.parts.view.viewport().mapToGlobal(at)))
    assert asked == [(COLUMNS, band)]
    menu = head_menu(page, COLUMNS, band)
    texts = [each.text() for each in menu.actions()]
    assert "Hide epoch 2" in texts and "Fold epoch 2 into one" in texts and "Sort most obtained" in texts
    next(each for each in menu.actions() if each.text().startswith("Hide")).trigger()
    assert len(page.table.columns) == 6


def mixed_sheet() -> Sheet:
    ways = axis_of("way", {"as used": {"steps": 8, "cfg": 1.0}, "as previewed": {"steps": 25, "cfg": 4.0}})
    turbo = {**dict(PROFILES["turbo"].settings), "width": 96, "height": 144}
    return Sheet("Two profiles", (Axis("composition", ("from side", "from above")),), (ways,),
                 RenderSpec(prompt="1girl, {composition}", **turbo), epochs=((8, hash_of("a", 8)),))


def test_a_sheet_of_two_profiles_wears_the_reason_and_is_not_ranked_unless_somebody_insists(studio, run) -> None:
    written(studio.session.place, mixed_sheet())
    page = shown(studio)
    badge = page.parts.badge
    assert badge.isVisible() and "turbo and builtin" in badge.texts[0]
    model = page.parts.axes.order(ROWS).model()
    assert not model.item(2).isEnabled() and model.item(1).isEnabled()
    page.arrange(page.arrangement.sorted_by(ROWS, "best"))
    assert page.arrangement.row_order == "sheet"
    QTest.mouseClick(badge.override, Qt.MouseButton.LeftButton)
    assert model.item(2).isEnabled() and badge.isVisible(), "what is overridden is still told"
    page.arrange(page.arrangement.sorted_by(ROWS, "best"))
    assert page.arrangement.row_order == "best"


def test_faces_without_a_mouth_are_told_and_with_one_they_are_not(studio, run) -> None:
    written(studio.session.place, planned(studio.session.place, "face-by-epoch"))
    page = shown(studio)
    assert page.parts.badge.texts[0].startswith("V02") and "smile, open mouth" in page.parts.badge.texts[0]
    written(studio.session.place, planned(studio.session.place, "version-compare"))
    page.shelf.look()
    studio.finish(lambda: len(page.shelf.found.sheets) == 2)
    page.show_sheet(page.shelf.found.sheets[0].id)
    assert page.sheet.title == "Versions compared" and not page.parts.badge.isVisible()


def test_a_sheet_that_is_being_drawn_fills_in(studio, run) -> None:
    sheet = planned(studio.session.place, "pose-angle-weak")
    folder = written(studio.session.place, sheet, only=5)
    page = shown(studio)
    assert "5 of 16 drawn" in page.parts.list.item(0).toolTip()
    later = sheet.expand()[9]
    assert page.parts.view.file((4, 1)) is None
    plain(SIZE)(folder.cell(later.key), later)
    page.shelf.look()
    studio.finish(lambda: len(page.sheet.there) == 6)
    settle(studio, page)
    assert is_near(colour_at(page, (4, 1)), drawn_colour(folder.cell(later.key)))


def test_two_runs_stand_side_by_side_cell_by_cell(studio, run) -> None:
    place = studio.session.place
    one = written(place, planned(place, "pose-angle-weak"))
    second = written_epochs(place, 8, "b")
    other = written(place, planned(place, "pose-angle-weak", of="b"))
    page = shown(studio)
    page.show_sheet(sweeps.find_sheet(place, "1").folder.name)
    beside = page.parts.beside
    assert beside.count() == 2 and second.id.rpartition("-")[0] in beside.itemText(1)
    beside.setCurrentIndex(1)
    beside.activated.emit(1)
    settle(studio, page)
    view = page.parts.other
    assert view.isVisible()
    key = page.table.spot(3, 1).key
    partner = page.comparing.spot(key)
    assert partner.key != key and partner.cell.spec.prompt == page.table.spot(3, 1).cell.spec.prompt
    assert view.file((3, 1))[1] == other.cell(partner.key) and page.parts.view.file((3, 1))[1] == one.cell(key)
    page.parts.view.zoom_to(0.6)
    page.parts.view.choose((5, 0))
    assert view.scale == page.parts.view.scale and view.current == (5, 0)
    assert view.verticalScrollBar().value() == page.parts.view.verticalScrollBar().value()
    view.zoom_to(0.9)
    assert page.parts.view.scale == pytest.approx(0.9)
    press(page, Qt.Key.Key_F)
    press(page, Qt.Key.Key_D)
    settle(studio, page)
    a, b = (drawn_colour(path) for path in (one.cell(key), other.cell(partner.key)))
    shown_there = view.viewport().grab().toImage().pixelColor(view.box((3, 1)).center())
    wanted = QColor(*(min(255, GAIN * abs(x - y)) for x, y in zip(a.getRgb()[:3], b.getRgb()[:3])))
    assert all(abs(x - y) <= 8 * GAIN for x, y in zip(shown_there.getRgb()[:3], wanted.getRgb()[:3]))
    beside.setCurrentIndex(0)
    beside.activated.emit(0)
    assert not view.isVisible()


def test_with_and_without_trigger_are_counterparts_too(studio, run) -> None:
    place = studio.session.place
    written(place, planned(place, "pose-angle-weak"))
    written(place, planned(place, "pose-angle-weak", axes=[Axis("format", ("BASE",))]))
    page = shown(studio)
    assert page.parts.beside.count() == 2
    page.comparing.choose(page.parts.beside.itemData(1))
    pairs = [(spot.cell, page.comparing.spot(spot.key).cell) for spot in page.sheet.spots]
    assert all(("miravelo" in a.spec.prompt) != ("miravelo" in b.spec.prompt) and a.spec.seed == b.spec.seed
               for a, b in pairs)
    view, other = page.parts.view, page.parts.other
    studio.finish(lambda: abs(view.width() - other.width()) <= 2)
    assert view.scale == other.scale == view.sight.fitting().scale, "both look from as far, now that each has less room"


def test_a_press_on_a_tool_leaves_the_keys_with_the_cells(page: GridsPage) -> None:
    page.window().activateWindow()
    page.parts.view.choose((0, 0))
    button = next(each for each in page.findChildren(QToolButton)
                  if each.isVisible() and each.defaultAction() is page.session.actions["grids.fit"])
    QTest.mouseClick(page.window().windowHandle(), Qt.MouseButton.LeftButton,
                     pos=button.mapTo(page.window(), button.rect().center()))
    assert QApplication.focusWidget() is page.parts.view
    QTest.keyClick(page.window().windowHandle(), Qt.Key.Key_Right)
    assert page.parts.view.current == (0, 1)


def test_the_file_of_a_cell_is_copied(page: GridsPage, studio) -> None:
    page.parts.view.choose((0, 1))
    press(page, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    urls = QGuiApplication.clipboard().mimeData().urls()
    assert Path(urls[0].toLocalFile()) == studio.folder.cell(page.key)


def test_without_a_sheet_the_page_offers_one_and_without_a_run_says_why_not(studio) -> None:
    page = shown(studio)
    assert page.parts.empty.isVisible() and not studio.actions["grids.new"].isEnabled()
    assert "LoRA" in studio.actions.why_not("grids.new")
    assert not studio.actions["grids.fit"].isEnabled()
    written_epochs(studio.session.place, 2)
    page.shelf.look()
    studio.finish(lambda: studio.actions["grids.new"].isEnabled())


def test_every_action_has_a_key_and_says_what_it_does(page: GridsPage) -> None:
    actions = page.session.actions
    for action in actions.groups["Grids"]:
        assert action.text() and actions.tip(action.objectName()) and not action.icon().isNull()
        assert action.shortcuts(), action.objectName()


def test_another_page_shows_a_cell_in_its_grid_also_before_the_grid_was_ever_shown(studio, run) -> None:
    place = studio.session.place
    folder = written(place, planned(place, "pose-angle-weak"))
    written_sheet(place, EPOCHS)
    studio.window.resize(1280, 800)
    key = sweeps.read_sheet(folder).expand()[5].key
    studio.session.show_cell(run.id, folder.folder.name, key, "grids")
    page = studio.window.page_widget("grids")
    studio.finish(lambda: page.key == key)
    assert page.sheet.id == folder.folder.name and page.parts.view.current == (2, 1)
    studio.session.show_page("epochs")
    studio.session.show_cell(run.id, "0002", "", "grids")
    assert page.sheet.id == "0002"


def test_a_cell_is_shown_on_the_epochs_page(page: GridsPage, studio) -> None:
    page.parts.view.choose((1, 5))
    press(page, Qt.Key.Key_E)
    epochs = studio.window.page_widget("epochs")
    studio.finish(lambda: epochs.isVisible() and epochs.series is not None and epochs.shot is not None
                  and epochs.shot.cell.value("epoch") == 4)
    assert studio.window.page == "epochs"


def test_a_sheet_that_was_stopped_goes_on(studio, run) -> None:
    written(studio.session.place, planned(studio.session.place, "pose-angle-weak"), only=5)
    page = shown(studio)
    assert studio.actions["grids.go_on"].isEnabled()
    plain_job = []
    studio.session.run = lambda job, *more, **rest: plain_job.append(job)
    studio.actions["grids.go_on"].trigger()
    assert [(job.kind, job.sheets) for job in plain_job] == [("plan", (page.sheet.id,))]


def test_step_0_is_drawn_on_demand_and_stands_in_its_column_at_once(studio, run) -> None:
    place = studio.session.place
    written(place, planned(place, "pose-angle-weak"))
    page = shown(studio)
    assert page.parts.view.file((3, -1)) is None and studio.actions["grids.draw_step0"].isEnabled()
    asked = []
    studio.session.run = lambda job, *more, **rest: asked.append(job)
    press(page, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    folder = sweeps.find_sheet(place, asked[0].sheets[0])
    bases = sweeps.read_sheet(folder)
    assert {cell.value("epoch") for cell in bases.expand()} == {BASE}
    for cell in bases.expand():
        plain(SIZE)(folder.cell(cell.key), cell)
    page.shelf.look()
    studio.finish(lambda: page.parts.view.file((3, -1)) is not None)
    settle(studio, page)
    line = page.table.line_spot(ROWS, 3)
    assert is_near(colour_at(page, (3, -1)), drawn_colour(folder.cell(line.step0)))
    assert not studio.actions["grids.draw_step0"].isEnabled()
