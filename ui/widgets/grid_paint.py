"""How is a cell of a grid painted, from a stamp of a few pixels to one that fills the screen?

Its mark is a bar below it that is whole, half or a stub, so that it is told by shape as well as by colour; where there
is room it wears the mark's icon too.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from ui import icons, theme
from ui.delegates.thumbnail import fitted
from ui.i18n import tr

GAIN = 4                       # how much stronger a difference is shown than it is

_ROOMY, _SMALL = 72, 20        # pixels of a cell from which on it holds an icon, and a frame
_WORDED = 56
_EMPTY = QColor(128, 128, 128, 40)
_CRISP = 2.0                   # from this zoom on single pixels are told apart
_MARKS = ((0.25, "error", "bad"), (0.6, "warning", "doubtful"), (1.0, "good", "good"))  # of the bar, icon and tone


@dataclass(frozen=True, slots=True)
class Seen:
    """A cell as it is at this moment. `is_there` without a picture: it is still being decoded. What is pinned may be
    of another shape than its place.

    With `other` only what differs between the two is shown. `stack` counts the cells that are folded into it.
    """

    pixmap: QPixmap | None = None
    is_there: bool = False
    mark: int | None = None
    is_target: bool = False
    is_pinned: bool = False
    stack: int = 1
    other: QPixmap | None = None


def paint_cell(painter: QPainter, place: QRect, seen: Seen, scale: float) -> None:
    """The picture, or where it will be; the frame of the target; the mark. `scale` is that of the screen."""
    shown = place
    if seen.pixmap is None or seen.pixmap.isNull():
        _paint_absence(painter, place, seen, scale)
    else:
        shown = fitted(seen.pixmap.deviceIndependentSize().toSize(), place) if seen.is_pinned else place
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform,
                              place.height() < _CRISP * seen.pixmap.height())
        if seen.other is None:
            painter.drawPixmap(shown, seen.pixmap)
        else:
            _paint_difference(painter, shown, seen.pixmap, seen.other, scale)
        if seen.is_target:
            _paint_frame(painter, shown)
    if seen.mark is not None:
        _paint_mark(painter, place, seen.mark, scale)
    if seen.stack > 1 and place.width() >= _ROOMY:
        _paint_stack(painter, place, seen.stack)


def paint_cursor(painter: QPainter, place: QRect, is_current: bool, has_focus: bool) -> None:
    """The cell that keys mean, or the one under the pointer."""
    pen = QPen(QColor(theme.current().accent), 2 if is_current else 1)
    if is_current and not has_focus:
        pen.setStyle(Qt.PenStyle.DashLine)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(place.adjusted(-1, -1, 0, 0) if is_current else place.adjusted(0, 0, -1, -1))


def _paint_absence(painter: QPainter, place: QRect, seen: Seen, scale: float) -> None:
    painter.fillRect(place, _EMPTY)
    if seen.pixmap is not None:
        side = min(theme.BIG_ICON, place.height() // 2)
        painter.drawPixmap(place.center().x() - side // 2, place.center().y() - side // 2,
                           icons.pixmap("error", side, "#909090", scale))
    elif not seen.is_there and place.width() >= _WORDED and place.height() >= _SMALL:
        _write(painter, place, tr("none fits") if seen.is_target else tr("not drawn"), "#a0a0a0")


def _paint_frame(painter: QPainter, place: QRect) -> None:
    """The green frame of a target."""
    width = 3 if place.height() >= _ROOMY else 1
    painter.setPen(QPen(QColor(theme.current().good), width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(place.adjusted(width // 2, width // 2, -width // 2 - 1, -width // 2 - 1))


def _paint_mark(painter: QPainter, place: QRect, mark: int, scale: float) -> None:
    share, icon, tone = _MARKS[mark]
    colour = getattr(theme.current(), tone)
    tall = 4 if place.height() >= _ROOMY else 3 if place.height() >= _SMALL else max(1, place.height() // 6)
    bar = QRect(place.x(), place.bottom() - tall + 1, max(1, round(share * place.width())), tall)
    if place.height() >= _SMALL:
        painter.fillRect(QRect(place.x(), bar.y() - 1, place.width(), tall + 1), QColor(0, 0, 0, 150))
    painter.fillRect(bar, QColor(colour))
    if place.height() >= _ROOMY and place.width() >= _ROOMY // 2:
        plate = QRect(place.right() - 23, place.bottom() - tall - 23, 20, 20)
        painter.fillRect(plate, QColor(20, 20, 20, 200))
        painter.drawPixmap(plate.x() + 2, plate.y() + 2, icons.pixmap(icon, theme.ICON, colour, scale))


def _paint_stack(painter: QPainter, place: QRect, count: int) -> None:
    plate = QRect(place.right() - 30, place.y() + 4, 26, 16)
    painter.fillRect(plate, QColor(20, 20, 20, 200))
    _write(painter, plate, f"+{count - 1}", "#f0f0f0")


def _write(painter: QPainter, place: QRect, text: str, colour: str) -> None:
    font = painter.font()
    font.setPixelSize(theme.CAPTION)
    painter.setFont(font)
    painter.setPen(QColor(colour))
    painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), text)


def _paint_difference(painter: QPainter, place: QRect, one: QPixmap, other: QPixmap, scale: float) -> None:
    """What differs, made as much stronger as where two pictures are laid over each other."""
    apart = QPixmap(place.size() * scale)
    apart.setDevicePixelRatio(scale)
    beside = QPainter(apart)
    beside.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    room = QRect(0, 0, place.width(), place.height())
    beside.drawPixmap(room, one)
    beside.setCompositionMode(QPainter.CompositionMode.CompositionMode_Difference)
    beside.drawPixmap(room, other)
    beside.end()
    painter.drawPixmap(place.topLeft(), apart)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Plus)
    for _ in range(GAIN - 1):
        painter.drawPixmap(place.topLeft(), apart)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
