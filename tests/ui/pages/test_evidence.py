"""Marks add up on the page of evidence: sentences with their cells, a table that equals its file, a journal."""

import csv
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QDialog, QLabel, QLineEdit, QPushButton

from studio.core.axes import BASE, Axis
from studio.core.evidence import LOST
from studio.core.feature_boxes import box_mark
from studio.core.marks import CAUSE
from studio.core.project import Character, with_character
from studio.core.record import Box
from studio.store.marks import Marks, read_marks
from studio.store.sweeps import read_sheet
from studio.store.targets import choose_target
from studio.store.verdicts import read_verdicts, write_judgement
from tests.ui import marked_sheets
from tests.ui.written_runs import written_run
from tests.ui.written_sheets import written_epochs
from ui.gpu_thread import Task
from ui.pages.epochs_judging import system_name
from ui.pages.evidence import EvidencePage
from ui.pages.evidence_marking import MarkingDialog
from ui.pages.evidence_reading import Wish
from ui.viewstate.evidence_previews import marked_previews
from ui.widgets.evidence_bars import HitLine
from ui.widgets.evidence_curve import TraitCurve
from ui.widgets.evidence_matrix import BleedMatrix
from ui.widgets.evidence_strength import StrengthChart
from ui.widgets.evidence_swatches import Swatches
from ui.widgets.evidence_table import HitTableView
from ui.widgets.segmented import Segmented

EPOCHS = (1, 2, 3, 4, 5)


@pytest.fixture
def run(studio):
    return written_epochs(studio.session.place, 5)


def shown(studio) -> EvidencePage:
    studio.window.resize(1280, 800)
    studio.session.show_page("evidence")
    page = studio.window.page_widget("evidence")
    settle(studio, page)
    return page


def wait_until(is_so) -> None:
    for _ in range(1000):
        QApplication.processEvents()
        if is_so():
            return
    raise AssertionError("it did not come to be so")


def settle(studio, page: EvidencePage) -> None:
    page.readings.watch(False)
    page.readings.look()
    studio.finish(lambda: page.readings.has_looked and not page.readings.is_busy)


def texts(page: EvidencePage, id: str) -> str:
    return "\n".join(each.text() for each in page.parts.sections[id].findChildren(QLabel))


