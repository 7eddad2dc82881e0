"""By which pictures is a project recognised on the start page? A strip of a few, drawn when the project is closed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

import resources
from ui.settings import Settings

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from studio.core.record import Record

PICTURES, SIDE, GAP = 5, 96, 4  # in pixels of the file; they are shown at half of it

SAMPLE = "mira"  # the sample character of the third door

_FOLDER = "recent"


def strip_file(settings: Settings, folder: Path) -> Path:
    """Where the strip of a project lies, if there is one."""
    return settings.folder / _FOLDER / f"{crc32(str(folder).encode('utf-8', 'surrogateescape')):08x}.png"


def keep_strip(settings: Settings, folder: Path, records: Sequence[Record]) -> None:
    """Draws the strip anew. It is a nicety: what cannot be read or written is left out."""
    path = strip_file(settings, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    image = strip(folder / record.image.path for record in chosen(records))
    if not image.isNull():
        image.save(str(path))


def sample_strip(settings: Settings) -> Path:
    """A strip of the sample character, drawn once."""
    folder = resources.folder("samples", SAMPLE)
    path = strip_file(settings, folder)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        pictures = sorted(folder.glob("*.png"))
        strip(pictures[:: max(1, len(pictures) // PICTURES)][:PICTURES]).save(str(path))
    return path


def chosen(records: Sequence[Record]) -> tuple[Record, ...]:
    """The best pictures, those with the most stars, spread over the set where all are equal."""
    shown = [record for record in records if not record.rejected]
    if any(record.stars for record in shown):
        shown = sorted(shown, key=lambda record: -record.stars)[:PICTURES]
    step = max(1, len(shown) // PICTURES)
    return tuple(shown[::step][:PICTURES])


def strip(paths: Iterable[Path]) -> QImage:
    """Squares side by side; a null image where nothing could be read."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage, QPainter

    squares = [square for path in paths if not (square := _square(path)).isNull()]
    if not squares:
        return QImage()
    image = QImage(PICTURES * (SIDE + GAP) - GAP, SIDE, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    for place, square in enumerate(squares):
        painter.drawImage(place * (SIDE + GAP), 0, square)
    painter.end()
    return image


def _square(path: Path) -> QImage:
    """The upper middle of a picture: that is where faces are."""
    from PySide6.QtCore import QRect, QSize, Qt
    from PySide6.QtGui import QImageReader

    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid():
        reader.setScaledSize(size.scaled(QSize(SIDE, SIDE), Qt.AspectRatioMode.KeepAspectRatioByExpanding))
    image = reader.read()
    return image.copy(QRect((image.width() - SIDE) // 2, 0, SIDE, SIDE)) if not image.isNull() else image
