"""The data set page by mouse and keys, in a real window on a real project."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QSlider,
    QWidget,
)

from studio.core.labels import Label
from studio.core.ledger import Ledger, Trait
from studio.core.lint.finding import Rewrite
from studio.core.record import Record
from studio.store import workspace
from studio.store.edits import Desk
from studio.store.records import Records
from tests.ui.conftest import Studio, draw
from ui.pages.dataset import DatasetPage
from ui.widgets.coverage_map import Spot

Keys = Qt.Key


@pytest.fixture
def page(studio: Studio) -> DatasetPage:
    """The page, once its pictures are there and the lint has looked."""
    studio.window.resize(1280, 800)
    studio.session.show_page("dataset")
    made = studio.window.page_widget("dataset")
    settle(studio, made)
    return made


def settle(studio: Studio, page: DatasetPage) -> None:
    studio.finish(lambda: not (page.linting.is_busy or page.loader.is_busy or studio.session.jobs.open))


def record(studio: Studio, number: int) -> Record:
    return studio.session.all[number]


def click_row(page: DatasetPage, row: int, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    view = page.gallery.view
    place = view.visualRect(view.model().index(row, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, modifiers, place)


def type_filter(studio: Studio, page: DatasetPage, line: str) -> None:
    page.focus_filter()
    QTest.keyClick(page.gallery.filter.edit, Keys.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(page.gallery.filter.edit, line)
    QTest.keyClick(page.gallery.filter.edit, Keys.Key_Escape) if QApplication.activePopupWidget() else None
    page.gallery.filter.set_text(line)
    settle(studio, page)


def press(widget: QWidget, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(widget, key)


def test_the_gallery_shows_every_picture_with_its_pixels(studio: Studio, page: DatasetPage) -> None:
    model = page.gallery.model
    assert model.rowCount() == len(studio.session.all) == 6
    assert all(not page.loader.pixmap(model.record(row).id, model.side).isNull() for row in range(6))


def test_a_click_chooses_a_picture_for_every_page(studio: Studio, page: DatasetPage) -> None:
    click_row(page, 2)
    assert studio.session.selection == (record(studio, 2).id,)
    assert page.details.viewer.isVisible()


def test_shift_and_control_choose_several(studio: Studio, page: DatasetPage) -> None:
    click_row(page, 1)
    click_row(page, 3, Qt.KeyboardModifier.ShiftModifier)
    click_row(page, 5, Qt.KeyboardModifier.ControlModifier)
    assert set(studio.session.selection) == {record(studio, number).id for number in (1, 2, 3, 5)}
    assert studio.session.current == record(studio, 5)


def test_arrows_move_and_shift_extends(studio: Studio, page: DatasetPage) -> None:
    click_row(page, 0)
    press(page.gallery.view, Keys.Key_Right)
    QTest.keyClick(page.gallery.view, Keys.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert [each.id for each in studio.session.selected] == [record(studio, 1).id, record(studio, 2).id]


def test_a_filter_line_leaves_what_it_says_and_counts_it(studio: Studio, page: DatasetPage) -> None:
    type_filter(studio, page, 'tag:"number 3"')
    assert [each.image.path.name for each in page.gallery.shown] == ["03.png"]
    assert "1 of 6" in _texts(page.gallery.filter)


def test_a_filter_line_that_means_nothing_says_so_and_changes_nothing(studio: Studio, page: DatasetPage) -> None:
    type_filter(studio, page, "stance:sideways")
    assert "sideways" in page.gallery.filter.error
    assert len(page.gallery.shown) == 6


def test_typing_offers_how_a_word_may_go_on(studio: Studio, page: DatasetPage) -> None:
    page.focus_filter()
    QTest.keyClicks(page.gallery.filter.edit, "fram")
    popup = QApplication.activePopupWidget()
    assert popup is not None
    QTest.keyClick(popup, Keys.Key_Down)
    QTest.keyClick(popup, Keys.Key_Tab)
    assert page.gallery.filter.edit.text() == "framing:"
    if again := QApplication.activePopupWidget():
        again.close()


def test_stars_and_rejection_by_keys_are_undone_by_one_key_each(studio: Studio, page: DatasetPage) -> None:
    click_row(page, 1)
    press(page.gallery.view, Keys.Key_4, Keys.Key_X)
    assert (record(studio, 1).stars, record(studio, 1).rejected) == (4, True)
    studio.actions["edit.undo"].trigger()
    studio.actions["edit.undo"].trigger()
    assert (record(studio, 1).stars, record(studio, 1).rejected) == (0, False)


def test_undo_says_what_it_undoes(studio: Studio, page: DatasetPage) -> None:
    click_row(page, 1)
    press(page.gallery.view, Keys.Key_5)
    assert "5 stars for 1 picture" in studio.actions["edit.undo"].toolTip()


def test_delete_moves_to_the_trash_and_undo_brings_back(studio: Studio, page: DatasetPage) -> None:
    path = studio.session.place.folder / record(studio, 0).image.path
    click_row(page, 0)
    press(page.gallery.view, Keys.Key_Delete)
    assert not path.exists() and page.gallery.model.rowCount() == 5
    assert studio.session.current is not None
    studio.actions["edit.undo"].trigger()
    assert path.exists() and page.gallery.model.rowCount() == 6


def test_three_pictures_are_labelled_by_one_key_each_and_survive_a_restart(studio: Studio, page: DatasetPage) -> None:
    folder = studio.session.place.folder
    press(page.gallery.view, Keys.Key_L)
    labels = page.labels
    assert labels.isVisible()
    press(labels, Keys.Key_S)
    assert labels.round.field == "stance"
    press(labels, Keys.Key_1, Keys.Key_2, Keys.Key_1)
    said = [each.labels.stance.value for each in studio.session.all[:3]]
    assert said == ["upright", "posed", "upright"]
    assert labels.round.at == 3
    studio.session.close()
    with workspace.open_project(folder) as place, Desk(place) as desk:
        assert [each.labels.stance.value for each in Records(desk).all[:3]] == said


def test_a_word_that_is_not_there_yet_is_typed_and_has_a_key_from_then_on(studio: Studio, page: DatasetPage) -> None:
    press(page.gallery.view, Keys.Key_L)
    press(page.labels, Keys.Key_O, Keys.Key_N)
    QTest.keyClicks(page.labels._other, "witch robe")
    press(page.labels._other, Keys.Key_Return)
    assert record(studio, 0).labels.outfit.value == "witch robe"
    assert page.labels.words[0] == "witch robe" and page.labels.hasFocus()
    press(page.labels, Keys.Key_1)
    assert record(studio, 1).labels.outfit.value == "witch robe"


def test_undo_within_label_mode_takes_the_last_answer_back(studio: Studio, page: DatasetPage) -> None:
    press(page.gallery.view, Keys.Key_L)
    press(page.labels, Keys.Key_F, Keys.Key_4)
    studio.actions["edit.undo"].trigger()
    assert record(studio, 0).labels.framing is None
    press(page.labels, Keys.Key_Escape)
    assert not page.labels.isVisible()


def test_a_guess_is_dashed_until_enter_confirms_it(studio: Studio, page: DatasetPage) -> None:
    studio.actions["dataset.guess"].trigger()
    settle(studio, page)
    assert record(studio, 0).labels.framing.origin == "guess"
    assert record(studio, 0).labels.stance is None, "what no tag says stays unknown"
    press(page.gallery.view, Keys.Key_L)
    press(page.labels, Keys.Key_F, Keys.Key_Return)
    assert record(studio, 0).labels.framing.origin == "hand"
    assert page.labels.round.at == 1


def test_a_label_key_in_the_gallery_labels_all_that_is_chosen_at_once(studio: Studio, page: DatasetPage) -> None:
    click_row(page, 0)
    click_row(page, 3, Qt.KeyboardModifier.ShiftModifier)
    press(page.gallery.view, Keys.Key_A)
    menu = QApplication.activePopupWidget()
    QTest.keyClick(menu, Keys.Key_4)
    said = [each.labels.angle and each.labels.angle.value for each in studio.session.all]
    assert said == ["from behind"] * 4 + [None] * 2
    studio.actions["edit.undo"].trigger()
    assert all(each.labels.angle is None for each in studio.session.all)


def test_a_click_on_the_map_shows_the_pictures_of_that_cell(studio: Studio, page: DatasetPage) -> None:
    studio.session.edit(lambda desk: desk.set("x", "framing", {record(studio, 0).id: Label("full body")}))
    cells = page.overview.coverage.map
    QTest.mouseClick(cells, Qt.MouseButton.LeftButton,
                     pos=cells.place_of(Spot("full body", "front view")).center().toPoint())
    settle(studio, page)
    assert [each.id for each in page.gallery.shown] == [record(studio, 0).id]


def test_a_word_becomes_wanted_on_the_map_and_its_gap_a_shot(studio: Studio, page: DatasetPage) -> None:
    cells = page.overview.coverage.map
    QTest.mouseClick(cells, Qt.MouseButton.LeftButton, pos=cells.flag_of(Spot("full body", "")).center().toPoint())
    settle(studio, page)
    assert [each.value for each in studio.session.ledger("Mira").wanted] == ["full body"]
    studio.actions["dataset.shots"].trigger()
    assert any(dict(row.shot.labels).get("framing") == "full body" for row in page.shot_list.rows)


def test_a_dropped_picture_fills_its_slot_and_is_labelled_so(studio: Studio, page: DatasetPage, tmp_path) -> None:
    page.overview.coverage.map.wanted.emit(Spot("full body", ""))
    settle(studio, page)
    page.show_shots()
    row = next(each for each in page.shot_list.rows if dict(each.shot.labels).get("framing") == "full body")
    drop(row.slot, draw(tmp_path / "made.png", 99))
    settle(studio, page)
    assert len(studio.session.all) == 7
    new = next(each for each in studio.session.all if each.labels.framing)
    assert new.labels.framing.value == "full body"
    assert row.shot.slot not in [each.shot.slot for each in page.shot_list.rows]


def test_at_most_three_findings_stand_first_and_the_rest_comes_on_request(studio: Studio, page: DatasetPage) -> None:
    assert len(page.overview.lint.cards) == 3
    QTest.mouseClick(page.overview.lint.more, Qt.MouseButton.LeftButton)
    assert len(page.overview.lint.cards) == len(page.linting.found.findings) > 3


def test_a_finding_meant_to_be_so_is_silent_until_it_is_undone(studio: Studio, page: DatasetPage) -> None:
    finding = page.overview.lint.cards[0].finding
    rules = rules_of(page)
    page.overview.lint.silence_asked.emit(finding)
    settle(studio, page)
    assert finding.rule in rules and finding.rule not in rules_of(page)
    studio.actions["edit.undo"].trigger()
    settle(studio, page)
    assert rules_of(page) == rules


def test_a_missing_mark_is_asked_for_its_trait_itself(studio: Studio, page: DatasetPage) -> None:
    giveaway = Trait("hair intakes", "absorb", giveaway=True)
    studio.session.write_ledger(Ledger("Mira", (giveaway,)))
    settle(studio, page)
    page.overview.lint.toggle_more()
    card = next(each for each in page.overview.lint.cards if each.finding.rule == "D05")
    QTest.mouseClick(card.remedy, Qt.MouseButton.LeftButton)
    assert page.labels.round.field == "trait:hair intakes"


def test_a_rewrite_is_told_as_done(studio: Studio, page: DatasetPage) -> None:
    studio.session.edit(lambda desk: desk.rewrite("x", [record(studio, 4).image], lambda _: "1girl, smile"))
    settle(studio, page)
    page.overview.lint.remedy_asked.emit(next(each for each in page.linting.found.findings if each.rule == "C01"))
    assert studio.window.toasts.shown[-1].notice.text == "Put in 'miravelo': done in 1 caption"


def test_a_click_on_a_finding_shows_its_pictures(studio: Studio, page: DatasetPage) -> None:
    studio.session.edit(lambda desk: desk.rewrite("x", [record(studio, 4).image], lambda _: "1girl, smile"))
    settle(studio, page)
    page.overview.lint.toggle_more()
    card = next(each for each in page.overview.lint.cards if each.finding.rule == "C01")
    QTest.mouseClick(card, Qt.MouseButton.LeftButton, pos=QPoint(card.width() // 2, 6))
    settle(studio, page)
    assert [each.id for each in page.gallery.shown] == [record(studio, 4).id]


def test_a_remedy_is_one_click_and_one_undo(studio: Studio, page: DatasetPage) -> None:
    image = record(studio, 4).image
    studio.session.edit(lambda desk: desk.rewrite("x", [image], lambda _: "1girl, smile"))
    settle(studio, page)
    page.overview.lint.toggle_more()
    card = next(each for each in page.overview.lint.cards if each.finding.rule == "C01")
    assert isinstance(card.finding.remedy, Rewrite)
    QTest.mouseClick(card.remedy, Qt.MouseButton.LeftButton)
    settle(studio, page)
    assert "miravelo" in record(studio, 4).caption and "C01" not in rules_of(page)
    studio.actions["edit.undo"].trigger()
    assert record(studio, 4).caption == "1girl, smile"


def test_double_click_opens_large_and_escape_returns(studio: Studio, page: DatasetPage) -> None:
    view = page.gallery.view
    click_row(page, 1)
    place = view.visualRect(view.model().index(1, 0)).center()
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert page.large.isVisible()
    press(page.large.viewer, Keys.Key_Right)
    assert studio.session.current == record(studio, 2)
    press(page.large.viewer, Keys.Key_Escape)
    assert page.gallery.isVisible()


def test_space_peeks_and_space_returns(studio: Studio, page: DatasetPage) -> None:
    click_row(page, 1)
    press(page.gallery.view, Keys.Key_Space)
    peek = page.pictures.peek_pane
    assert peek.isVisible()
    press(peek._viewer, Keys.Key_Right, Keys.Key_Space)
    assert not peek.isVisible() and studio.session.current == record(studio, 2)


def test_a_box_drawn_in_the_picture_says_that_the_trait_is_visible(studio: Studio, page: DatasetPage) -> None:
    click_row(page, 1)
    page.details.box_asked.emit("ribbon")
    viewer = page.large.viewer
    place = viewer._place()
    QTest.mousePress(viewer, Qt.MouseButton.LeftButton, pos=place.center().toPoint())
    QTest.mouseMove(viewer, place.bottomRight().toPoint() - QPoint(4, 4))
    QTest.mouseRelease(viewer, Qt.MouseButton.LeftButton, pos=place.bottomRight().toPoint() - QPoint(4, 4))
    said = record(studio, 1)
    assert said.traits == {"ribbon": "visible"}
    assert said.boxes["ribbon"].left == pytest.approx(0.5, abs=0.02) and said.boxes["ribbon"].right > 0.9


def test_provenance_is_set_by_hand_for_all_that_is_chosen(studio: Studio, page: DatasetPage) -> None:
    click_row(page, 0)
    click_row(page, 1, Qt.KeyboardModifier.ShiftModifier)
    page.details._kind.setCurrentText("other generator")
    page.details._kind.textActivated.emit(page.details._kind.currentText())
    kinds = [each.provenance and each.provenance.kind for each in studio.session.all]
    assert kinds == ["other generator"] * 2 + [None] * 4


def test_what_is_dragged_out_are_the_files(studio: Studio, page: DatasetPage) -> None:
    model = page.gallery.model
    urls = model.mimeData([model.index(0, 0), model.index(2, 0)]).urls()
    assert [QUrl.toLocalFile(url).rsplit("/", 1)[1] for url in urls] == ["00.png", "02.png"]


def test_groups_have_headers_and_the_keyboard_goes_across_them(studio: Studio, page: DatasetPage) -> None:
    studio.session.edit(lambda desk: desk.set("x", "stars", {record(studio, 5).id: 5}))
    page.gallery._group.choose("stars")
    assert [each.title.split("  ")[0] for each in page.gallery.view._sections] == ["5 stars", "no stars"]
    click_row(page, 0)
    press(page.gallery.view, Keys.Key_Down)
    assert page.gallery.view.currentIndex().row() == 1


def test_every_control_of_the_page_has_a_name_for_screen_readers(studio: Studio, page: DatasetPage) -> None:
    kinds: tuple[Callable, ...] = (QAbstractButton, QAbstractItemView, QComboBox, QLineEdit, QSlider)
    controls = [each for kind in kinds for each in page.findChildren(kind)]
    silent = [each for each in controls if not (each.accessibleName() or getattr(each, "text", str)())
              and not each.inherits("QComboBoxListView") and not each.parentWidget().inherits("QLineEdit")]
    assert silent == []


def drop(widget: QWidget, path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    how = Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(widget, QDragEnterEvent(QPoint(5, 5), *how))  # without it nobody is the target of the drop
    QApplication.sendEvent(widget, QDropEvent(QPointF(5, 5), *how))


def rules_of(page: DatasetPage) -> list[str]:
    return [each.rule for each in page.linting.found.findings]


def _texts(widget: QWidget) -> list[str]:
    return [each.text() for each in widget.findChildren(QLabel)]
