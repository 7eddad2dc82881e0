"""How does an image file become pixels for the screen? The same ones that training sees: upright, sRGB, over white.

Everything here runs in loader threads: `QImage` may be made anywhere, `QPixmap` may not.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage, QImageReader

from studio.core.errors import UserError
from studio.store.images import open_rgb
from ui.images.cache import ThumbnailCache

_QUALITY = 88
_GAP = 3.0    # Pillow shrinks by whole numbers first, down to three times the size that is wanted
_FIRST = 256  # the side of a square; smaller pictures are made of that one, so that no file is decoded for each


def thumbnail(cache: ThumbnailCache, id: str, path: Path, side: int) -> QImage:
    """The picture within a square of this side, from the cache or made and kept; null where it cannot be read."""
    kept = cache.read(id, side)
    image = _read(kept) if kept else QImage()
    if not image.isNull():
        return image
    return _shrunk(cache, id, path, side) if side < _FIRST else _made(cache, id, path, side)


def prepare(cache: ThumbnailCache, id: str, path: Path, side: int) -> None:
    """Makes a thumbnail for later, unless it was made."""
    if not cache.has(id, side):
        thumbnail(cache, id, path, side)


def whole(path: Path) -> QImage:
    """The picture in its own size; null where it cannot be read."""
    try:
        return as_qimage(open_rgb(path))
    except UserError:
        return QImage()


def as_qimage(seen: Image.Image) -> QImage:
    """RGB pixels as Qt paints them fastest."""
    pixels = seen.tobytes()
    borrowed = QImage(pixels, seen.width, seen.height, 3 * seen.width, QImage.Format.Format_RGB888)
    return borrowed.convertToFormat(QImage.Format.Format_RGB32)


def _shrunk(cache: ThumbnailCache, id: str, path: Path, side: int) -> QImage:
    """Of the larger one, which whoever comes nearer wants next and finds then."""
    image = thumbnail(cache, id, path, _FIRST)
    if (longer := max(image.width(), image.height())) > side:
        width, height = (max(1, round(each * side / longer)) for each in image.size().toTuple())
        image = image.scaled(width, height, mode=Qt.TransformationMode.SmoothTransformation)
    stream = QBuffer()
    stream.open(QIODevice.OpenModeFlag.WriteOnly)
    if image.save(stream, "JPEG", _QUALITY):
        cache.write(id, side, bytes(stream.data()))
    return image


def _made(cache: ThumbnailCache, id: str, path: Path, side: int) -> QImage:
    try:
        seen = open_rgb(path)
    except UserError:
        return QImage()
    seen.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=_GAP)
    stream = BytesIO()
    seen.save(stream, "JPEG", quality=_QUALITY)
    cache.write(id, side, stream.getvalue())
    return as_qimage(seen)


def _read(content: bytes) -> QImage:
    """`QImageReader` lets other threads run while it decodes; `QImage.fromData` does not."""
    held = QByteArray(content)
    device = QBuffer(held)
    device.open(QIODevice.OpenModeFlag.ReadOnly)
    return QImageReader(device, QByteArray(b"jpeg")).read()
