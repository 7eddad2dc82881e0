"""Cells are judged by traits, remarked upon and kept, with keys alone; everything is undone and found again."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.core.axes import BASE
from studio.core.ledger import Ledger, Trait
from studio.core.marks import CAUSE, KEEPER, REMARK, Mark
from studio.core.rubric import AS_ASKED, OBTAINED, PASSED, POINTS, Item, Rubric
from studio.store.marks import Marks, read_marks
from studio.store.rubrics import read_rubric, write_rubric
from tests.ui.on_epochs import press, settle, shown
from tests.ui.written_sheets import written_epochs, written_sheet
from ui.pages.epochs import EpochsPage

EPOCHS = (BASE, *range(1, 9))
SHIFT, CTRL, ALT = (Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier,
                    Qt.KeyboardModifier.AltModifier)


@pytest.fixture
def page(studio) -> EpochsPage:
    write_rubric(studio.session.place, Rubric("mine", (Item(AS_ASKED, OBTAINED), Item("ponytail", POINTS),
                                                       Item("ribbon", PASSED))))
    written_epochs(studio.session.place, 8)
    studio.sheet = written_sheet(studio.session.place, EPOCHS)
    return shown(studio)


def said(studio) -> dict[str, object]:
    return {mark.trait: mark.value for mark in read_marks(studio.sheet.folder).counting()}


def test_without_a_rubric_the_ledger_asks(studio) -> None:
    studio.session.write_ledger(Ledger("Mira", (Trait("side ponytail", "absorb"), Trait("smile", "vary"))))
    written_epochs(studio.session.place, 2)
    written_sheet(studio.session.place, (BASE, 1, 2))
    page = shown(studio)
    assert [item.trait for item in page.bench.rubric.items] == [AS_ASKED, "side ponytail"]


def test_each_trait_has_its_keys_and_what_they_mean_stands_on_the_buttons(studio, page: EpochsPage) -> None:
    texts = lambda: [each.text() for each in page.parts.marking.values() if each.isVisible()]  # noqa: E731
    assert texts() == ["Obtained", "Partial", "Not obtained"]
    press(page, Qt.Key.Key_1)
    press(page, Qt.Key.Key_A)
    assert texts() == ["0", "1", "2", "3", "4", "5"]
    assert page.session.actions["epochs.trait"].text() == "Judged for: ponytail"
    press(page, Qt.Key.Key_4)
    assert page.parts.stage.panes[3].mark.text() == "4 of 5"
    press(page, Qt.Key.Key_A)
    assert texts() == ["Pass", "Fail"]
    press(page, Qt.Key.Key_2)
    press(page, Qt.Key.Key_5)
    assert said(studio) == {AS_ASKED: 2, "ponytail": 4, "ribbon": 0}
    press(page, Qt.Key.Key_A, SHIFT)
    press(page, Qt.Key.Key_0)
    assert said(studio)["ponytail"] == 0
    press(page, Qt.Key.Key_Backspace)
    assert "ponytail" not in said(studio)
    for _ in range(5):
        press(page, Qt.Key.Key_U)
    assert said(studio) == {}


def test_the_next_unmarked_cell_is_that_of_the_trait(page: EpochsPage) -> None:
    press(page, Qt.Key.Key_1)
    first = page.shot.cell.key
    press(page, Qt.Key.Key_A)
    for look in page.series.looks:
        for epoch in page.series.epochs:
            if page.series.shot(look, epoch).cell.key != first:
                page.judging.mark(page.series.shot(look, epoch), 3)
    press(page, Qt.Key.Key_N)
    assert page.shot.cell.key == first


def test_keepers_notes_and_causes_are_set_by_keys_and_shown_in_the_pane(studio, page: EpochsPage) -> None:
    press(page, Qt.Key.Key_K)
    press(page, Qt.Key.Key_1, ALT)
    press(page, Qt.Key.Key_E)
    assert page.bench.remarks.note.hasFocus() and page.bench.remarks.isVisible()
    QTest.keyClicks(page.bench.remarks.note, "left hand 1")
    QTest.keyClick(page.bench.remarks.note, Qt.Key.Key_Return)
    assert said(studio) == {KEEPER: 1, CAUSE + "interleave": 1, REMARK: "left hand 1"}
    assert page.parts.stage.viewer.hasFocus()
    pane = page.parts.stage.panes[3]
    assert [each.isVisible() for each in pane.signs] == [True, True, True]
    assert [each.toolTip() for each in pane.signs] == ["Kept  (K)", "interleave", "left hand 1"]
    press(page, Qt.Key.Key_5, ALT)
    QTest.keyClicks(page.bench.remarks.why, "hands")
    QTest.keyClick(page.bench.remarks.why, Qt.Key.Key_Return)
    assert said(studio)[CAUSE + "hands"] == 1
    press(page, Qt.Key.Key_1, ALT)
    press(page, Qt.Key.Key_K)
    assert page.judging.causes(page.shot) == ("hands",) and not page.judging.is_kept(page.shot)
    for _ in range(6):
        press(page, Qt.Key.Key_Z, CTRL)
    assert said(studio) == {} and page.bench.remarks.note.text() == ""


def test_remarks_are_there_after_a_restart(studio, page: EpochsPage, project_folder) -> None:
    press(page, Qt.Key.Key_K)
    page.judging.write(page.shot, "脚が曲がる")
    key = page.shot.cell.key
    studio.session.close()
    studio.open(project_folder)
    again = shown(studio)
    assert again.shot.cell.key == key
    assert again.judging.is_kept(again.shot) and again.judging.note(again.shot) == "脚が曲がる"


def test_only_what_was_kept_is_gone_through(studio, page: EpochsPage) -> None:
    press(page, Qt.Key.Key_K, SHIFT)
    assert not page.session.actions["epochs.keepers"].isChecked(), "nothing is kept yet"
    page.go_to(4)
    press(page, Qt.Key.Key_K)
    press(page, Qt.Key.Key_Right)
    page.go_to(7)
    press(page, Qt.Key.Key_K)
    press(page, Qt.Key.Key_K, SHIFT)
    assert page.series.epochs == (4, 7) and len(page.series.looks) == 2
    press(page, Qt.Key.Key_Up)
    assert page.panes.leading == 4
    press(page, Qt.Key.Key_K, SHIFT)
    assert page.series.epochs == EPOCHS and len(page.series.looks) == 4


def test_marks_say_who_made_them_and_another_judge_begins_anew(studio, page: EpochsPage) -> None:
    press(page, Qt.Key.Key_1)
    page.bench.open_pane(True)
    judge = page.bench.remarks.judge
    judge.setFocus()
    judge.selectAll()
    QTest.keyClicks(judge, "Aiko")
    QTest.keyClick(judge, Qt.Key.Key_Return)
    assert page.judging.judge == "Aiko" and page.judging.value(page.shot) is None
    press(page, Qt.Key.Key_3)
    assert {mark.judge: mark.value for mark in read_marks(studio.sheet.folder).counting()}["Aiko"] == 0
    assert studio.session.settings.state("judge", "") == "Aiko"
    judge.setFocus()
    judge.selectAll()
    QTest.keyClick(judge, Qt.Key.Key_Delete)
    QTest.keyClick(judge, Qt.Key.Key_Return)
    assert page.judging.judge == "Aiko", "a mark needs a judge"


def test_another_judge_on_the_same_seed_shares_the_evidence(studio, page: EpochsPage) -> None:
    shots = [page.series.shot(page.series.looks[0], epoch) for epoch in range(1, 7)]
    Marks(studio.sheet.folder).add(Mark(shot.cell.key, AS_ASKED, OBTAINED, at % 3, "Codex")
                                   for at, shot in enumerate(shots))
    for at, shot in enumerate(shots):
        page.judging.mark(shot, 3 - at % 3)
    page.bench.open_pane(True)
    told = page.bench.remarks.agreement.text()
    assert "Agreement with Codex: kappa 1.00, 6 cells" in told and "seed 42 only" in told
    page.go_to(3)
    assert page.bench.remarks.traits.topLevelItem(0).toolTip(1) == "Codex: obtained"


def test_marks_of_every_trait_take_part_in_the_verdict(page: EpochsPage) -> None:
    page.bench.ask("ponytail")
    for look in page.series.looks:
        for epoch in (4, 8):
            page.judging.mark(page.series.shot(look, epoch), 5)
    page.show_state()
    assert {each.trait for each in page.judging.verdict.comparisons} == {"ponytail"}


def test_the_rubric_is_edited_and_stays_with_the_project(studio, page: EpochsPage) -> None:
    press(page, Qt.Key.Key_J, SHIFT)
    editor = page.bench.editor
    editor.table.selectRow(1)
    editor.remove()
    editor.append()
    editor.table.item(2, 0).setText("left braid")
    editor.scale(2).setCurrentIndex(editor.scale(2).findData(PASSED))
    editor.move_by(-1)
    editor.save()
    wanted = [(AS_ASKED, OBTAINED), ("left braid", PASSED), ("ribbon", PASSED)]
    assert [(each.trait, each.scale) for each in read_rubric(studio.session.place).items] == wanted
    press(page, Qt.Key.Key_A)
    assert page.judging.item == Item("left braid", PASSED)
    press(page, Qt.Key.Key_J, SHIFT)
    page.bench.editor.table.item(1, 0).setText("ribbon")
    page.bench.editor.save()
    assert "asked for twice" in page.bench.editor.error.text
    page.bench.editor.take_ledgers()
    assert [item.trait for item in page.bench.rubric.items] == [AS_ASKED]


def test_what_is_folded_away_stays_so(studio, page: EpochsPage, project_folder) -> None:
    assert not page.bench.remarks.isVisible() and not page.bench.strips.isVisible()
    press(page, Qt.Key.Key_J)
    press(page, Qt.Key.Key_M)
    assert page.bench.remarks.isVisible() and page.bench.strips.isVisible()
    studio.session.close()
    studio.open(project_folder)
    again = shown(studio)
    assert again.bench.remarks.isVisible() and again.bench.strips.isVisible()


def test_a_chosen_trait_in_the_list_is_what_keys_mark(studio, page: EpochsPage) -> None:
    press(page, Qt.Key.Key_J)
    rows = page.bench.remarks.traits
    rows.setCurrentItem(rows.topLevelItem(1))
    assert page.judging.item.trait == "ponytail"
    press(page, Qt.Key.Key_3)
    settle(studio, page)
    assert rows.topLevelItem(1).text(1) == "3 of 5"


def test_keys_work_as_soon_as_the_page_is_gone_to(studio, page: EpochsPage) -> None:
    studio.session.show_page("dataset")
    studio.session.show_page("epochs")
    QTest.keyClick(studio.window.focusWidget(), Qt.Key.Key_K)
    assert said(studio) == {KEEPER: 1}


def test_no_key_means_two_things(studio, page: EpochsPage) -> None:
    epochs = studio.actions.groups["Epochs"]
    elsewhere = [each for name, group in studio.actions.groups.items() for each in group
                 if name != "Epochs" and each.shortcutContext() == Qt.ShortcutContext.WindowShortcut]
    keys = [key.toString() for each in (*epochs, *elsewhere) for key in each.shortcuts()]
    assert [key for key in keys if keys.count(key) > 1] == []


def test_a_steadier_judge_tells_smaller_leads_apart(page: EpochsPage) -> None:
    """Repeats that disagree widen the plateau, as the earliest epoch within the judge's noise is taken."""
    page.bench.ask("ponytail")
    points = {2: 2, 4: 3, 8: 5}
    for look in page.series.looks:
        for epoch, value in points.items():
            page.judging.mark(page.series.shot(look, epoch), value)
    steady = page.judging.verdict.plateau.epoch
    key = page.judging.key(page.series.shot(page.series.looks[0], 1))
    page.judging.add(Mark(f"{key}{at}", "ponytail", POINTS, 5 * again, page.judging.judge, "blind 1", 0.0, again)
                     for at in range(12) for again in (0, 1))
    assert (steady, page.judging.verdict.plateau.epoch) == (8, 2)
