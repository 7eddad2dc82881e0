"""What is said of a cell on one page is said on all, by one person, and undone as one."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.core.axes import BASE
from studio.store.mark_folders import mark_folder
from studio.store.marks import read_marks
from tests.ui import marked_sheets
from tests.ui.on_epochs import named_epochs, settle
from tests.ui.on_epochs import press as press_on_epochs
from tests.ui.written_sheets import written_epochs, written_sheet
from ui.pages.epochs import EpochsPage
from ui.pages.epochs_judging import judge_name
from ui.pages.evidence_marking import MarkingDialog
from ui.pages.grids import GridsPage
from ui.viewstate.grid_arrangement import COLUMNS, RANKING

EPOCHS = (BASE, 1, 2, 3)
OK = Qt.Key.Key_1
NOT = Qt.Key.Key_3


@pytest.fixture
def sheets(studio) -> Iterator[tuple]:
    """A sheet, and the same on more seeds."""
    place = studio.session.place
    written_epochs(place, 3)
    yield written_sheet(place, EPOCHS, seeds=(42,)), written_sheet(place, EPOCHS, seeds=(7, 8))


def epochs_of(studio) -> EpochsPage:
    studio.window.resize(1280, 800)
    studio.session.show_page("epochs")
    page = studio.window.page_widget("epochs")
    settle(studio, page)
    return page


def grids_of(studio, sheet: str = "") -> GridsPage:
    studio.session.show_page("grids")
    page = studio.window.page_widget("grids")
    studio.finish(lambda: page.shelf.has_looked and not page.shelf.is_busy)
    if sheet:
        page.show_sheet(sheet)
    return page


def press(page: GridsPage, key, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    page.window().activateWindow()
    page.parts.view.setFocus()
    QTest.keyClick(page.parts.view, key, modifiers)


def told(studio) -> list[str]:
    """What of the window tells epochs; what an action is called tells none of any picture."""
    return [each for each in named_epochs(studio.window) if "Draw step 0" not in each]


def values(page: EpochsPage) -> dict[str, int]:
    judging = page.judging
    found = {shot.path.stem: judging.value(shot) for shot in judging.series.shots.values()}
    return {key: value for key, value in found.items() if value is not None}


def test_a_mark_in_the_grid_of_a_later_sheet_is_seen_among_the_epochs_at_once_and_undone_there(studio, sheets) -> None:
    first, more = sheets
    epochs = epochs_of(studio)
    assert epochs.series.sheets == ("0001", "0002") and values(epochs) == {}
    grids = grids_of(studio, "0002")
    grids.parts.view.choose((0, 0))
    key = grids.key
    press(grids, OK)
    assert key in {path.stem for path in (more.folder / "cells").iterdir()}
    epochs = epochs_of(studio)
    assert values(epochs) == {key: 2}
    assert len(read_marks(first.folder).marks()) == 1 and not (more.folder / "marks.jsonl").exists()
    assert mark_folder(studio.session.place, more) == first.folder
    press_on_epochs(epochs, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert values(epochs) == {}
    assert grids_of(studio, "0002").judging.values == {}


def test_a_mark_among_the_epochs_is_seen_and_undone_in_the_grid(studio, sheets) -> None:
    grids = grids_of(studio, "0001")
    epochs = epochs_of(studio)
    epochs.show_cell(epochs.series.looks[0], 3)
    press_on_epochs(epochs, NOT)
    key = epochs.shot.cell.key
    grids = grids_of(studio, "0001")
    assert grids.judging.values == {key: 0}
    press(grids, Qt.Key.Key_U)
    assert grids.judging.values == {} and values(epochs_of(studio)) == {}


def test_what_is_undone_on_another_sheet_of_the_series_is_told(studio, sheets) -> None:
    grids = grids_of(studio, "0002")
    grids.parts.view.choose((0, 0))
    press(grids, OK)
    grids.show_sheet("0001")
    heard = []
    studio.session.noticed.connect(heard.append)
    press(grids, Qt.Key.Key_U)
    assert [each.text for each in heard] == ["That mark is on another sheet of the same series"]
    grids.show_sheet("0002")
    assert grids.judging.values == {}


def test_one_person_is_one_judge_on_every_page(studio, sheets) -> None:
    grids, epochs = grids_of(studio, "0001"), epochs_of(studio)
    epochs.bench.name_judge("Aiko")
    grids_of(studio, "0001")
    grids.parts.view.choose((1, 0))
    press(grids, OK)
    assert {mark.judge for mark in read_marks(sheets[0].folder).marks()} == {"Aiko"}


def test_what_is_marked_on_the_page_of_evidence_is_seen_on_the_others(studio, sheets) -> None:
    first, more = sheets
    studio.session.show_page("evidence")
    page = studio.window.page_widget("evidence")
    studio.finish(lambda: page.readings.has_looked and not page.readings.is_busy)
    [marked] = page.readings.found.sheets
    assert marked.ids == ("0001", "0002")
    studio.session.settings.remember(judge="Aiko")
    dialog = MarkingDialog(studio.session, marked, "suppression", page)
    dialog.place = next(place for place, cell in enumerate(dialog.cells) if marked.home[cell.key] == "0002")
    key = dialog.key
    dialog.mark(1)
    dialog.close()
    assert {(mark.key, mark.judge) for mark in read_marks(first.folder).marks()} == {(key, "Aiko")}
    assert not (more.folder / "marks.jsonl").exists()
    assert values(epochs_of(studio)) == {key: 2} == grids_of(studio, "0002").judging.values


def test_while_somebody_judges_blind_the_page_of_evidence_tells_nothing(studio, sheets) -> None:
    marked_sheets.marked(sheets[0], lambda cell: [marked_sheets.as_asked(cell, 2)])
    studio.session.show_page("evidence")
    page = studio.window.page_widget("evidence")
    studio.finish(lambda: page.readings.has_looked and not page.readings.is_busy)
    assert named_epochs(page) and studio.window.isActiveWindow(), "no part was a window for a moment"
    epochs = epochs_of(studio)
    press_on_epochs(epochs, Qt.Key.Key_B, Qt.KeyboardModifier.ShiftModifier)
    studio.session.show_page("evidence")
    page._renew()
    assert page.curtain.said.isVisible() and told(studio) == []
    assert studio.actions.why_not("evidence.why") == "A blind session is on."
    QTest.mouseClick(page.curtain.end, Qt.MouseButton.LeftButton)
    assert not epochs.bench.is_blind and named_epochs(page) and not studio.actions.why_not("evidence.why")


def test_while_somebody_judges_blind_the_grid_tells_nothing_and_can_end_it(studio, sheets) -> None:
    grids, epochs = grids_of(studio, "0001"), epochs_of(studio)
    named = named_epochs(grids)
    assert named
    press_on_epochs(epochs, Qt.Key.Key_B, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(epochs.bench.blind.start.begin, Qt.Key.Key_Space)
    studio.session.show_page("grids")
    assert told(studio) == [] and grids.curtain.said.isVisible()
    assert studio.actions.why_not("grids.epochs") == studio.actions.why_not("grids.new") == "A blind session is on."
    grids.gate.switch()
    assert studio.actions.why_not("grids.mark1") == "A blind session is on.", "nothing that happens meanwhile opens it"
    QTest.mouseClick(grids.curtain.end, Qt.MouseButton.LeftButton)
    assert not epochs.bench.is_blind and grids.parts.whole.isVisible() and not grids.curtain.said.isVisible()
    assert named_epochs(grids) == named and not studio.actions.why_not("grids.epochs")


def test_a_project_is_closed_in_the_middle_of_a_blind_session_and_opened_again(studio, sheets, project_folder) -> None:
    grids_of(studio, "0001")
    press_on_epochs(epochs_of(studio), Qt.Key.Key_B, Qt.KeyboardModifier.ShiftModifier)
    assert studio.session.blindfold.is_on
    studio.session.close()
    assert not studio.session.blindfold.is_on
    studio.open(project_folder)
    assert grids_of(studio, "0001").parts.whole.isVisible()


def test_a_page_that_is_opened_in_a_blind_session_tells_nothing_either(studio, sheets) -> None:
    epochs = epochs_of(studio)
    press_on_epochs(epochs, Qt.Key.Key_B, Qt.KeyboardModifier.ShiftModifier)
    grids = grids_of(studio)
    assert grids.curtain.said.isVisible() and told(studio) == []
    epochs.bench.mode.end()
    assert grids.parts.whole.isVisible() and named_epochs(grids)


def test_an_epoch_that_is_ahead_by_less_than_the_judge_s_noise_is_told_in_the_grid_and_among_the_evidence(
        studio) -> None:
    written_epochs(studio.session.place, 3)
    folder = written_sheet(studio.session.place, EPOCHS, seeds=range(8))
    marked_sheets.marked(folder, lambda cell: [marked_sheets.as_asked(
        cell, 1 if cell.value("epoch") == 1 and not cell.spec.seed else 2, judge_name(studio.session.settings))])
    studio.session.show_page("evidence")
    evidence = studio.window.page_widget("evidence")
    studio.finish(lambda: evidence.readings.has_looked and not evidence.readings.is_busy)
    assert [each.rule for each in evidence.readings.found.report.watched.warned] == ["V09"]
    grids = grids_of(studio, "0001")
    grids.arrange(grids.arrangement.sorted_by(COLUMNS, RANKING[0]))
    grids.teller.watch()
    assert "V09" in [each.rule for each in grids.teller.watched.warned]
