"""How is one picture of the filmstrip painted? A thumbnail, the name, and what the caption is like."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from studio.core.record import Record
from ui import icons, theme
from ui.delegates.thumbnail import Index
from ui.models.gallery import PIXMAP, RECORD, RULES
from ui.viewstate.words import caption_state

HEIGHT = 60

_THUMB = 52


class FilmDelegate(QStyledItemDelegate):
    """Paints into a cell of that height; a bar at its left tells which picture is worked on."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(160, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        now, place = theme.current(), option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(place, QColor(now.tint))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(place, QColor(now.lift))
        if index == option.widget.currentIndex():
            painter.fillRect(QRect(place.topLeft(), QSize(3, HEIGHT)), QColor(now.accent))
        _paint_thumb(painter, place, index.data(PIXMAP))
        room = place.adjusted(theme.SMALL + _THUMB + theme.SMALL, 6, -theme.SMALL, -6)
        _paint_words(painter, room, option, index.data(RECORD), index.data(RULES))


def _paint_thumb(painter: QPainter, place: QRect, picture: QPixmap | None) -> None:
    frame = QRect(place.left() + theme.SMALL, place.top() + (HEIGHT - _THUMB) // 2, _THUMB, _THUMB)
    if picture is None or picture.isNull():
        painter.fillRect(frame, QColor(theme.current().lift))
        return
    scale = painter.device().devicePixelRatioF()
    small = picture.scaled(round(_THUMB * scale), round(_THUMB * scale), Qt.AspectRatioMode.KeepAspectRatio,
                           Qt.TransformationMode.SmoothTransformation)
    small.setDevicePixelRatio(scale)
    size = small.deviceIndependentSize().toSize()
    painter.drawPixmap(frame.x() + (_THUMB - size.width()) // 2, frame.y() + (_THUMB - size.height()) // 2, small)


def _paint_words(painter: QPainter, room: QRect, option: QStyleOptionViewItem, record: Record,
                 rules: Collection[str]) -> None:
    now, metrics, line = theme.current(), option.fontMetrics, option.fontMetrics.height()
    painter.setFont(option.font)
    painter.setPen(QColor(now.text))
    name = metrics.elidedText(record.image.path.stem, Qt.TextElideMode.ElideMiddle, room.width())
    painter.drawText(QRect(room.topLeft(), QSize(room.width(), line)), Qt.AlignmentFlag.AlignVCenter, name)
    small = painter.font()
    small.setPixelSize(theme.CAPTION)
    painter.setFont(small)
    painter.setPen(QColor(now.muted if record.caption.strip() else now.doubtful))
    below = QRect(room.left(), room.top() + line + 2, room.width(), line)
    state = painter.fontMetrics().elidedText(caption_state(record), Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(below, Qt.AlignmentFlag.AlignVCenter, state)
    if rules:
        _paint_rules(painter, QRect(room.left(), below.bottom(), room.width(), line - 2), rules)


def _paint_rules(painter: QPainter, room: QRect, rules: Collection[str]) -> None:
    scale = painter.device().devicePixelRatioF()
    painter.drawPixmap(room.left(), room.top() + 1, icons.pixmap("warning", 12, theme.current().doubtful, scale))
    text = painter.fontMetrics().elidedText(" ".join(rules), Qt.TextElideMode.ElideRight, room.width() - 16)
    painter.setPen(QColor(theme.current().doubtful))
    painter.drawText(room.adjusted(16, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)
