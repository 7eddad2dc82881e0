"""A run is watched: previews, curves and figures come from its journal, and what it is asked goes into its folder."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt, QUrl
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication

from studio.core.events import Failed, Finished, PreviewReady, Started, Stopped
from studio.core.fold import fold
from studio.store import journal
from studio.store.run_lock import owned
from studio.store.targets import read_targets
from studio.store.wishes import open_wishes
from tests.ui.written_runs import append, previews, steps, written_run
from ui.pages.training_live import LiveFace
from ui.viewstate.preview_rows import Column
from ui.viewstate.sheet_places import START, TARGET, Cell


@pytest.fixture
def face(studio) -> Iterator[LiveFace]:
    made = LiveFace(studio.session)
    made.resize(1200, 800)
    made.show()
    yield made
    made.close_threads()
    made.deleteLater()


def watch(studio, face: LiveFace, *runs) -> None:
    face.show_run(tuple(run.id for run in runs))
    for run in runs:
        last = fold(journal.read(run.journal))
        studio.finish(lambda run=run, last=last: face.watch.run(run.id).step == last.step
                      and len(face.watch.run(run.id).state.previews) == len(last.previews))
    studio.finish(lambda: not face.sheet.loader.is_busy)


def asked(run) -> list[tuple[str, int]]:
    return [(each.wish.kind, each.wish.value) for each in open_wishes(run.folder, fold(journal.read(run.journal)))]


def test_a_run_that_nobody_works_on_is_interrupted_and_offers_to_go_on(studio, face: LiveFace) -> None:
    run = written_run(studio.session.place)
    watch(studio, face, run)
    card = face.telemetry.card(run.id).verdict
    assert card.status == "interrupted" and "step 23 of 40" in card.what and card.steps[0] == "resume"
    assert "up to step 20 is saved; 3 steps after it" in card.more
    told = face.telemetry.text()
    for line in ("Step: 23 / 40", "Epoch: 3 / 4", "Exposures: 184", "Memory, at most: 2.0 GiB",
                 "at 128 × 160: 0.50 s"):
        assert line in told
    assert "Temperature" not in told, "nobody trains"


@pytest.mark.parametrize("ending, status, first", [
    (Finished({"step": 40}), "finished", "epochs"),
    (Stopped({"why": "asked"}), "stopped", "resume"),
    (Stopped({"why": "paused"}), "paused", "resume"),
    (Failed("person", "The disk is full", "Make room, then resume."), "failed", "resume"),
    (Failed("device", "The device gave up: oh", "Restart and resume."), "failed", "resume"),
    (Failed("bug", "KeyError: 3", "This is a mistake in the studio."), "failed", "resume"),
])
def test_each_end_is_a_state_of_its_own_with_a_next_step(studio, face: LiveFace, ending, status: str,
                                                         first: str) -> None:
    run = written_run(studio.session.place, more=[ending])
    watch(studio, face, run)
    verdict = face.telemetry.card(run.id).verdict
    assert (verdict.status, verdict.steps[0]) == (status, first)
    if isinstance(ending, Failed):
        assert ending.what in verdict.more and ending.remedy in verdict.more


def test_a_run_of_another_process_is_followed_and_obeys(studio, face: LiveFace) -> None:
    run = written_run(studio.session.place)
    with owned(run.folder):
        watch(studio, face, run)
        studio.finish(lambda: face.state(run.id).status == "running")
        append(run, *steps(24, 29))
        studio.finish(lambda: face.watch.run(run.id).step == 29)
        assert "Memory: 1.0 / 4 GiB" in face.telemetry.text() and "Temperature: 65 °C" in face.telemetry.text()
        assert face.curves.plot.shown[0].curve.steps[-1] == 29
        for id in ("live.save", "live.preview", "live.after", "live.stop"):
            studio.actions[id].trigger()
        face.controls.length.setValue(9)
        QTest.mouseClick(face.controls.change, Qt.MouseButton.LeftButton)
    assert asked(run) == [("save", 0), ("preview", 0), ("stop after epoch", 0), ("stop", 0), ("epochs", 9)]
    assert "stops after this epoch" in face.controls.told and "saves after this step" in face.controls.told
    studio.finish(lambda: face.state(run.id).status == "interrupted")
    assert not studio.actions["live.save"].isEnabled() and "does not train" in studio.actions["live.save"].toolTip()


def test_pausing_asks_for_the_card_and_what_was_asked_after_the_epoch_can_be_taken_back(studio, face: LiveFace) -> None:
    run = written_run(studio.session.place)
    with owned(run.folder):
        watch(studio, face, run)
        studio.finish(lambda: face.state(run.id).status == "running")
        studio.actions["live.after"].trigger()
        studio.actions["live.after"].trigger()
        studio.actions["live.pause"].trigger()
        assert asked(run) == [("stop after epoch", 0), ("go on", 0), ("pause", 0)]
        assert face.controls.told == "pauses after this step"


def test_the_sheet_has_a_row_for_each_prompt_and_seed_and_a_column_for_each_epoch(studio, face: LiveFace) -> None:
    run = written_run(studio.session.place, preview_seeds=(42, 100))
    watch(studio, face, run)
    sheet = face.sheet.sheet.sheet
    assert [(row.words, row.seed) for row in sheet.rows] == [
        ("upper body, white background", 42), ("upper body, white background", 100),
        ("full body, pink background", 42), ("full body, pink background", 100)]
    assert sheet.columns == (Column(1), Column(2)) and sheet.newest == 1
    for column in (START, 0, 1):
        assert face.sheet.sheet.path(Cell(0, column)).is_file()
    assert face.sheet.sheet.path(Cell(0, TARGET)).parent.name == "Mira"
    assert "discount" in face.sheet.discount.text() and "sell the LoRA short" in face.sheet.discount.toolTip()


def test_previews_like_those_of_use_wear_no_discount(studio, face: LiveFace) -> None:
    run = written_run(studio.session.place, preview_steps=8, preview_cfg=1.0)
    watch(studio, face, run)
    assert face.sheet.discount.text() == ""


def test_a_preview_that_was_asked_for_within_an_epoch_stands_before_its_end(studio, face: LiveFace) -> None:
    run = written_run(studio.session.place)
    from studio.store.runs import read_recipe
    append(run, *previews(run, read_recipe(run), 2, step=14))
    watch(studio, face, run)
    assert face.sheet.sheet.sheet.columns == (Column(1), Column(2, 14), Column(2))


def test_the_newest_epoch_comes_into_sight_unless_somebody_looks_back(studio, face: LiveFace) -> None:
    run = written_run(studio.session.place, epochs=12, total=20)
    face.sheet.sheet.set_side(300)
    watch(studio, face, run)
    bar = face.sheet.sheet.horizontalScrollBar()
    assert bar.value() == bar.maximum() > 0
    bar.triggerAction(bar.SliderAction.SliderToMinimum)
    assert not face.sheet.follow.isChecked()
    from studio.store.runs import read_recipe
    append(run, *previews(run, read_recipe(run), 13))
    studio.finish(lambda: len(face.sheet.sheet.sheet.columns) == 13)
    assert bar.value() == 0
    face.sheet.follow.click()
    assert bar.value() == bar.maximum()


def test_target_and_step_0_stay_where_they_are_while_epochs_scroll(studio, face: LiveFace) -> None:
    run = written_run(studio.session.place, epochs=12, total=20)
    face.sheet.sheet.set_side(300)
    watch(studio, face, run)
    sheet = face.sheet.sheet
    before = [sheet.places.box(Cell(0, each)) for each in (TARGET, START)]
    first = sheet.places.box(Cell(0, 0)).x
    sheet.horizontalScrollBar().setValue(0)
    assert [sheet.places.box(Cell(0, each)) for each in (TARGET, START)] == before
    assert sheet.places.box(Cell(0, 0)).x > first
    box = sheet.places.box(Cell(1, 0))
    assert sheet.places.at(box.x + 5, box.y + 5) == Cell(1, 0)
    assert sheet.places.at(box.x + 5, 5) is None


def test_a_click_compares_target_step_0_and_epoch_and_they_zoom_as_one(studio, face: LiveFace) -> None:
    run = written_run(studio.session.place)
    watch(studio, face, run)
    sheet = face.sheet.sheet
    box = sheet.places.box(Cell(0, 1))
    QTest.mouseClick(sheet.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(box.x + 9, box.y + 9))
    compare = face.sheet.compare
    assert face.sheet.is_comparing and compare.place[1] == Column(2)
    studio.finish(lambda: not face.sheet.loader.is_busy)
    compare.viewers[2].zoom_to(3 * compare.viewers[2].scale)
    assert all(each._zoom / each._fit == pytest.approx(3) for each in compare.viewers)
    QTest.keyClick(compare.viewers[2], Qt.Key.Key_Left)
    assert compare.place[1] == Column(1)
    QTest.keyClick(compare.viewers[2], Qt.Key.Key_Escape)
    assert not face.sheet.is_comparing


def test_a_dropped_picture_of_the_set_becomes_the_target_and_is_remembered(studio, face: LiveFace) -> None:
    run = written_run(studio.session.place)
    watch(studio, face, run)
    row = face.sheet.sheet.sheet.rows[0]
    before, other = face.sheet.targets.record(row.prompt), studio.session.all[4]
    mime, folder = QMimeData(), studio.session.place.folder
    mime.setUrls([QUrl.fromLocalFile(str(folder / other.image.path))])
    face.sheet.sheet.target_dropped.emit(row, mime)
    assert face.sheet.targets.record(row.prompt).id == other.id != before.id
    assert read_targets(folder) == {row.prompt: other.id}
    menu = face.sheet.menu(row, Cell(0, TARGET))
    assert [each.text() for each in menu.actions()][:2] == ["Compare large", "Edit the caption"]
    menu.actions()[-1].trigger()
    assert face.sheet.targets.record(row.prompt).id == before.id


def test_a_picture_from_elsewhere_is_no_target(studio, face: LiveFace, tmp_path: Path, draw_picture) -> None:
    run = written_run(studio.session.place)
    watch(studio, face, run)
    mime, told = QMimeData(), QSignalSpy(studio.session.noticed)
    mime.setUrls([QUrl.fromLocalFile(str(draw_picture(tmp_path / "else.png", 99)))])
    face.sheet.sheet.target_dropped.emit(face.sheet.sheet.sheet.rows[0], mime)
    assert told.count() == 1 and "not one of the set" in told.at(0)[0].text


def test_several_runs_share_the_chart_and_the_sheet(studio, face: LiveFace) -> None:
    place = studio.session.place
    first, second = written_run(place, epochs=3), written_run(place, learning_rate=1e-3, more=[Finished({})])
    watch(studio, face, first, second)
    assert [each.name for each in face.curves.plot.shown] == ["0001-mira", "0002-mira"]
    rows = face.sheet.sheet.sheet.rows
    assert [row.run for row in rows[:2]] == [first.id, second.id] and rows[0].prompt == rows[1].prompt
    assert face.telemetry.card(second.id).verdict.status == "finished"
    with owned(second.folder):
        append(second, Started(second.id, "train", 40), attempt=2)
        studio.finish(lambda: face.chief == second.id)


def test_going_on_is_a_job_of_this_window_before_all_that_waits(studio, face: LiveFace, slow_job) -> None:
    run = written_run(studio.session.place)
    watch(studio, face, run)
    task = studio.session.run(slow_job, "Slow")
    waiting = studio.session.run(slow_job, "Later")
    face.telemetry.asked.emit(run.id, "resume")
    mine = studio.session.jobs.task_of(run.id)
    assert studio.session.jobs.waiting == (mine, waiting)
    assert face.telemetry.card(run.id).verdict.what == "Waits for its turn"
    assert not studio.actions["live.pause"].isEnabled() and studio.actions["live.stop"].isEnabled()
    studio.actions["live.stop"].trigger()
    studio.finish(lambda: mine.ending is not None)
    assert face.telemetry.card(run.id).verdict.status == "interrupted"
    for each in (waiting, task):
        each.stop()
    studio.finish()


def test_a_journal_that_is_damaged_says_so_where_it_is_shown(studio, face: LiveFace) -> None:
    run = written_run(studio.session.place)
    with run.journal.open("ab") as file:
        file.write(b"{damaged}\n")
        file.write(b'{"event":"note","text":"after"}\n')
    face.show_run((run.id,))
    studio.finish(lambda: bool(face.error.text))
    assert "damaged" in face.error.text


def test_a_recipe_without_previews_says_how_to_get_one(studio, face: LiveFace) -> None:
    run = written_run(studio.session.place, epochs=0)
    lines = [line for line in run.journal.read_bytes().splitlines(keepends=True) if b"preview_ready" not in line]
    run.journal.write_bytes(b"".join(lines))
    recipe = run.folder / "recipe.toml"
    recipe.write_text(recipe.read_text().replace("preview_every = 1", "preview_every = 0"))
    face.show_run((run.id,))
    studio.finish(lambda: face.watch.run(run.id).step == 3)
    QApplication.processEvents()
    assert face.sheet._stack.currentWidget() is face.sheet._never


def test_the_sheet_is_walked_by_keys(studio, face: LiveFace) -> None:
    run = written_run(studio.session.place)
    watch(studio, face, run)
    sheet = face.sheet.sheet
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Down):
        QTest.keyClick(sheet, key)
    assert sheet._current == Cell(1, TARGET) and "target" in sheet.accessibleDescription()
    QTest.keyClick(sheet, Qt.Key.Key_Right)
    QTest.keyClick(sheet, Qt.Key.Key_Return)
    assert face.sheet.is_comparing


def test_previews_of_two_seeds_at_one_epoch_are_two_cells() -> None:
    from ui.viewstate.preview_rows import sheet_of
    drawn = [PreviewReady(epoch, "a, b", seed, f"{epoch}-{seed}.png") for epoch in (0, 10, 2) for seed in (1, 2)]
    sheet = sheet_of({"r": drawn}, {"r": Path("/r")})
    assert sheet.columns == (Column(2), Column(10)) and len(sheet.rows) == 2
    assert sheet.path(sheet.rows[1], Column(10)) == Path("/r/10-2.png")
    assert sheet.start(sheet.rows[0]) == Path("/r/0-1.png")


def test_a_project_that_is_closed_while_its_run_is_watched_leaves_nothing_behind(studio, project_folder: Path) -> None:
    run = written_run(studio.session.place)
    studio.session.show_page("training")
    page = studio.window.page_widget("training")
    page.live.show_run((run.id,))
    studio.finish(lambda: page.live.watch.run(run.id).step == 23)
    watch = page.live.watch
    studio.session.close()
    assert watch._thread is None
    studio.open(project_folder)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    studio.session.look.step_surround()
    studio.session.rescan()
    studio.session.show_page("training")
    again = studio.window.page_widget("training")
    assert again is not page
    again.live.show_run((run.id,))
    studio.finish(lambda: again.live.watch.run(run.id).step == 23)


def test_a_card_that_this_process_lost_is_taken_up_by_another(studio, face: LiveFace, monkeypatch) -> None:
    handed: list[str] = []
    monkeypatch.setattr("ui.pages.training_live.go_on_detached", lambda folder, run: handed.append(run))
    run = written_run(studio.session.place)
    lost = Failed("device", "The device gave up: oh", "Restart and resume.")
    append(run, Started(run.id, "train", 40, {"process": os.getpid()}), lost, attempt=2)
    watch(studio, face, run)
    assert face.telemetry.card(run.id).verdict.steps[0] == "fresh"
    face.telemetry.asked.emit(run.id, "fresh")
    assert handed == [run.id]