def press(page: EvidencePage, key, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    page.window().activateWindow()
    wait_until(page.window().isActiveWindow)
    page.setFocus()
    QTest.keyClick(page.parts.list, key, modifiers)


def stopped_tasks(page: EvidencePage) -> list[Task]:
    """What is queued from here on; none of it is begun."""
    found: list[Task] = []
    page.session.jobs.queued.connect(lambda task: (found.append(task), task.stop()))
    return found


def button(page: EvidencePage, id: str, text: str) -> QPushButton:
    return next(each for each in page.parts.sections[id].findChildren(QPushButton) if each.text() == text)


def show(page: EvidencePage, widget) -> None:
    page.parts._area.ensureWidgetVisible(widget)


def test_the_sentence_stands_at_the_top_with_one_of_three_words_and_what_would_change_it(studio, run) -> None:
    marked_sheets.epochs_sheet(studio.session.place, run, EPOCHS)
    page = shown(studio)
    verdict = page.answer.found.verdict
    assert "take ep3." in verdict.sentence and verdict.sentence in texts(page, "epoch")
    assert verdict.word in ("better", "worse", "not shown")
    assert page.parts.list.item(0).text() == f"Verdict: {verdict.word}; take ep3"
    assert page.session.actions["evidence.more"].text() == "8 more seeds"
    queued = stopped_tasks(page)
    press(page, Qt.Key.Key_M)
    job = queued[0].ticket.job
    assert job.sheets == ("0001",) and job.arms == (3, 4, 5) and len(job.seeds) == 8
    assert not set(job.seeds) & {cell.spec.seed for cell in page.answer.marked.cells}


def test_why_shows_the_tests_the_correction_and_the_method(studio, run) -> None:
    marked_sheets.epochs_sheet(studio.session.place, run, EPOCHS)
    page = shown(studio)
    press(page, Qt.Key.Key_Y)
    told = "\n".join(each.text() for each in page.why.findChildren(QLabel))
    assert "exact sign test" in told and "Holm" in told
    first = page.why.list.item(0).text()
    assert "corrected" in first and "pairs" in first
    page.why.close()


def test_the_table_of_hits_equals_its_file(studio, run, tmp_path) -> None:
    """Per trait and epoch k/n with one exact interval, the same on the screen and in the CSV."""
    marked_sheets.epochs_sheet(studio.session.place, run, EPOCHS)
    page = shown(studio)
    view = page.findChild(HitTableView)
    studio.answers.chosen_files = [tmp_path / "hits.csv"]
    press(page, Qt.Key.Key_T)
    rows = tuple(map(tuple, csv.reader((tmp_path / "hits.csv").read_text("utf-8").splitlines())))
    assert rows == view.texts
    assert rows[0] == ("epoch", "trait", "hits", "rate", "95 % Clopper-Pearson")
    assert ("2", "face", "6/24", "25 %", "[9.8, 46.7]") in rows or any(row[1] == "face" for row in rows)
    view.cellClicked.emit(1, 0)
    assert len(page.parts.cells.keys) == view.table.rows[1].hits.tries


def test_every_trait_has_its_curve_with_the_plateau(studio, run) -> None:
    marked_sheets.epochs_sheet(studio.session.place, run, EPOCHS)
    page = shown(studio)
    curves = {each.trait: each for each in page.findChildren(TraitCurve)}
    assert set(curves) == {"as asked", "face", "orange hair", "ribbon"}
    assert "face: on its plateau from ep3 on" in texts(page, "curves")
    assert "orange hair: on its plateau from ep1 on" in texts(page, "curves")
    assert [each.arm for each in curves["as asked"].points] == [BASE, *EPOCHS]
    face = curves["face"]
    show(page, face)
    QTest.mouseClick(face, Qt.MouseButton.LeftButton, pos=QPoint(round(face.x(1)), 40))
    assert set(page.parts.cells.keys) == set(face.points[1].keys)
    QTest.keyClick(face, Qt.Key.Key_Right)
    QTest.keyClick(face, Qt.Key.Key_Return)
    assert set(page.parts.cells.keys) == set(face.points[2].keys)


def test_suppression_is_said_with_its_arms_and_leads_to_its_cells(studio, run) -> None:
    marked_sheets.suppression_sheet(studio.session.place, 5)
    page = shown(studio)
    assert "the base can, the trigger blocks it, strength 0.3 releases it and loses her" in texts(page, "suppression")
    assert "the trigger leaves it alone" in texts(page, "suppression")
    lines = page.parts.sections["suppression"].findChildren(HitLine)
    assert [(each.name, each.hits.pair) for each in lines[:3]] == [
        ("base alone", [16, 16]), ("trigger", [0, 8]), ("trigger at 0.3", [8, 8])]
    show(page, lines[1])
    QTest.mouseClick(lines[1], Qt.MouseButton.LeftButton)
    assert page.parts.cells.keys == lines[1].keys and len(lines[1].keys) == 8
    assert page.parts.list.item(1).text() == "Suppression: 1 blocked"


def test_the_safe_band_of_strengths_is_drawn(studio, run) -> None:
    """Onset 0.8 unnamed and 0.6 named, collapse at 1.2, and the band from 0.6 to 1.0 where it is drawn."""
    marked_sheets.strength_sheet(studio.session.place, 5)
    page = shown(studio)
    unnamed, named = page.findChildren(StrengthChart)
    assert set(unnamed.response.onsets.values()) == {0.8} and set(named.response.onsets.values()) == {0.6}
    assert (named.response.collapse, named.response.band) == (1.2, (0.6, 1.0))
    image = named.grab().toImage()
    band = named.band()
    assert named.strengths == (0.4, 0.6, 0.8, 1.0, 1.2)
    assert band.width() == pytest.approx(3 * named.step)
    inside, outside = (image.pixelColor(round(x), 11) for x in (band.right() - 4, band.left() - 8))
    assert inside != outside
    assert "collapse at 1.2, safe from 0.6 to 1" in texts(page, "strength")


def test_the_matrix_of_bleeding_says_what_went_to_whom(studio, run) -> None:
    """A ponytail that migrates in one of three cells, and an ahoge that stays."""
    marked_sheets.bleed_sheet(studio.session.place, 5)
    page = shown(studio)
    assert "side ponytail: Kana->Lily 1/3" in texts(page, "bleed")
    matrix = page.findChild(BleedMatrix)
    slots = list(matrix.slots)
    row = [(each.trait, each.owner) for each in matrix.rows].index(("side ponytail", "Kana"))
    ahoge = [(each.trait, each.owner) for each in matrix.rows].index(("ahoge", "Kana"))
    assert matrix.text(row, slots.index("Lily")) == "1/3" and matrix.text(ahoge, slots.index("Lily")) == "0/3"
    show(page, matrix)
    QTest.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=matrix.area(row, slots.index("Lily")).center().toPoint())
    assert len(page.parts.cells.keys) == 1


