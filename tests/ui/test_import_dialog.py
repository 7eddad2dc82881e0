"""What was dropped is shown before anything is taken in, and only what was agreed to is."""

import random
from pathlib import Path
from zipfile import ZipFile

import pytest
from PIL import Image, ImageDraw
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.core.project import Character
from ui.dialogs.import_dialog import ImportDialog
from ui.dialogs.import_found import ALIKE, DAMAGED, LEFT, TINY, TWICE
from ui.dialogs.new_character import NewCharacterDialog
from ui.dialogs.new_project import NewProjectDialog


MANY = 150


def drawn(number: int, side: int = 320) -> Image.Image:
    """A picture that looks like no other number's."""
    image = Image.new("RGB", (side, side), (number * 53 % 256, 90, 140))
    pen = ImageDraw.Draw(image)
    for stroke in range(6):
        x, y = (number * 71 + stroke * 97) % side, (number * 37 + stroke * 59) % side
        pen.ellipse((x - 40, y - 40, x + 50, y + 60), fill=((stroke * 43 + number * 17) % 256, 200 - 20 * stroke, 60))
    return image


def save(path: Path, number: int, side: int = 320) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    drawn(number, side).save(path)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three of Mira with captions, two of somebody new, one copy, one smaller, one tiny, one damaged, one PDF."""
    top = tmp_path / "set"
    for number in range(3):
        save(top / "10_miravelo girl" / f"m{number}.png", 20 + number).with_suffix(".txt").write_text("1girl, miravelo")
    save(top / "Kana" / "k0.png", 30)
    save(top / "Kana" / "k1.png", 31)
    (top / "Kana" / "k1 again.png").write_bytes((top / "Kana" / "k1.png").read_bytes())
    smaller = drawn(30).resize((200, 200), Image.Resampling.LANCZOS).resize((300, 300))
    smaller.save(top / "Kana" / "k0 small.jpg", quality=92)
    save(top / "Kana" / "tiny.png", 33, 64)
    (top / "Kana" / "broken.png").write_bytes((top / "Kana" / "k0.png").read_bytes()[:300])
    (top / "more.zip").write_bytes(b"PK")
    return top


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """So many that there is time to stop."""
    top, rng = tmp_path_factory.mktemp("many") / "more", random.Random(1)
    top.mkdir()
    for number in range(MANY):
        Image.frombytes("RGB", (300, 300), rng.randbytes(270_000)).save(top / f"p{number}.png", compress_level=0)
    return top


def dropped(studio, *paths: Path) -> ImportDialog:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    studio.session.import_requested.emit(mime)
    dialog = studio.window.findChild(ImportDialog)
    studio.finish()
    return dialog


def names(studio) -> set[str]:
    return {record.image.path.as_posix() for record in studio.session.all} - {f"images/Mira/0{n}.png" for n in range(6)}


def content(folder: Path) -> dict[str, tuple[bytes, int]]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.as_posix(): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def test_all_that_is_there_is_shown_and_nothing_is_copied(studio, folder: Path) -> None:
    dialog = dropped(studio, folder)
    found = {dialog.view.sections.topLevelItem(row).data(0, Qt.ItemDataRole.UserRole):
             dialog.view.sections.topLevelItem(row).text(1) for row in range(dialog.view.sections.topLevelItemCount())}
    assert found == {"new": "7", ALIKE: "1", TWICE: "1", TINY: "1", DAMAGED: "1", LEFT: "1"}
    assert "9 pictures found" in dialog._summary.text() and "3 with captions" in dialog._summary.text()
    assert names(studio) == set()
    dialog.reject()
    assert names(studio) == set()


def test_damaged_and_tiny_files_are_named(studio, folder: Path) -> None:
    dialog = dropped(studio, folder)
    dialog.view.show_section(DAMAGED)
    assert dialog.view.reasons.topLevelItem(0).text(0) == "broken.png"
    dialog.view.show_section(TINY)
    assert [each.where.rsplit("/", 1)[-1] for each in dialog.view.grid.found.found] == ["tiny.png"]


def test_folders_are_assigned_by_their_names_with_repeats(studio, folder: Path) -> None:
    dialog = dropped(studio, folder)
    mira, kana = dialog.view.folders.rows
    assert (mira.characters, mira.repeats.value()) == (("Mira",), 10)
    assert (kana.characters, kana.repeats.value()) == (("Kana",), 1)
    assert "kana" in kana.call.text()


def test_adding_takes_the_new_ones_and_leaves_the_folder_as_it_was(studio, folder: Path) -> None:
    before = content(folder)
    dialog = dropped(studio, folder)
    dialog.view.show_section(ALIKE)
    QTest.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
    studio.finish()
    assert content(folder) == before
    assert names(studio) == {*(f"images/Mira/m{n}.png" for n in range(3)), "images/Kana/k0.png",
                             "images/Kana/k1.png", "images/Kana/tiny.png"}
    assert studio.session.project.characters == (Character("Mira", "miravelo", 10), Character("Kana", "kana", 1))
    [first] = [record for record in studio.session.all if record.image.path.name == "m0.png"]
    assert first.caption == "1girl, miravelo"


def test_of_two_that_look_the_same_the_person_chooses(studio, folder: Path) -> None:
    dialog = dropped(studio, folder)
    assert {Path(where).name for where in dialog.view.grid.found.spare} == {"k0 small.jpg"}
    dialog.view.show_section(ALIKE)
    ticks = {Path(where).name: tick for where, tick in dialog.view.copies.ticks.items()}
    assert (ticks["k0.png"].isChecked(), ticks["k0 small.jpg"].isChecked()) == (True, False)
    for tick in (ticks["k0.png"], ticks["k0 small.jpg"]):
        tick.setFocus()
        QTest.keyClick(tick, Qt.Key.Key_Space)
    assert {Path(where).name for where in dialog.view.grid.found.spare} == {"k0.png"}
    dialog.add_button.click()
    studio.finish()
    assert "images/Kana/k0 small.jpg" in names(studio) and "images/Kana/k0.png" not in names(studio)


def test_a_picture_can_be_left_out_by_key(studio, folder: Path) -> None:
    dialog = dropped(studio, folder)
    grid = dialog.view.grid
    count = dialog.view.count
    grid.setCurrentIndex(grid.model().index(0))
    QTest.keyClick(grid, Qt.Key.Key_X)
    assert dialog.view.count == count - 1
    QTest.keyClick(grid, Qt.Key.Key_X)
    assert dialog.view.count == count


def test_a_tick_on_a_picture_leaves_it_out_and_takes_it_again(studio, folder: Path) -> None:
    dialog = dropped(studio, folder)
    grid, count = dialog.view.grid, dialog.view.count
    index = grid.model().index(1)
    tick = grid.visualRect(index).topLeft() + QPoint(14, 14)
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=tick)
    assert dialog.view.count == count - 1
    assert index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Unchecked
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=tick)
    assert dialog.view.count == count
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=tick + QPoint(50, 50))
    assert dialog.view.count == count, "a click on the picture itself only chooses it"


def test_a_copy_says_why_it_is_left_out(studio, folder: Path) -> None:
    spare = dropped(studio, folder).view.grid.found.spare
    assert {Path(where).name: why for where, why in spare.items()} == {"k0 small.jpg": "looks like another"}


def test_of_the_same_bytes_the_one_with_a_caption_is_kept(studio, folder: Path) -> None:
    (folder / "Kana" / "k1 again.txt").write_text("1girl, kana, hat")
    (folder / "Kana" / "copy of k1.png").write_bytes((folder / "Kana" / "k1.png").read_bytes())
    dialog = dropped(studio, folder)
    dialog.add_button.click()
    studio.finish()
    assert {name for name in names(studio) if "k1" in name} == {"images/Kana/k1 again.png"}


def test_a_new_character_is_named_in_line(studio, folder: Path) -> None:
    dialog = dropped(studio, folder)
    kana = dialog.view.folders.rows[1]
    QTest.mouseClick(kana.call, Qt.MouseButton.LeftButton)
    asked = dialog.findChild(NewCharacterDialog)
    asked.form.trigger.clear()
    QTest.keyClicks(asked.form.trigger, "miravelo")
    assert not asked.add_button.isEnabled()
    asked.form.trigger.clear()
    QTest.keyClicks(asked.form.trigger, "kanavex")
    asked.form.asymmetric.setChecked(True)
    QTest.mouseClick(asked.add_button, Qt.MouseButton.LeftButton)
    dialog.add_button.click()
    studio.finish()
    assert studio.session.project.character("Kana") == Character("Kana", "kanavex", 1, True)


def test_a_folder_can_be_left_out(studio, folder: Path) -> None:
    dialog = dropped(studio, folder)
    kana = dialog.view.folders.rows[1]
    choose(kana.who, "Leave")
    dialog.add_button.click()
    studio.finish()
    assert names(studio) == {f"images/Mira/m{n}.png" for n in range(3)}
    assert [each.name for each in studio.session.project.characters] == ["Mira"]


def test_what_a_person_says_of_a_folder_is_its_provenance(studio, folder: Path) -> None:
    dialog = dropped(studio, folder)
    choose(dialog.view.folders.rows[1].provenance, "Other generator")
    dialog.add_button.click()
    studio.finish()
    said = {record.image.characters[0]: record.provenance for record in studio.session.all if "0." not in
            record.image.path.name[:2] and record.image.path.as_posix() in names(studio)}
    assert said["Mira"] is None
    assert (said["Kana"].kind, said["Kana"].origin) == ("other generator", "folder")


def test_metadata_tell_where_a_picture_comes_from(studio, tmp_path: Path) -> None:
    from PIL.PngImagePlugin import PngInfo

    told = PngInfo()
    told.add_text("parameters", "1girl\nNegative prompt: x\nSteps: 20, Sampler: Euler, Model: ponyDiffusionV6XL")
    drawn(40).save(tmp_path / "pony.png", pnginfo=told)
    dialog = dropped(studio, tmp_path / "pony.png")
    [row] = dialog.view.folders.rows
    assert "other generator" in row.provenance.currentText().casefold()
    assert "ponyDiffusionV6XL" in row._evidence.text()


def test_pictures_in_an_archive_are_shown_and_added(studio, tmp_path: Path, folder: Path) -> None:
    with ZipFile(tmp_path / "Mira.zip", "w") as archive:
        archive.write(folder / "Kana" / "k0.png", "k0.png")
    dialog = dropped(studio, tmp_path / "Mira.zip")
    [found] = dialog.view.new
    studio.finish(lambda: dialog._previews.pixmap(found.where) is not None)
    assert not dialog._previews.pixmap(found.where).isNull()
    dialog.add_button.click()
    studio.finish()
    assert names(studio) == {"images/Mira/k0.png"}


def test_hard_links_share_the_file(studio, folder: Path) -> None:
    dialog = dropped(studio, folder / "10_miravelo girl")
    dialog.how.choose("link")
    dialog.add_button.click()
    studio.finish()
    one = studio.session.place.folder / "images" / "Mira" / "m0.png"
    assert one.samefile(folder / "10_miravelo girl" / "m0.png")


def test_what_is_already_there_is_not_offered_again(studio, folder: Path) -> None:
    dialog = dropped(studio, folder)
    dialog.add_button.click()
    studio.finish()
    again = dropped(studio, folder / "10_miravelo girl")
    assert not again.add_button.isEnabled()
    assert "nothing new" in again.add_button.toolTip()


def test_a_stopped_import_leaves_a_project_that_is_merely_smaller(studio, many: Path) -> None:
    dialog = dropped(studio, many)
    dialog.add_button.click()
    [task] = studio.session.jobs.open
    studio.finish(lambda: task.course.progress is not None or task.ending)
    task.stop()
    studio.finish()
    folder = studio.session.place.folder
    count = len(names(studio))
    assert task.course.status == "stopped" and count < MANY
    studio.session.close()
    studio.open(folder)
    assert len(names(studio)) == count and not list(folder.rglob("*.part"))


def test_cancelling_the_look_stops_it_and_takes_nothing(studio, many: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(many))])
    studio.session.import_requested.emit(mime)
    dialog = studio.window.findChild(ImportDialog)
    [task] = [each for each in studio.session.jobs.open if each.kind == "survey"]
    studio.finish(lambda: task.course.progress is not None or task.ending)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    studio.finish()
    assert task.course.status == "stopped" and len(dialog.found) < MANY
    assert names(studio) == set()


def test_the_dialog_goes_with_its_project(studio, folder: Path) -> None:
    dialog = dropped(studio, folder)
    studio.session.close()
    assert not dialog.isVisible()


def test_a_file_that_is_no_picture_is_told_in_the_dialog(studio, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing")
    dialog = dropped(studio, tmp_path / "notes.txt")
    assert "notes.txt" in dialog.error.text
    assert not dialog.add_button.isEnabled()


def test_without_a_project_one_is_made_first(app, folder: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(folder / "Kana"))])
    app.session.import_requested.emit(mime)
    asked = app.window.findChild(NewProjectDialog)
    assert (asked.character.text(), asked.trigger.text()) == ("Kana", "kana")
    asked.folder.setText(str(folder.parent / "project"))
    asked.make()
    dialog = app.window.findChild(ImportDialog)
    app.finish()
    assert dialog.view.folders.rows[0].characters == ("Kana",)
    dialog.reject()


def test_asking_for_files_opens_the_same_dialog(studio, folder: Path) -> None:
    studio.answers.chosen_files = [folder / "Kana" / "k0.png"]
    studio.actions["project.import"].trigger()
    dialog = studio.window.findChild(ImportDialog)
    studio.finish()
    assert dialog.view.count == 1
    dialog.reject()


def choose(box, beginning: str) -> None:
    """Chooses an entry of a list by keyboard, as a person does."""
    place = next(at for at in range(box.count()) if box.itemText(at).startswith(beginning))
    box.setFocus()
    while box.currentIndex() < place:
        QTest.keyClick(box, Qt.Key.Key_Down)
    QApplication.processEvents()
