"""From a dropped folder to a set that is worth a night of training, by mouse and keyboard and nothing else."""

import random
import time
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from studio.core.lint.finding import Open
from studio.miniature import world
from ui.dialogs.import_dialog import ImportDialog
from ui.dialogs.new_project import NewProjectDialog
from ui.widgets.lint_panel import FindingCard, LintPanel

KEY, CONTROL, LEFT = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.MouseButton.LeftButton


class Person:
    """Somebody at the window, who counts the clicks."""

    def __init__(self, app) -> None:
        self.app, self.clicks = app, 0
        app.window.activateWindow()

    def drop(self, *paths: Path) -> None:
        """Lets go of files over the middle of the window."""
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        at, how = QPoint(600, 400), (Qt.DropAction.CopyAction, mime, LEFT, Qt.KeyboardModifier.NoModifier)
        target = self.app.window.childAt(at) or self.app.window
        QApplication.sendEvent(target, QDragEnterEvent(at, *how))
        QApplication.sendEvent(target, QDropEvent(QPointF(at), *how))

    def drop_on(self, target: QWidget, path: Path) -> None:
        """Lets go of a file over a widget that takes it itself."""
        mime, at = QMimeData(), target.rect().center()
        mime.setUrls([QUrl.fromLocalFile(str(path))])
        how = (Qt.DropAction.CopyAction, mime, LEFT, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(target, QDragEnterEvent(at, *how))
        QApplication.sendEvent(target, QDropEvent(QPointF(at), *how))

    def click(self, widget: QWidget) -> None:
        assert widget.isVisible() and widget.isEnabled(), widget.toolTip()
        self.clicks += 1
        QTest.mouseClick(widget, LEFT)

    def press(self, widget: QWidget, *keys: Qt.Key, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
        for key in keys:
            QTest.keyClick(widget, key, modifiers)

    def type(self, widget: QWidget, text: str) -> None:
        widget.setFocus()
        QTest.keyClicks(widget, text)

    def dialog(self, kind: type):
        """The dialog of that kind that was opened last."""
        return self.app.window.findChildren(kind)[-1]

    def adds(self) -> None:
        """Waits for what was found, and agrees."""
        dialog = self.dialog(ImportDialog)
        self.app.finish()
        self.click(dialog.add_button)
        self.app.finish()
        self.comes_back()

    def comes_back(self) -> None:
        """The window is the active one again, as window managers see to once a dialog is gone."""
        self.app.window.activateWindow()
        self.app.finish(self.app.window.isActiveWindow)

    @property
    def dataset(self):
        page = self.app.window.page_widget("dataset")
        self.app.finish(lambda: not (page.linting.is_busy or self.app.session.jobs.open))
        return page

    @property
    def captions(self):
        page = self.app.window.page_widget("captions")
        self.app.finish(lambda: not (page.set.is_busy or page._reading.is_busy or page.parts.filter_pause.isActive()))
        return page

    def alarms(self) -> dict[str, set[str]]:
        """The errors and warnings among them."""
        return {each.rule: {image.path.name for image in each.images} for each in self.dataset.linting.found.findings
                if each.severity != "note"}

    def rules(self) -> dict[str, set[str]]:
        """What the lint finds, with the names of the files."""
        return {each.rule: {image.path.name for image in each.images} for each in self.dataset.linting.found.findings}


@pytest.fixture
def person(app) -> Person:
    app.window.resize(1280, 800)
    return Person(app)


def begin(person: Person, dropped: Path, where: Path, trigger: str = "") -> None:
    """Drops a folder on the start page, and makes a project for it."""
    person.drop(dropped)
    dialog = person.dialog(NewProjectDialog)
    dialog.folder.setText(str(where))
    if trigger:
        dialog.trigger.clear()
        person.type(dialog.trigger, trigger)
    person.click(dialog._make)
    person.adds()


@pytest.fixture
def five(tmp_path: Path) -> Path:
    """Five drawings, four of which have captions."""
    folder, rng = tmp_path / "Kana", random.Random(5)
    folder.mkdir()
    for number in range(5):
        path = folder / f"k{number}.png"
        world.draw(world.Scene(world.MIRA, world.sample_shot(rng)), 400, 480).save(path)
        if number:
            path.with_suffix(".txt").write_text("1girl, kanavex, smile, blue ribbon", "utf-8")
    return folder


def test_a_folder_is_dropped_labelled_captioned_edited_and_found_again(person: Person, app, five: Path,
                                                                       tmp_path: Path) -> None:
    begin(person, five, tmp_path / "project", "kanavex")
    assert app.session.project.characters[0].trigger == "kanavex"
    assert app.window.page == "dataset" and len(app.session.all) == 5
    before = person.rules()
    assert before["D18"] == {"k0.png"}, "one picture has no caption"

    page = person.dataset
    page.gallery.view.setFocus()
    person.press(page.gallery.view, KEY.Key_L)
    person.press(page.labels, KEY.Key_S, KEY.Key_1, KEY.Key_2, KEY.Key_1, KEY.Key_Escape)
    assert [each.labels.stance and each.labels.stance.value for each in app.session.all] == [
        "upright", "posed", "upright", None, None]

    app.session.select([app.session.all[0].id])
    person.press(app.window, KEY.Key_2, modifiers=CONTROL)
    app.session.show_page("captions")
    page = person.captions
    field = page.parts.composer.field
    for word in ("1girl", "kanavex", "smile"):
        person.type(field, word)
        person.press(field, KEY.Key_Return)
    composed = app.session.all[0].caption
    assert {"1girl", "kanavex", "smile"} <= set(app.session.all[0].tags)
    assert "D18" not in person.rules(), "the finding is gone"

    app.actions["captions.batch"].trigger()
    batch = page.dialog
    batch.form.choose("replace")
    person.type(batch.form.tags, "smile")
    person.type(batch.form.new, "grin")
    app.finish(lambda: not batch.is_busy)
    assert len(batch.list.changes.previews) == 5
    assert "smile" in app.session.all[1].caption, "a preview changes nothing"
    person.click(batch._go)
    assert all("grin" in each.tags for each in app.session.all)
    person.comes_back()
    field.setFocus()
    person.press(field, KEY.Key_Z, modifiers=CONTROL)
    assert all("smile" in each.tags for each in app.session.all)

    app.session.close()
    app.open(tmp_path / "project")
    assert [each.labels.stance and each.labels.stance.value for each in app.session.all] == [
        "upright", "posed", "upright", None, None]
    assert app.session.all[0].caption == composed
    assert "replace" in app.session.desk.redo_text.casefold()
    app.session.redo()
    assert all("grin" in each.tags for each in app.session.all)


BODIES = {f"body {number:02}.png" for number in range(44)}
BUSTS = {f"bust {number:02}.png" for number in range(26)}


def draw(path: Path, number: int, framing: str, pose: str, size: tuple[int, int], angle: str = "") -> None:
    """Mira in the clothes and with the face whose turn it is, with a caption that says nothing of stances.

    A large one is drawn small and enlarged, to save time.
    """
    rng = random.Random(number)
    figure = replace(world.MIRA, outfit=world.OUTFITS[number % 5])
    shot = replace(world.sample_shot(rng), framing=framing, pose=pose, expression=world.EXPRESSIONS[number % 4],
                   angle=angle or world.ANGLES[number // 4 % 3])
    scene, small = world.Scene(figure, shot), (416, 608) if max(size) > 1000 else size
    world.draw(scene, *small).resize(size, Image.Resampling.BICUBIC).save(path, compress_level=1)
    words = world.caption(scene, rng, name="kanavex", sentences=True, absorbed=True)
    path.with_suffix(".txt").write_text(words, "utf-8")


def draw_busts(folder: Path, side: int) -> Path:
    folder.mkdir(exist_ok=True)
    for number, name in enumerate(sorted(BUSTS)):
        draw(folder / name, number, ("portrait", "upper body")[number % 2], "standing", (side, side))
    return folder


@pytest.fixture(scope="module")
def article(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """44 full bodies, every one of them posed, and 26 busts of 495 pixels."""
    folder = draw_busts(tmp_path_factory.mktemp("article") / "Kana", 495)
    for number, name in enumerate(sorted(BODIES)):
        draw(folder / name, number, "full body", ("walking", "running", "sitting", "arms up")[number % 4], (832, 1216))
    return folder


def cards_of(page) -> dict[str, FindingCard]:
    return {each.finding.rule: each for each in page.findChild(LintPanel).cards}


def fill_the_slots(person: Person, page, folder: Path) -> int:
    """Draws what each slot asks for and drops it there, until none is left."""
    folder.mkdir()
    for count in range(20):
        if not page.shot_list.rows:
            return count
        slot = page.shot_list.rows[0]
        asked, path = dict(slot.shot.labels), folder / f"new {count}.png"
        draw(path, count, asked["framing"], "standing", (832, 1216), asked["angle"])
        person.drop_on(slot.slot, path)
        person.app.finish()
        person.dataset
    raise AssertionError("slots are never filled")


def test_seventy_pictures_say_within_a_minute_what_is_wrong_and_are_mended(person: Person, app, article: Path,
                                                                           tmp_path: Path) -> None:
    began = time.monotonic()
    begin(person, article, tmp_path / "project", "kanavex")
    page = person.dataset
    app.finish(lambda: cards_of(page) and page.overview.lint.cards[0].isVisible())
    assert person.clicks <= 6 and time.monotonic() - began < 60
    assert len(app.session.all) == 70

    asking = cards_of(page)["D01"]
    assert {image.path.name for image in asking.finding.images} == BODIES
    assert "44 full bodies have no stance" in asking.finding.message and isinstance(asking.finding.remedy, Open)
    person.click(asking.remedy)
    assert page.labels.isVisible() and page.labels.round.field == "stance"
    person.press(page.labels, *[KEY.Key_2] * 44)
    person.press(page.labels, KEY.Key_Escape)
    assert {each.image.path.name for each in app.session.all if each.labels.stance} == BODIES

    found = {each.rule: each for each in person.dataset.linting.found.findings}
    assert "All 44 full bodies are posed" in found["D01"].message and found["D01"].severity == "error"
    assert person.alarms() == {"D01": BODIES, "D02": BODIES, "D07": BUSTS}

    person.click(cards_of(page)["D01"].remedy)
    assert page.shot_list.isVisible()
    assert fill_the_slots(person, page, tmp_path / "drawn") == 5, "one for each view"
    assert person.alarms() == {"D07": BUSTS}

    person.click(cards_of(page)["D07"])
    assert {each.image.path.name for each in page.gallery.shown} == BUSTS
    page.gallery.view.setFocus()
    person.press(page.gallery.view, KEY.Key_A, modifiers=CONTROL)
    person.press(page.gallery.view, KEY.Key_Delete)
    person.drop(draw_busts(tmp_path / "larger", 896))
    person.adds()
    assert len(app.session.all) == 44 + 5 + 26
    assert person.alarms() == {}