def test_interactions_have_class_subtotals_and_the_rolls_they_take(studio, run) -> None:
    """Two keepers of nine are 22 % [3, 60], and ten rolls for one."""
    marked_sheets.interaction_sheet(studio.session.place, 5)
    page = shown(studio)
    lines = {each.name.strip(): each for each in page.parts.sections["interaction"].findChildren(HitLine)}
    assert lines["stacked"].hits.pair == [2, 9] and lines["symmetric"].hits.pair == [15, 18]
    assert str(lines["piggyback"].hits) == "2/9 22 % [3, 60]"
    assert "10 rolls (3 to 81)" in lines["piggyback"].accessibleName()
    assert "Cheek to cheek: render it larger first." in texts(page, "interaction")


def test_judges_of_one_seed_are_warned_of_what_they_share(studio, run) -> None:
    marked_sheets.epochs_sheet(studio.session.place, run, EPOCHS, seeds=1)
    page = shown(studio)
    assert "weighted kappa" in texts(page, "agreement")
    assert "Both judges saw seed 42 only: they share the evidence, and may share the error." in texts(page, "agreement")


def test_a_verdict_is_written_and_taken_back_and_both_stay(studio, run) -> None:
    place = studio.session.place
    folder = marked_sheets.epochs_sheet(place, run, EPOCHS)
    keys = [cell.key for cell in read_sheet(folder).expand()][:1]
    write_judgement(place.folder, "ep180", "ep180 is overtrained.", [("0001", key) for key in keys])
    page = shown(studio)
    assert page.parts.journal.texts == ("ep180",)
    QTest.mouseClick(page.parts.journal.rows[0].retract, Qt.MouseButton.LeftButton)
    assert not page.retracting.retract.isEnabled(), "a retraction says why"
    page.retracting.why.setText("one seed")
    page.retracting.instead.setText("ep120-150")
    QTest.mouseClick(page.retracting.retract, Qt.MouseButton.LeftButton)
    settle(studio, page)
    today = datetime.now(UTC).date().isoformat()
    assert page.parts.journal.texts == (f"ep180 (retracted {today}: one seed) -> ep120-150",)
    press(page, Qt.Key.Key_J)
    settle(studio, page)
    assert page.parts.journal.texts[0] == "ep3" and len(page.parts.journal.texts) == 2
    assert len(read_verdicts(place.folder)) == 3
    first = page.parts.journal.rows[0]
    assert first.held.judgement.text == page.answer.found.verdict.sentence
    QTest.mouseClick(first.cells, Qt.MouseButton.LeftButton)
    assert set(page.parts.cells.keys) == {key for _, key in first.held.judgement.cells}
    assert page.parts.list.item(page.parts.list.count() - 1).text() == "Journal: stands: ep3"


def test_a_cell_opens_beside_the_other_epochs(studio, run) -> None:
    marked_sheets.epochs_sheet(studio.session.place, run, EPOCHS)
    page = shown(studio)
    row = next(each for each in page.findChild(HitTableView).table.rows if each.group == (4,) and each.trait == "face")
    page.show_cells("face", row.keys)
    cells = page.parts.cells
    assert cells.list.item(0).text() == "ep4 · seed 42"
    cells.list.itemClicked.emit(cells.list.item(2))
    epochs = studio.window.page_widget("epochs")
    studio.finish(lambda: epochs.shot is not None and epochs.shot.cell.key == row.keys[2])
    assert studio.window.page == "epochs"


