"""How is one picture of the gallery painted? The picture on its surround; what is known of it as small marks on it.

Each mark has a shape of its own: a triangle or an octagon for the lint, a dashed ring for a guess, stars, a crossed
circle for what was rejected. Colour only repeats what the shape says.
"""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from studio.core.record import Record
from ui import icons, theme
from ui.models.gallery import GUESSED, PIXMAP, RECORD, WORST

_FRAME = 3
_INSET = 6
_BADGE, _SMALL_BADGE = 20, 15
_SMALL_CELL = 130
_SMALLEST_WITH_MARKS = 72
_PLATE = QColor(20, 20, 20, 200)  # behind marks: they lie on pictures of any colour
_STAR = "#f2c14e"
_TONES = {"error": "#f07d74", "warning": "#f2c14e"}

Index = QModelIndex | QPersistentModelIndex


class ThumbnailDelegate(QStyledItemDelegate):
    """Paints into whatever square the view gives."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        record: Record = index.data(RECORD)
        cell = option.rect
        shown = _picture(painter, cell, index.data(PIXMAP), record)
        if cell.width() >= _SMALLEST_WITH_MARKS:
            on = shown if min(shown.width(), shown.height()) >= _SMALLEST_WITH_MARKS else cell
            _marks(painter, on, record, index.data(WORST), index.data(GUESSED))
        _frame(painter, cell, shown, option.state)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return option.rect.size()


def fitted(size: QSize, room: QRect) -> QRect:
    """Where a picture of that shape stands in the middle of the room, as large as it can."""
    scaled = size.scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
    return QRect(room.x() + (room.width() - scaled.width()) // 2, room.y() + (room.height() - scaled.height()) // 2,
                 scaled.width(), scaled.height())


def _picture(painter: QPainter, cell: QRect, pixmap: QPixmap | None, record: Record) -> QRect:
    place = fitted(QSize(record.image.width, record.image.height), cell)
    if pixmap is None:
        painter.fillRect(place, QColor(128, 128, 128, 60))
    elif pixmap.isNull():
        _symbol(painter, cell, "error")
    else:
        painter.setOpacity(0.3 if record.rejected else 1.0)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(place, pixmap)
        painter.setOpacity(1.0)
    return place


def _frame(painter: QPainter, cell: QRect, shown: QRect, state: QStyle.StateFlag) -> None:
    is_chosen = bool(state & QStyle.StateFlag.State_Selected)
    accent = QColor(theme.current().accent)
    if is_chosen:
        painter.setPen(QPen(accent, _FRAME))
        painter.drawRect(QRectF(cell).adjusted(1.5, 1.5, -1.5, -1.5))
    if state & QStyle.StateFlag.State_HasFocus:
        painter.setPen(QPen(QColor("#ffffff") if is_chosen else accent, 1, Qt.PenStyle.SolidLine if is_chosen
                            else Qt.PenStyle.DotLine))
        painter.drawRect(QRectF(cell).adjusted(3.5, 3.5, -3.5, -3.5))
    elif state & QStyle.StateFlag.State_MouseOver and not is_chosen:
        painter.setPen(QPen(QColor(255, 255, 255, 90), 1))
        painter.drawRect(QRectF(shown).adjusted(0.5, 0.5, -0.5, -0.5))


def _marks(painter: QPainter, cell: QRect, record: Record, worst: str, is_guessed: bool) -> None:
    side = _BADGE if cell.width() >= _SMALL_CELL else _SMALL_BADGE
    right, bottom = cell.right() - _INSET - side + 1, cell.bottom() - _INSET - side + 1
    if worst:
        _badge(painter, QRect(right, cell.y() + _INSET, side, side), worst, _TONES[worst])
    if is_guessed:
        _ring(painter, QRect(cell.x() + _INSET, cell.y() + _INSET, side, side))
    if record.rejected:
        _badge(painter, QRect(right, bottom, side, side), "reject", "#ffffff")
    if record.stars:
        _stars(painter, QRect(cell.x() + _INSET, bottom, 0, side), record.stars)


def _badge(painter: QPainter, place: QRect, name: str, colour: str) -> None:
    _plate(painter, QRectF(place))
    scale = painter.device().devicePixelRatioF()
    painter.drawPixmap(place.x() + 2, place.y() + 2, icons.pixmap(name, place.width() - 4, colour, scale))


def _ring(painter: QPainter, place: QRect) -> None:
    """A guess: dashed until a hand confirms it."""
    _plate(painter, QRectF(place))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor("#ffffff"), 1.2, Qt.PenStyle.DashLine))
    painter.drawEllipse(QRectF(place).adjusted(2.5, 2.5, -2.5, -2.5))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    font = painter.font()
    font.setPixelSize(place.height() // 2)
    painter.setFont(font)
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, "?")


def _stars(painter: QPainter, place: QRect, count: int) -> None:
    side, scale = place.height() * 2 // 3, painter.device().devicePixelRatioF()
    _plate(painter, QRectF(place.x(), place.y(), 6 + count * side, place.height()))
    star = icons.pixmap("star-full", side - 1, _STAR, scale)
    for number in range(count):
        painter.drawPixmap(QPointF(place.x() + 3 + number * side, place.y() + (place.height() - side) / 2), star)


def _plate(painter: QPainter, place: QRectF) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_PLATE)
    painter.drawRoundedRect(place, theme.RADIUS, theme.RADIUS)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _symbol(painter: QPainter, cell: QRect, name: str) -> None:
    scale = painter.device().devicePixelRatioF()
    painter.drawPixmap(cell.center().x() - 16, cell.center().y() - 16, icons.pixmap(name, 32, "#909090", scale))
