"""How is the growing sheet painted: its cells, the words over its rows, and the head that stays in sight?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPixmap

from ui import icons, theme
from ui.delegates.thumbnail import fitted
from ui.i18n import tr
from ui.viewstate.sheet_places import BAND, GAP, HEAD, RIFT, START, TARGET, Box, Places

_EMPTY = QColor(128, 128, 128, 46)
_Align = Qt.AlignmentFlag


@dataclass(frozen=True, slots=True)
class Look:
    """What everything stands on, and how many pixels of the screen are one of ours."""

    surround: QColor
    scale: float

    @property
    def ink(self) -> QColor:
        """Text that can be read on the surround."""
        return QColor("#1c1c1c" if self.surround.lightness() > 110 else "#e8e8e8")

    @property
    def pale(self) -> QColor:
        return QColor("#3c3c3c" if self.surround.lightness() > 110 else "#b4b4b4")


@dataclass(frozen=True, slots=True)
class Seen:
    """A cell as it is at this moment. `is_there` without a picture: it is still being decoded."""

    pixmap: QPixmap | None
    is_there: bool
    is_newest: bool
    is_hovered: bool
    is_current: bool
    is_pinned_by_hand: bool


def paint_surround(painter: QPainter, rect: QRect, look: Look) -> None:
    painter.fillRect(rect, look.surround)


def paint_cell(painter: QPainter, box: Box, seen: Seen, look: Look) -> None:
    """The picture, or the place where it will be; the newest wears a line of the accent below it."""
    room = QRect(box.x, box.y, box.width, box.height)
    if seen.pixmap is None or seen.pixmap.isNull():
        painter.fillRect(room, _EMPTY)
        if seen.pixmap is not None:
            side = min(theme.BIG_ICON, box.height // 2)
            painter.drawPixmap(room.center().x() - side // 2, room.center().y() - side // 2,
                               icons.pixmap("error", side, look.ink.name(), look.scale))
        shown = room
    else:
        shown = fitted(seen.pixmap.deviceIndependentSize().toSize(), room)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(shown, seen.pixmap)
    _paint_marks(painter, shown, seen)


def paint_row_head(painter: QPainter, y: int, width: int, name: str, look: Look) -> None:
    """What a row is of, over its cells."""
    painter.fillRect(QRect(0, y, width, BAND), look.surround)
    painter.setFont(_font(painter.font(), theme.CAPTION))
    painter.setPen(look.pale)
    place = QRect(theme.TINY, y, width - theme.SMALL, BAND - 2)
    painter.drawText(place, int(_Align.AlignVCenter), _elided(painter, name, place.width()))


def paint_rift(painter: QPainter, places: Places, look: Look) -> None:
    """The line behind the columns that stay."""
    painter.setPen(QPen(look.pale, 1))
    middle = places.pinned - GAP - RIFT // 2
    painter.drawLine(middle, HEAD, middle, min(places.height, HEAD + places.rows * places.row_step - places.top))


def paint_head(painter: QPainter, places: Places, columns: Sequence[str], newest: int, look: Look) -> None:
    """The names of the columns, over whatever scrolls below them."""
    painter.fillRect(QRect(0, 0, places.width, HEAD), look.surround)
    painter.setFont(_font(painter.font(), theme.CAPTION, bold=True))
    painter.setClipRect(QRect(places.pinned, 0, places.width - places.pinned, HEAD))
    for column in places.columns_in_sight():
        _paint_name(painter, places, column, columns[column], look, column == newest)
    painter.setClipping(False)
    _paint_name(painter, places, TARGET, tr("target"), look)
    _paint_name(painter, places, START, tr("step 0"), look)


def _paint_name(painter: QPainter, places: Places, column: int, name: str, look: Look, is_newest: bool = False) -> None:
    place = QRect(places.x(column), 0, places.cell_width, HEAD)
    painter.setPen(look.ink if is_newest or column < 0 else look.pale)
    shown = _elided(painter, tr("{name} · newest", name=name) if is_newest else name, place.width())
    painter.drawText(place, int(_Align.AlignCenter), shown)
    if is_newest:
        painter.fillRect(QRect(place.x(), HEAD - 3, place.width(), 2), QColor(theme.current().accent))


def _paint_marks(painter: QPainter, shown: QRect, seen: Seen) -> None:
    accent = QColor(theme.current().accent)
    if seen.is_newest and seen.is_there:
        painter.fillRect(QRect(shown.x(), shown.bottom() - 1, shown.width(), 2), accent)
    if seen.is_hovered or seen.is_current:
        painter.setPen(QPen(accent, 2 if seen.is_current else 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(shown.adjusted(1, 1, -1, -1))
    if seen.is_pinned_by_hand:
        plate = QRect(shown.x() + 4, shown.y() + 4, 20, 20)
        painter.fillRect(plate, QColor(20, 20, 20, 200))
        painter.drawPixmap(plate.x() + 2, plate.y() + 2, icons.pixmap("lock", 16, "#f0f0f0", 1.0))


def _font(font: QFont, size: int, bold: bool = False) -> QFont:
    font = QFont(font)
    font.setPixelSize(size)
    font.setBold(bold)
    return theme.tabular(font)


def _elided(painter: QPainter, text: str, width: int) -> str:
    return painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, width)