def test_what_was_marked_elsewhere_appears_by_itself(studio, run) -> None:
    folder = marked_sheets.epochs_sheet(studio.session.place, run, EPOCHS)
    page = shown(studio)
    before = page.answer.found.table.texts
    page.readings.watch(True)
    cell = next(cell for cell in read_sheet(folder).expand() if cell.value("epoch") == 3)
    Marks(folder.folder).add([marked_sheets.points(cell, "face", 0)])
    studio.finish(lambda: page.answer.found.table.texts != before)


def test_a_sheet_without_marks_is_marked_here_by_keys(studio, run) -> None:
    folder = marked_sheets.suppression_sheet(studio.session.place, 5, seeds=1)
    (folder.folder / "marks.jsonl").unlink()
    page = shown(studio)
    assert "to be marked" in page.parts.list.item(1).text()
    QTest.mouseClick(button(page, "suppression", "Mark its cells"), Qt.MouseButton.LeftButton)
    dialog: MarkingDialog = page.marking
    assert len(dialog.cells) == 8
    for cell in dialog.cells:
        assert dialog.cells[dialog.place] == cell
        is_blocked = (cell.value("arm"), cell.value("composition")) == ("trigger", "low angle")
        QTest.keyClick(dialog, Qt.Key.Key_3 if is_blocked else Qt.Key.Key_1)
    dialog.close()
    settle(studio, page)
    assert "Low angle: base 2 of 2, trigger 0 of 1: trigger suppresses; add data (not shown)." in texts(
        page, "suppression")
    assert {mark.judge for mark in read_marks(folder.folder).marks()} == {system_name()}


def test_a_lost_identity_and_a_wearer_are_said_by_clicks(studio, run) -> None:
    place = studio.session.place
    folder = marked_sheets.bleed_sheet(place, 5)
    (folder.folder / "marks.jsonl").unlink()
    studio.session.save_project(with_character(place.project, Character("Kana", "kanavelo")))
    page = shown(studio)
    dialog = MarkingDialog(studio.session, page.readings.found.report.open["bleed"], "suppression", page)
    box = next(each for each in dialog.findChildren(QCheckBox) if "no longer herself" in each.text())
    box.click()
    assert dialog.said(CAUSE + LOST).value == 1
    QTest.keyClick(dialog, Qt.Key.Key_X)
    assert dialog.said(CAUSE + LOST).value == 0 and not box.isChecked()
    QTest.keyClick(dialog, Qt.Key.Key_U)
    assert box.isChecked()
    dialog.undo()
    assert dialog.said(CAUSE + LOST) is None and not box.isChecked()
    dialog.close()


def test_what_no_sheet_answers_offers_the_sheet(studio, run) -> None:
    page = shown(studio)
    assert [page.parts.list.item(row).text() for row in range(3)] == [
        "Verdict: no sheet yet", "Suppression: no sheet yet", "Strength: no sheet yet"]
    assert "bleed" not in page.parts.sections, "a run of one character has nobody to bleed on"
    queued = stopped_tasks(page)
    QTest.mouseClick(button(page, "suppression", "Make this sheet"), Qt.MouseButton.LeftButton)
    assert queued[0].ticket.job.plan == "suppression" and queued[0].ticket.job.wanted_run == run.id
    assert page.session.actions.why_not("evidence.write") == "Nothing of this run is marked yet."


def test_previews_that_were_marked_count_too(studio) -> None:
    run = written_run(studio.session.place, epochs=3, preview_seeds=(42, 100))
    page = shown(studio)
    previews = marked_previews(page.readings.found.runs[0])
    Marks(run.folder).add([marked_sheets.as_asked(cell, 2) for cell in previews.cells])
    settle(studio, page)
    assert page.answer.found.verdict.sentence == "ep1 to ep3: no difference shown; take ep1."
    assert "Previews" in texts(page, "epoch")


def test_without_a_run_the_page_says_what_belongs_here(studio) -> None:
    page = shown(studio)
    assert page.parts._no_runs.isVisible()


