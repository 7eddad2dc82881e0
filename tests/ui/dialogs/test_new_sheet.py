"""A sheet is chosen by what it answers, says what it takes before it is drawn, and can be kept as one's own."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.core.sheet_plan import shipped_plans
from studio.jobs.train import start_training
from studio.store import sweeps
from studio.store.presets import find_plan, own_names
from studio.store.workspace import open_project
from tests.job_runs import run
from tests.tiny_project import RECIPE, write_project
from tests.ui.written_sheets import written_epochs
from ui.dialogs.new_sheet import NewSheetDialog
from ui.pages.grids import GridsPage


@pytest.fixture
def page(studio, monkeypatch, tmp_path) -> GridsPage:
    monkeypatch.setenv("CHARSTUDIO_HOME", str(tmp_path / "studio"))
    written_epochs(studio.session.place, 8)
    studio.window.resize(1280, 800)
    studio.session.show_page("grids")
    made = studio.window.page_widget("grids")
    studio.finish(lambda: made.shelf.has_looked and not made.shelf.is_busy)
    return made


@pytest.fixture
def dialog(studio, page: GridsPage) -> NewSheetDialog:
    page.session.actions["grids.new"].trigger()
    ready(studio, page.sheets.dialog)
    return page.sheets.dialog


def ready(studio, dialog: NewSheetDialog) -> None:
    studio.finish(lambda: dialog.planned is not None)


def test_every_sheet_that_ships_is_there_by_what_it_answers(studio, dialog: NewSheetDialog) -> None:
    assert {row.name for row in dialog.list.rows} >= set(shipped_plans())
    assert all(row.title and row.about for row in dialog.list.rows)
    studio.finish(lambda: not dialog.list.unforecast)
    forecast = {row.name: row.forecast for row in dialog.list.rows}
    assert forecast["epoch-format-seed"].startswith("45 cells · ") and forecast["interaction"].startswith("108 cells")
    dialog.list.field.setText("framing")
    assert [row.name for at, row in enumerate(dialog.list.rows) if not dialog.list.items.item(at).isHidden()] == [
        "framing-pair"]


def test_it_says_what_the_chosen_one_takes_and_which_words_the_base_does_not_know(dialog: NewSheetDialog) -> None:
    assert dialog.list.chosen == "pose-angle-weak"
    assert dialog.cells.text() == "16 cells: 8 rows × 2 columns"
    assert dialog.takes.text().startswith("16 pictures to draw; 0 there already. About ")
    assert "does not know cowboy shot" in dialog.remarks.text()


def test_axes_are_edited_as_they_are_written(studio, dialog: NewSheetDialog) -> None:
    field = dialog.axes.fields["seed"]
    field.selectAll()
    QTest.keyClicks(field, "100, 200, ..., 400, SKIP: 300")
    studio.finish(lambda: dialog.planned is not None and dialog.cells.text().startswith("24 cells"))
    assert dialog.planned.sheet.columns[-1].values == (100, 200, 400)
    field.selectAll()
    QTest.keyClicks(field, "many")
    studio.finish(lambda: dialog.error.isVisible())
    assert field.property("state") == "bad" and not dialog.start.isEnabled()
    field.selectAll()
    QTest.keyClicks(field, "7")
    studio.finish(lambda: dialog.planned is not None and dialog.cells.text().startswith("8 cells"))
    assert not dialog.error.isVisible() and dialog.start.isEnabled()


def test_it_is_queued_and_appears_in_the_list(studio, page: GridsPage, dialog: NewSheetDialog) -> None:
    studio.session.jobs.pause()
    QTest.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    studio.finish(lambda: bool(studio.session.jobs.waiting))
    assert [each.kind for each in studio.session.jobs.waiting] == ["sheet"]
    sheet = sweeps.read_sheet(sweeps.find_sheet(studio.session.place, "latest"))
    assert sheet.title == "Poses and angles, plainly asked" and len(sheet.expand()) == 16
    studio.finish(lambda: page.parts.list.count() == 1)
    assert page.sheet.title == sheet.title and len(page.sheet.there) == 0


def test_an_edited_sheet_is_kept_as_ones_own_and_stands_first(studio, dialog: NewSheetDialog) -> None:
    field = dialog.axes.fields["seed"]
    field.selectAll()
    QTest.keyClicks(field, "7")
    studio.finish(lambda: dialog.planned is not None and dialog.cells.text().startswith("8 cells"))
    dialog.own_name.setText("a/b")
    QTest.mouseClick(dialog.keep_button, Qt.MouseButton.LeftButton)
    assert dialog.error.isVisible() and not own_names()
    dialog.own_name.setText("poses-once")
    QTest.mouseClick(dialog.keep_button, Qt.MouseButton.LeftButton)
    assert own_names() == ("poses-once",) and find_plan("poses-once").columns[-1].values == (7,)
    assert dialog.list.rows[0].name == dialog.list.chosen == "poses-once" and dialog.list.rows[0].is_own


def test_a_sheet_is_drawn_by_the_engine_and_fills_in_while_one_looks(app, tiny_base, tmp_path) -> None:
    folder = write_project(tmp_path / "project", tiny_base.transformer)
    with open_project(folder) as place:
        run(start_training(place, replace(RECIPE, preview_every=0)))
    app.window.resize(1280, 800)
    app.open(folder)
    app.session.show_page("grids")
    page = app.window.page_widget("grids")
    app.finish(lambda: page.parts.empty.isVisible() and app.actions["grids.new"].isEnabled())
    app.actions["grids.new"].trigger()
    dialog = page.sheets.dialog
    dialog.list.choose("epoch-by-prompt")
    QTest.mouseClick(dialog.axes.fields["seed"], Qt.MouseButton.LeftButton)
    dialog.axes.fields["seed"].selectAll()
    QTest.keyClicks(dialog.axes.fields["seed"], "1")
    app.finish(lambda: dialog.planned is not None and dialog.cells.text() == "12 cells: 3 rows × 4 columns")
    seen = []
    page.shelf.changed.connect(lambda: seen.append(len(page.shelf.found.sheets[0].there)))
    QTest.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    app.finish(lambda: page.sheet is not None and page.sheet.is_whole and not app.session.jobs.open)
    assert len(page.table.rows) == 4 and len(page.table.columns) == 3 and seen == sorted(seen)
    assert page.parts.view.file((2, -1)), "step 0 is the base of the sheet itself"
