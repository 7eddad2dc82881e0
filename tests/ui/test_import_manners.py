"""The dialogs of import, characters and pairs cut off no text, and name every control for a screen reader."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtWidgets import (
    QAbstractButton, QAbstractItemView, QAbstractSpinBox, QComboBox, QDialog, QLineEdit, QPlainTextEdit, QWidget,
)

from studio.core.project import Character, Group, with_character, with_group
from studio.miniature import world
from tests.ui.cut_off import told
from ui import i18n
from ui.dialogs.characters import CharactersDialog, open_characters
from ui.dialogs.import_dialog import ImportDialog
from ui.dialogs.import_found import ALIKE, DAMAGED, NEW, TWICE
from ui.dialogs.new_character import NewCharacterDialog
from ui.dialogs.pair_builder import PairBuilder, open_pair_builder

CONTROLS = (QAbstractButton, QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two folders with drawings, copies of them, and a damaged file."""
    top, rng = tmp_path_factory.mktemp("drawn") / "a rather long name of a folder", random.Random(3)
    for folder, figure in (("10_miravelo girl", world.MIRA), ("Suzu", world.SUZU)):
        (top / folder).mkdir(parents=True)
        for number in range(3):
            world.draw(world.Scene(figure, world.sample_shot(rng)), 320, 400).save(top / folder / f"{number}.png")
    (top / "Suzu" / "again.png").write_bytes((top / "Suzu" / "0.png").read_bytes())
    Image.open(top / "Suzu" / "1.png").resize((280, 350)).save(top / "Suzu" / "smaller.png")
    (top / "Suzu" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    return top


@pytest.fixture(params=["English", "日本語"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    i18n.speak(request.param)
    yield request.param
    i18n.speak("English")


@pytest.fixture(params=[(960, 600), (1280, 800)], ids=["small", "usual"])
def sized(request: pytest.FixtureRequest, studio, language: str):
    studio.window.resize(*request.param)
    return studio


@pytest.fixture
def two(sized, draw_picture):
    session = sized.session
    session.save_project(with_group(with_character(session.project, Character("Suzu", "suzukaze", 3)),
                                    Group(("Mira", "Suzu"), 2)))
    draw_picture(session.place.images / "Suzu" / "s.png", 40)
    draw_picture(session.place.images / "Mira+Suzu" / "both.png", 50)
    session.rescan()
    return sized


def flaws(studio, dialog: QDialog) -> list[str]:
    """Texts that are cut off, and controls without a name."""
    studio.finish(lambda: dialog.isVisible())
    studio.finish()
    silent = [type(each).__name__ for kind in CONTROLS for each in dialog.findChildren(kind)
              if not (each.accessibleName() or getattr(each, "text", str)()) and not _is_part(each)]
    return [*told(dialog, "", (0, 0), type(dialog).__name__), *silent]


def _is_part(widget: QWidget) -> bool:
    """Whether it belongs to another control: the line of a spin box, the list of a combo box, the head of a table."""
    parents = (widget.parentWidget(), widget.parentWidget().parentWidget())
    is_inner = any(isinstance(each, QAbstractSpinBox | QComboBox | QLineEdit) for each in parents if each)
    return is_inner or any(widget.inherits(name) for name in ("QComboBoxListView", "QHeaderView", "QTableCornerButton"))


@pytest.mark.parametrize("section", [NEW, ALIKE, TWICE, DAMAGED])
def test_the_import(sized, pictures: Path, section: str) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(pictures))])
    sized.session.import_requested.emit(mime)
    dialog = sized.window.findChild(ImportDialog)
    sized.finish()
    dialog.view.show_section(section)
    assert flaws(sized, dialog) == []
    assert dialog.width() <= sized.window.width() and dialog.height() <= sized.window.height()


@pytest.mark.parametrize("who", [("Mira",), ("Mira", "Suzu")])
def test_the_characters(two, who: tuple[str, ...]) -> None:
    open_characters(two.session, two.window)
    dialog = two.window.findChild(CharactersDialog)
    dialog.choose(who)
    assert flaws(two, dialog) == []
    assert dialog.width() <= two.window.width() and dialog.height() <= two.window.height()


def test_the_pair_builder(two) -> None:
    open_pair_builder(two.session, two.window)
    dialog = two.window.findChild(PairBuilder)
    assert flaws(two, dialog) == []
    assert dialog.width() <= two.window.width() and dialog.height() <= two.window.height()


def test_a_new_character_with_something_to_say(sized) -> None:
    dialog = NewCharacterDialog(sized.window, sized.session.project, lambda character: None, Character("Mo", "mo"))
    dialog.open()
    dialog.form.trigger.setText("smile")
    assert flaws(sized, dialog) == []
    dialog.form.trigger.setText("miravelo")
    assert flaws(sized, dialog) == []