def test_every_action_says_what_it_does(studio, run) -> None:
    actions = shown(studio).session.actions
    for action in actions.groups["Evidence"]:
        assert action.text() and actions.tip(action.objectName()) and not action.icon().isNull() and action.shortcuts()


def test_a_colour_that_drifts_is_told_by_epoch_and_one_that_stays_too(studio, run, project_folder) -> None:
    """The ribbon turns from the target's colour to another; the box beside it keeps it."""
    target = Image.open(project_folder / "images" / "Mira" / "00.png").convert("RGB")
    still = target.getpixel((80, 100))

    def draw(path, cell) -> None:
        image = Image.new("RGB", (96, 144), still)
        epoch = cell.value("epoch")
        image.paste(still if epoch in (BASE, 1) else (250 - 40 * epoch, 40 * epoch, 90), (0, 0, 48, 72))
        image.save(path)

    folder = marked_sheets.epochs_sheet(studio.session.place, run, EPOCHS, seeds=1, draw=draw)
    first = next(each.id for each in studio.session.all if each.image.path.name == "00.png")
    for prompt in {cell.spec.prompt for cell in read_sheet(folder).expand()}:
        choose_target(studio.session.place.folder, prompt, first)
        Marks(folder.folder).add([box_mark(prompt, "ribbon", Box(0.8, 0.75, 0.85, 0.8), "me")])
        Marks(folder.folder).add([box_mark(prompt, "scrunchie", Box(0.0, 0.0, 0.08, 0.4), "me")])
    page = shown(studio)
    told = {each.name: each for each in page.readings.found.report.colours}
    assert told["ribbon"].worst.distance < 2 and not told["ribbon"].has_alarm
    assert told["scrunchie"].since.place == 2.0
    assert [each.place for each in told["scrunchie"].drifts] == [0.0, *map(float, EPOCHS)]
    assert "ribbon: the colour stays" in texts(page, "colour")
    assert "scrunchie: the colour is another from ep2 on" in texts(page, "colour")
    swatches = next(each for each in page.findChildren(Swatches) if each.coloured.name == "scrunchie")
    show(page, swatches)
    QTest.mouseClick(swatches, Qt.MouseButton.LeftButton, pos=QPoint(round(swatches.left + 2.5 * swatches.step), 12))
    assert set(page.parts.cells.keys) == set(told["scrunchie"].keys[2.0])


def test_a_trait_that_no_ledger_names_is_typed_and_who_wears_it_is_pressed(studio, run) -> None:
    folder = marked_sheets.bleed_sheet(studio.session.place, 5)
    (folder.folder / "marks.jsonl").unlink()
    page = shown(studio)
    QTest.mouseClick(button(page, "bleed", "Mark its cells"), Qt.MouseButton.LeftButton)
    dialog: MarkingDialog = page.marking
    for key, slot in zip((cell.key for cell in dialog.cells), ("another girl", "Kana", "Kana")):
        assert dialog.key == key
        if slot == "another girl":
            field = dialog.findChild(QLineEdit)
            QTest.keyClicks(field, "side ponytail")
            QTest.keyClick(field, Qt.Key.Key_Return)
        for owner in ("Mira", "Kana"):
            choice = next(each for each in dialog.findChildren(Segmented)
                          if each.accessibleName() == f"side ponytail of {owner}")
            choice._buttons[slot if owner == "Kana" else "-"].click()
        dialog.go_unmarked()
    dialog.close()
    settle(studio, page)
    assert "side ponytail: Kana->another girl 1/3" in texts(page, "bleed")


def test_hits_are_divided_by_epoch_and_format(studio, run) -> None:
    rows, columns = (Axis("epoch", (2, 5)),), (Axis("format", ("K", "N")), Axis("seed", (42, 100, 200)))
    folder = marked_sheets.sheet_of(studio.session.place, "Epoch, format and seed", rows, columns, (2, 5),
                                    words=(("quality", "best"), ("composition", "standing"), ("nl", "She smiles.")))
    marked_sheets.marked(folder, lambda cell: [marked_sheets.as_asked(cell, 2 if cell.value("format") == "N" else 0)])
    page = shown(studio)
    assert page.findChild(HitTableView).texts == (
        ("epoch", "format", "trait", "hits", "rate", "95 % Clopper-Pearson"),
        ("2", "K", "as asked", "0/3", "0 %", "[0, 70.8]"), ("2", "N", "as asked", "3/3", "100 %", "[29.2, 100]"),
        ("5", "K", "as asked", "0/3", "0 %", "[0, 70.8]"), ("5", "N", "as asked", "3/3", "100 %", "[29.2, 100]"))


