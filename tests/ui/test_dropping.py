"""What other programs drop and paste, and what of it is understood."""

from base64 import b64encode
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QByteArray, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QWidget

from ui.dialogs.import_dialog import ImportDialog
from ui.dropping import dropped, let_files_through
from ui.widgets.drop_overlay import DropOverlay


def png(colour: str = "red", side: int = 300) -> bytes:
    content = BytesIO()
    Image.new("RGB", (side, side), colour).save(content, "PNG")
    return content.getvalue()


def files(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def test_files_and_folders_are_paths(tmp_path: Path) -> None:
    found = dropped(files(tmp_path / "a b.png", tmp_path / "set"))
    assert found.paths == (tmp_path / "a b.png", tmp_path / "set")
    assert not found.clips and not found.addresses


def test_the_bytes_of_a_browser_are_taken_as_they_are_and_named_by_its_address() -> None:
    mime, content = QMimeData(), png()
    mime.setData("image/png", QByteArray(content))
    mime.setUrls([QUrl("https://example.org/art/mira%20smiles.png?size=large")])
    assert dropped(mime).clips == {"mira smiles.png": content}


def test_pixels_become_a_picture(application: QApplication) -> None:
    mime, image = QMimeData(), QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.blue)
    mime.setImageData(image)
    [(name, content)] = dropped(mime).clips.items()
    assert name == "pasted.png"
    assert Image.open(BytesIO(content)).size == (40, 30)


def test_a_picture_within_its_own_address_is_read() -> None:
    mime, content = QMimeData(), png()
    mime.setHtml(f'<img alt="x" src="data:image/png;base64,{b64encode(content).decode()}">')
    assert list(dropped(mime).clips.values()) == [content]


def test_an_address_alone_is_to_be_fetched_and_the_picture_comes_before_its_link() -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/page")])
    mime.setHtml('<a href="https://example.org/page"><img src="https://example.org/a.jpg?x=1&amp;y=2"></a>')
    assert dropped(mime).addresses == ("https://example.org/a.jpg?x=1&y=2",)


@pytest.mark.parametrize("address", ["ftp://example.org/a.png", "javascript:alert(1)", "about:blank"])
def test_other_addresses_are_left_alone(address: str) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl(address)])
    assert dropped(mime).is_empty


def test_text_is_no_picture() -> None:
    mime = QMimeData()
    mime.setText("1girl, smile")
    assert dropped(mime).is_empty


def drag(target: QWidget, mime: QMimeData, event: str = "enter") -> bool:
    """Sends what Qt would send to the widget under the mouse, and tells whether somebody took it."""
    at, copy, left = QPoint(20, 20), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    sent = {"enter": lambda: QDragEnterEvent(at, copy, mime, left, Qt.KeyboardModifier.NoModifier),
            "drop": lambda: QDropEvent(QPointF(at), copy, mime, left, Qt.KeyboardModifier.NoModifier),
            "leave": QDragLeaveEvent}[event]()
    QApplication.sendEvent(target, sent)
    return sent.isAccepted()


def test_while_something_is_dragged_the_window_says_what_a_drop_would_do(studio, tmp_path: Path) -> None:
    assert drag(studio.window, files(tmp_path))
    overlay = studio.window.findChild(DropOverlay)
    assert overlay.isVisible() and "Mira" in overlay.text
    drag(studio.window, files(tmp_path), "leave")
    assert not overlay.isVisible()


@pytest.mark.parametrize("page", ["dataset", "captions", "training", "evidence"])
def test_a_drop_on_any_page_shows_what_is_in_it(studio, tmp_path: Path, page: str) -> None:
    (tmp_path / "new.png").write_bytes(png())
    studio.session.show_page(page)
    drag(studio.window, files(tmp_path / "new.png"))
    drag(studio.window, files(tmp_path / "new.png"), "drop")
    dialog = studio.window.findChild(ImportDialog)
    studio.finish(lambda: dialog.add_button.isEnabled())
    assert "1" in dialog.add_button.text()
    dialog.reject()


def test_a_text_field_leaves_files_to_the_window_and_keeps_text(studio, tmp_path: Path) -> None:
    studio.session.show_page("captions")
    page = studio.window.page_widget("captions")
    field = page.parts.composer.sentences
    let_files_through(page)
    (tmp_path / "new.png").write_bytes(png())
    assert drag(field.viewport(), files(tmp_path / "new.png"))
    assert studio.window.findChild(DropOverlay).isVisible()
    drag(studio.window, files(tmp_path), "leave")
    text = QMimeData()
    text.setText("She waves.")
    assert drag(field.viewport(), text)
    assert not studio.window.findChild(DropOverlay).isVisible()


def test_pasting_a_picture_adds_it(studio) -> None:
    image = QImage(300, 280, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.green)
    QGuiApplication.clipboard().setImage(image)
    studio.actions["edit.paste"].trigger()
    dialog = studio.window.findChild(ImportDialog)
    studio.finish(lambda: dialog.add_button.isEnabled())
    dialog.add_button.click()
    studio.finish()
    assert any(record.image.path.name == "pasted.png" for record in studio.session.all)


def test_text_on_the_clipboard_opens_nothing(studio) -> None:
    QGuiApplication.clipboard().setText("1girl")
    studio.actions["edit.paste"].trigger()
    assert studio.window.findChild(ImportDialog) is None
