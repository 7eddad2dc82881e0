"""What was dropped or pasted, whichever program it comes from: files and folders, pictures in memory, or addresses?

File managers hand over paths, image editors pixels, browsers a mixture. Bytes as another program wrote them come before
pixels, which have lost what was written beside them, and both before an address that would have to be fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from PySide6.QtCore import QBuffer, QByteArray, QEvent, QIODevice, QMimeData, QObject, QUrl
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractScrollArea, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

ENDINGS = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "image/gif": ".gif", "image/avif": ".avif",
           "image/bmp": ".bmp"}

_SOURCE = re.compile(r"<img[^>]+src\s*=\s*[\"']([^\"']+)", re.IGNORECASE)
_INLINE = re.compile(r"data:(image/[\w.+-]+)(;base64)?,(.*)", re.DOTALL)
_UNNAMED = "pasted"
_ON_THE_WEB = ("http", "https")
_DRAGS = (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop)


@dataclass(frozen=True, slots=True)
class Dropped:
    """`clips` are the bytes of pictures by their names; `addresses` lie on the web and have to be fetched first."""

    paths: tuple[Path, ...] = ()
    clips: Mapping[str, bytes] = field(default_factory=dict)
    addresses: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.paths or self.clips or self.addresses)


def dropped(mime: QMimeData) -> Dropped:
    """Everything in it that may be a picture; must be read before the drop is over."""
    if paths := tuple(Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()):
        return Dropped(paths)
    addresses = tuple(dict.fromkeys(_addresses(mime)))
    if clips := _clips(mime, _name(addresses)):
        return Dropped(clips=clips)
    inline = {f"{_UNNAMED} {number}{ending}": content
              for number, (ending, content) in enumerate(_inline(addresses), 1)}
    return Dropped(clips=inline, addresses=tuple(each for each in addresses if QUrl(each).scheme() in _ON_THE_WEB))


def let_files_through(top: QWidget) -> None:
    """From here on text fields in this widget leave files that are dropped on them to the window."""
    for kind in (QLineEdit, QPlainTextEdit, QTextEdit):
        for field in top.findChildren(kind):
            taker = field.viewport() if isinstance(field, QAbstractScrollArea) else field
            taker.installEventFilter(_FilesPass(taker))


class _FilesPass(QObject):
    """Refuses files, so that they go on to whoever is behind the field; text is left to it."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() not in _DRAGS or not event.mimeData().hasUrls():
            return False
        event.ignore()
        return True


def _addresses(mime: QMimeData) -> Iterator[str]:
    """The picture itself comes before the page that it links to."""
    yield from (unescape(found) for found in _SOURCE.findall(mime.html()))
    if not _SOURCE.search(mime.html()):
        yield from (url.toString() for url in mime.urls())


def _clips(mime: QMimeData, name: str) -> dict[str, bytes]:
    for kind, ending in ENDINGS.items():
        if content := mime.data(kind).data():
            return {name + ending: content}
    image = mime.imageData() if mime.hasImage() else None
    return {f"{name}.png": _png(image)} if isinstance(image, QImage) and not image.isNull() else {}


def _png(image: QImage) -> bytes:
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return content.data()


def _name(addresses: tuple[str, ...]) -> str:
    """What the picture is called where it comes from, without its ending."""
    paths = (urlsplit(each).path for each in addresses if not each.startswith("data:"))
    return next((stem for path in paths if (stem := PurePosixPath(unquote(path)).stem)), _UNNAMED)


def _inline(addresses: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """(ending, bytes) of the pictures that are written into their own addresses, as small ones in pages are."""
    for each in addresses:
        if (found := _INLINE.match(each)) and found[1].casefold() in ENDINGS:
            content = unquote_to_bytes(found[3])
            yield ENDINGS[found[1].casefold()], QByteArray.fromBase64(content).data() if found[2] else content