def test_blind_repeats_tell_how_steady_the_judge_is(studio, run) -> None:
    folder = marked_sheets.epochs_sheet(studio.session.place, run, EPOCHS)
    keys = sorted(cell.key for cell in read_sheet(folder).expand())[:12]
    said = {mark.key: mark for mark in read_marks(folder.folder).counting("me") if mark.trait == "as asked"}
    Marks(folder.folder).add([replace(said[key], repeat=1) for key in keys])
    page = shown(studio)
    assert "me said the same again in 12/12 100 % [74, 100] blind repeats" in texts(page, "epoch")


def test_the_article_begins_with_the_sheet_of_the_sentence(studio, run) -> None:
    marked_sheets.epochs_sheet(studio.session.place, run, EPOCHS, seeds=1)
    marked_sheets.strength_sheet(studio.session.place, 5)
    page = shown(studio)
    press(page, Qt.Key.Key_E)
    dialog = page.findChild(QDialog)
    assert dialog is not None and dialog.isVisible()
    dialog.close()


def test_a_cell_of_a_sheet_without_epochs_opens_in_its_grid(studio, run) -> None:
    marked_sheets.epochs_sheet(studio.session.place, run, EPOCHS, seeds=1)
    marked_sheets.suppression_sheet(studio.session.place, 5, seeds=2)
    page = shown(studio)
    line = page.parts.sections["suppression"].findChildren(HitLine)[1]
    page.show_cells("trigger", line.keys)
    page.parts.cells.list.itemClicked.emit(page.parts.cells.list.item(1))
    grids = studio.window.page_widget("grids")
    studio.finish(lambda: grids.sheet is not None and grids.sheet.id == "0002" and grids.key == line.keys[1])
    assert studio.window.page == "grids"


def test_pictures_on_fresh_seeds_count_once_they_are_marked(studio, run) -> None:
    """A sheet of its own on other seeds belongs to the first; what is not marked yet is offered for marking."""
    place = studio.session.place
    rows, view = (Axis("epoch", (1, 5)),), Axis("composition", ("front", "low angle"))
    first = marked_sheets.sheet_of(place, "Compare epochs", rows, (view, Axis("seed", (42, 100))), EPOCHS)
    marked_sheets.marked(first, lambda cell: [marked_sheets.as_asked(cell, 2)])
    fresh = marked_sheets.sheet_of(place, "Compare epochs", rows, (view, Axis("seed", (1001, 1002))), EPOCHS)
    page = shown(studio)
    assert page.answer.marked.ids == ("0001", "0002")
    assert "8 pictures of it are not marked yet and may change the sentence." in texts(page, "epoch")
    QTest.mouseClick(button(page, "epoch", "Mark them"), Qt.MouseButton.LeftButton)
    epochs = studio.window.page_widget("epochs")
    studio.finish(lambda: epochs.shot is not None and epochs.shot.cell.spec.seed in (1001, 1002))
    marked_sheets.marked(fresh, lambda cell: [marked_sheets.as_asked(cell, 2, system_name())])
    studio.session.show_page("evidence")
    settle(studio, page)
    page.readings.ask(Wish(judge=system_name()))
    settle(studio, page)
    assert page.answer.judge == system_name() and page.answer.judged == 8


def test_a_damaged_file_of_marks_is_told_once(studio, run) -> None:
    folder = marked_sheets.epochs_sheet(studio.session.place, run, EPOCHS, seeds=1)
    page = shown(studio)
    told = []
    studio.session.noticed.connect(told.append)
    file = folder.folder / "marks.jsonl"
    file.write_bytes(b"{nonsense}\n" + file.read_bytes())
    for _ in range(3):
        settle(studio, page)
    assert len(told) == 1 and "marks.jsonl is damaged" in told[0].text
    assert page.answer is not None, "what was read before still stands there"
