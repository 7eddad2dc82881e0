"""What lies over a picture in the viewer: the training crop, and boxes with their names."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen

from studio.core.record import Box
from ui import theme
from ui.viewstate.crop import Crop

_SHADE = QColor(0, 0, 0, 150)


def paint_crop(painter: QPainter, place: QRectF, crop: Crop) -> None:
    """Shades what training cuts off of a picture that lies at `place`, and names the bucket."""
    kept, shade = _inside(place, crop.kept), QPainterPath()
    shade.addRect(place)
    hole = QPainterPath()
    hole.addRect(kept)
    painter.fillPath(shade - hole, _SHADE)
    painter.setPen(QPen(QColor("#ffffff"), 1))
    painter.drawRect(kept.adjusted(0.5, 0.5, -0.5, -0.5))
    text = f"{crop.bucket.width} × {crop.bucket.height}  ·  {100 * crop.factor:.0f} %"
    _paint_tag(painter, kept.bottomLeft() + QPointF(4, -22), f"{text}  ▲" if crop.is_enlarged else text)


def paint_box(painter: QPainter, place: QRectF, box: Box, name: str) -> None:
    """A frame with its name; a guess is dashed."""
    is_guessed, framed = box.origin == "guess", _inside(place, box)
    for colour, width in (("#000000", 3.0), (theme.current().accent, 1.5)):
        style = Qt.PenStyle.DashLine if is_guessed else Qt.PenStyle.SolidLine
        painter.setPen(QPen(QColor(colour), width, style))
        painter.drawRect(framed)
    _paint_tag(painter, framed.topLeft() + QPointF(2, 2), f"{name}?" if is_guessed else name)


def _paint_tag(painter: QPainter, corner: QPointF, text: str) -> None:
    font = QFont(painter.font())
    font.setPixelSize(theme.CAPTION)
    painter.setFont(theme.tabular(font))
    place = QRectF(corner, QSizeF(painter.fontMetrics().horizontalAdvance(text) + 8, 18))
    painter.fillRect(place, QColor(20, 20, 20, 210))
    painter.setPen(QColor("#f0f0f0"))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)


def _inside(place: QRectF, box: Box) -> QRectF:
    """A box of the picture on the screen."""
    corner = QPointF(place.x() + box.left * place.width(), place.y() + box.top * place.height())
    return QRectF(corner, QSizeF((box.right - box.left) * place.width(), (box.bottom - box.top) * place.height()))
