"""Epochs are compared from the page itself: a sheet fills in live, is gone on with, extended, and used."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from job_runs import run as run_job
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from tiny_project import RECIPE, write_project

from studio.core.axes import BASE
from studio.core.compared_epochs import NO_TRIGGER
from studio.jobs.train import start_training
from studio.store import sweeps
from studio.store.marks import read_marks
from studio.store.targets import read_targets
from studio.store.workspace import open_project
from ui.dialogs.compare import CompareDialog
from ui.pages.epochs import EpochsPage
from ui.viewstate.epoch_panes import TARGET


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, tiny_base) -> Path:
    """A project of the tiny base with a run of four epochs and no previews."""
    folder = write_project(tmp_path_factory.mktemp("compared") / "project", tiny_base.transformer)
    with open_project(folder) as place:
        run_job(start_training(place, replace(RECIPE, epochs=4, preview_every=0, save_every=1)))
    return folder


@pytest.fixture
def page(app, trained: Path, tmp_path: Path) -> EpochsPage:
    shutil.copytree(trained, tmp_path / "project", ignore=shutil.ignore_patterns("*.lock"))
    app.open(tmp_path / "project")
    app.window.resize(1280, 800)
    app.session.show_page("epochs")
    page = app.window.page_widget("epochs")
    page.app = app
    app.finish(lambda: page.shelf.has_looked and not page.shelf.is_busy)
    return page


def press(button) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def settle(page: EpochsPage) -> None:
    page.app.finish(lambda: not page.session.jobs.open and not page.shelf.is_busy)


def asked(page: EpochsPage) -> CompareDialog:
    """The dialog, when it has reckoned."""
    page.session.actions["epochs.compare"].trigger()
    page.app.finish(page.sheets.dialog.start.isEnabled)
    return page.sheets.dialog


def compare(page: EpochsPage, prompts=("face", "low angle"), seeds="42, 100") -> None:
    dialog = asked(page)
    for name, box in dialog.prompts.items():
        box.setChecked(name in prompts)
    dialog.seeds.setText(seeds)
    page.app.finish(lambda: dialog._planned is not None and dialog.start.isEnabled())
    press(dialog.start)
    page.app.finish(lambda: page.series is not None)
    settle(page)


def mark(page: EpochsPage, arm, name: str, digit: int) -> None:
    for look in page.series.looks:
        if look.name == name:
            page.judging.mark(page.series.shot(look, arm), digit)


def test_the_dialog_says_what_comparing_takes_before_anything_is_drawn(page: EpochsPage) -> None:
    dialog = asked(page)
    assert dialog.epochs.text() == "1, 2, 3, 4" and dialog.seeds.text() == "42, 100, 200"
    assert dialog.cells.text() == "54 pictures: 6 rows of 9"
    assert "the LoRA is changed 4 times" in dialog.order.text() and dialog.cost.text().startswith("About")
    assert dialog.profile.value == "plain" and "Turbo" in dialog.profile._buttons["turbo"].toolTip()
    assert dialog.start.text() == "Draw 54 pictures" and sweeps.sheets_of(page.session.place) == ()
    dialog.control.setChecked(False)
    dialog.epochs.setText("1, 3")
    page.app.finish(lambda: dialog.cells.text() == "27 pictures: 3 rows of 9")
    dialog.epochs.setText("1, 7")
    page.app.finish(lambda: "no checkpoint of epoch 7" in dialog.error.text)
    assert not dialog.start.isEnabled()
    dialog.epochs.setText("the best")
    page.app.finish(lambda: not dialog.start.isEnabled() and "epoch" in dialog.error.text.lower())
    dialog.reject()


def test_the_sheet_fills_in_while_it_is_drawn_with_target_and_step_0_pinned(page: EpochsPage) -> None:
    dialog, seen = asked(page), []
    page.shelf.changed.connect(lambda: page.series and seen.append(len(page.series.shots)))
    press(dialog.start)
    page.app.finish(lambda: page.series is not None)
    assert [each.shows for each in page.panes.panes][:2] == [TARGET, BASE]
    assert page.series.epochs == (BASE, NO_TRIGGER, 1, 2, 3, 4)
    settle(page)
    page.app.finish(lambda: page.series.missing == 0)
    assert len(seen) > 1 and seen[-1] == 54, "pictures came while others were still to be drawn"
    assert not page.head.go_on.isVisible()


def test_a_stopped_sheet_says_what_is_left_and_is_gone_on_with(page: EpochsPage) -> None:
    press(asked(page).start)
    page.app.finish(lambda: page.series is not None and len(page.series.shots) > 3)
    for task in page.session.jobs.open:
        task.stop()
    settle(page)
    left = page.series.missing
    assert 0 < left < 54 and page.head.go_on.isVisible() and page.head.go_on.text() == f"Go on: {left} left"
    press(page.head.go_on)
    page.app.finish(lambda: page.series.missing == 0)
    assert len(sweeps.sheets_of(page.session.place)) == 1


def test_more_seeds_extend_what_is_open_and_keep_every_mark(page: EpochsPage) -> None:
    compare(page, ("face", "low angle"), "42, 100")
    assert page.session.actions.why_not("epochs.seeds") == "Mark cells of two epochs first."
    for arm, digit in ((1, 3), (2, 3), (3, 1), (4, 1)):
        mark(page, arm, "face", digit)
    page.show_state()
    assert page.judging.verdict.pick == 3 and page.session.actions["epochs.seeds"].isEnabled()
    before = read_marks(page.series.folder).marks()
    page.session.actions["epochs.seeds"].trigger()
    settle(page)
    page.app.finish(lambda: len(page.series.seeds) == 10 and not page.series.missing)
    more = sweeps.read_sheet(sweeps.find_sheet(page.session.place, "latest"))
    assert {cell.value("epoch") for cell in more.expand()} == {BASE, NO_TRIGGER, 1, 3, 4}
    assert read_marks(page.series.folder).marks() == before and page.judging.verdict.pick == 3
    assert [look.seed for look in page.series.looks if look.name == "face"][:3] == [42, 100, 1001]
    assert len(page.series.sheets) == 2 and page.head._series.count() == 1


def test_after_more_seeds_the_sentence_says_who_blocks_the_angle(page: EpochsPage) -> None:
    compare(page, ("low angle",), "1, 2, 3, 4, 5, 6, 7, 8")
    mark(page, 2, "low angle", 3)
    mark(page, 3, "low angle", 3)
    mark(page, BASE, "low angle", 1)
    page.show_state()
    assert page.parts.verdict.sentence.text() == (
        "ep2 and ep3: no difference shown; take ep2. Low angle: the base can, the trigger blocks it.")
    mark(page, BASE, "low angle", 3)
    mark(page, NO_TRIGGER, "low angle", 3)
    page.show_state()
    assert page.parts.verdict.sentence.text().endswith("Low angle: the base cannot.")
    assert page.judging.verdict.reference == 3, "controls are no epochs"


def test_three_buttons_stand_beside_the_sentence(page: EpochsPage) -> None:
    compare(page, ("face",), "42")
    shown = [each.text() for each in page.parts.verdict.findChildren(type(page.parts.verdict.use)) if each.isVisible()]
    assert [each.split()[0] for each in shown] == ["Use", "Why?", "8"]
    assert [each.text() for each in page.parts.verdict.use.menu().actions()] == [
        "Copy the path of its file", "Show its file in the folder"]


def test_a_target_is_asked_for_once_where_the_project_has_no_picture_of_her(page: EpochsPage, draw_picture,
                                                                          tmp_path: Path) -> None:
    session = page.session
    session.edit(lambda desk: desk.set("none", "rejected", {each.id: True for each in session.all}))
    dialog = asked(page)
    page.app.finish(lambda: "choose one" in dialog.target.words.text())
    page.app.answers.chosen_files.append(draw_picture(tmp_path / "her.png", 5))
    press(next(each for each in dialog.target.findChildren(QPushButton)))
    assert dialog.target.words.text() == "her.png"
    press(dialog.start)
    settle(page)
    page.app.finish(lambda: page.series is not None and not page.series.missing)
    [kept] = [each for each in session.all if each.image.path.name == "her.png"]
    assert kept.rejected and set(read_targets(session.place.folder).values()) == {kept.id}
    page.show_state()
    assert page.exhibitor.exhibits()[0].path == session.place.folder / kept.image.path
    assert "her.png" in asked(page).target.words.text(), "nobody is asked twice"
    page.sheets.dialog.reject()
