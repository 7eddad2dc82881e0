"""A look at the labelled picture of a sheet before it is written, drawn in a thread; and that picture, to copy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.core.errors import UserError
from ui.aside import Aside
from ui.i18n import tr

if TYPE_CHECKING:
    from PIL import Image

    from studio.jobs.article_sheet import SheetEvidence
    from studio.jobs.sheet_places import SheetPicture

_MOST_CELLS = 60         # of a look; more would take longer than a look is worth
_MOST_PIXELS = 48 * 10**6  # of a picture on the clipboard: 190 MB there
_SMALLEST = 16           # px of a cell's side
_LOOK_WIDTH, _DRAWN_WIDTH = 1400, 2800  # px of the picture that is looked at, and of what it is made smaller from


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which picture: of which sheet, in which language, cells at which scale, with or without target and step 0."""

    project: Path
    sheet: str
    language: str
    scale: float
    with_pinned: bool


@dataclass(frozen=True, slots=True)
class Look:
    """A picture to look at, and the size of the whole in pixels. `rows` are how many of all are shown."""

    image: QImage
    size: tuple[int, int]
    rows: int
    of: int
    missing: int


class PicturePane(QWidget):
    """Shows a picture as wide as there is room, or why there is none; what is below is scrolled to."""

    def __init__(self) -> None:
        super().__init__()
        self._image, self._text = QImage(), ""
        self.setMinimumWidth(280)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Preview"))

    def show_picture(self, image: QImage) -> None:
        self._image, self._text = image, ""
        self._fit()

    def show_text(self, text: str) -> None:
        self._image, self._text = QImage(), text
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setMinimumHeight(0 if self._image.isNull() else round(self._image.height() * self._scale))
        self.update()

    @property
    def _scale(self) -> float:
        return min(self.width() / max(1, self._image.width()), 1.0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("#262626"))
        if self._image.isNull():
            painter.setPen(QColor("#a8a8a8"))
            painter.drawText(self.rect().adjusted(16, 16, -16, -16),
                             Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._text)
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        size = self._image.size() * self._scale
        painter.drawImage(QRectF((self.width() - size.width()) / 2, 0, size.width(), size.height()), self._image)


class Drawing:
    """Draws in a thread what a dialog wants to look at; only the last wish is answered."""

    def __init__(self, parent: QWidget) -> None:
        self._aside, self._stop = Aside(parent), Event()

    def look(self, wanted: Wanted, then: Callable[[Look], object], failed: Callable[[UserError], object]) -> None:
        self._aside.ask(lambda: _look(wanted, self._stop), then, failed)

    def picture(self, wanted: Wanted, then: Callable[[QImage], object], failed: Callable[[UserError], object]) -> None:
        """The whole sheet as one picture, smaller than wanted where it would not fit a clipboard."""
        self._aside.ask(lambda: _whole(wanted, self._stop), then, failed)

    def close(self) -> None:
        """What is being drawn is left where it is: nobody waits for it."""
        self._stop.set()
        self._aside.close()


def _look(wanted: Wanted, stop: Event) -> Look:
    from studio.jobs.sheet_places import placed

    evidence, picture = _sheet(wanted)
    size = placed(picture).size
    if size[0] > _DRAWN_WIDTH:
        picture = replace(picture, cell=_smaller(picture.cell, _DRAWN_WIDTH / size[0]))
    rows = max(1, min(len(picture.rows), _MOST_CELLS // max(1, len(picture.columns))))
    drawn = _drawn(replace(picture, rows=picture.rows[:rows], cells=picture.cells[:rows]), stop)
    shrunk = min(1.0, _LOOK_WIDTH / drawn.width)
    image = _qimage(drawn.resize((round(drawn.width * shrunk), round(drawn.height * shrunk))))
    return Look(image, size, rows, len(picture.rows), evidence.missing)


def _whole(wanted: Wanted, stop: Event) -> QImage:
    from studio.jobs.sheet_places import placed

    _, picture = _sheet(wanted)
    while (size := placed(picture).size)[0] * size[1] > _MOST_PIXELS and min(picture.cell) > _SMALLEST:
        picture = replace(picture, cell=_smaller(picture.cell, 0.75))
    return _qimage(_drawn(picture, stop))


def _smaller(cell: tuple[int, int], share: float) -> tuple[int, int]:
    width, height = cell
    return max(_SMALLEST, round(width * share)), max(_SMALLEST, round(height * share))


def _sheet(wanted: Wanted) -> tuple[SheetEvidence, SheetPicture]:
    """What is there of the sheet, and its picture."""
    from studio.core.article_words import words_of
    from studio.jobs.article_picture import article_picture
    from studio.jobs.article_sheet import evidence_of
    from studio.store.workspace import read_project

    place, words = read_project(wanted.project), words_of(wanted.language)
    evidence = evidence_of(place, wanted.sheet)
    return evidence, article_picture(evidence, place.project.name, words, wanted.scale, wanted.with_pinned)


def _drawn(picture: SheetPicture, stop: Event) -> Image.Image:
    """The sheet, or what of it was drawn until somebody closed the dialog."""
    from PIL import Image

    from studio.jobs.sheet_image import strips
    from studio.jobs.sheet_places import placed

    plan = placed(picture)
    canvas = Image.new("RGB", plan.size)
    for top, strip in strips(plan):
        canvas.paste(strip, (0, top))
        if stop.is_set():
            break
    return canvas


def _qimage(image: Image.Image) -> QImage:
    """An RGB picture of Pillow's as one of Qt's, which owns its bytes."""
    return QImage(image.tobytes(), image.width, image.height, 3 * image.width, QImage.Format.Format_RGB888).copy()
