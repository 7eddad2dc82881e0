"""How is one picture of the filmstrip painted? A thumbnail, the name, and what the caption is like."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from studio.core.record import Record
from ui import icons, theme
from ui.delegates.thumbnail import Index
from ui.i18n import tr
from ui.models.gallery import PIXMAP, RECORD, RULES, WORST
from ui.viewstate.findings import ICONS, TONES, rule_name
from ui.viewstate.words import caption_state

HEIGHT = 60

_THUMB = 52
_BARE = "D18"  # no caption: the line above says so
_RULES = 14  # the height of the line of rules


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
        record: Record = index.data(RECORD)
        frame = QRect(place.left() + theme.SMALL, place.top() + (HEIGHT - _THUMB) // 2, _THUMB, _THUMB)
        painter.setOpacity(0.3 if record.rejected else 1.0)
        paint_thumb(painter, frame, index.data(PIXMAP))
        painter.setOpacity(1.0)
        if record.rejected:
            sign = icons.pixmap("reject", theme.BIG_ICON, now.text, painter.device().devicePixelRatioF())
            painter.drawPixmap(frame.center() - QRect(0, 0, theme.BIG_ICON, theme.BIG_ICON).center(), sign)
        room = place.adjusted(theme.SMALL + _THUMB + theme.SMALL, 6, -theme.SMALL, -6)
        _paint_words(painter, room, option, record)
        if rules := () if record.rejected else [rule for rule in index.data(RULES) if rule != _BARE]:
            _paint_rules(painter, QRect(room.left(), room.bottom() - _RULES + 1, room.width(), _RULES), rules,
                         index.data(WORST))


def paint_thumb(painter: QPainter, frame: QRect, picture: QPixmap | None) -> None:
    """A picture as large as it fits into a square; a plain one as long as it is not there."""
    if picture is None or picture.isNull():
        painter.fillRect(frame, QColor(theme.current().lift))
        return
    scale = painter.device().devicePixelRatioF()
    side = round(frame.width() * scale)
    small = picture.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    small.setDevicePixelRatio(scale)
    size = small.deviceIndependentSize().toSize()
    painter.drawPixmap(frame.x() + (frame.width() - size.width()) // 2,
                       frame.y() + (frame.height() - size.height()) // 2, small)


def paint_tick(painter: QPainter, box: QRect, is_on: bool) -> None:
    """A box with a tick in it, or without."""
    now = theme.current()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(now.accent if is_on else now.muted))
    painter.setBrush(QColor(now.accent if is_on else now.field))
    painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    if is_on:
        side, scale = box.width() - 3, painter.device().devicePixelRatioF()
        painter.drawPixmap(box.left() + 2, box.top() + 2, icons.pixmap("check", side, now.on_accent, scale))


def _paint_words(painter: QPainter, room: QRect, option: QStyleOptionViewItem, record: Record) -> None:
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
    words = f"{tr('rejected')} · {caption_state(record)}" if record.rejected else caption_state(record)
    state = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(below, Qt.AlignmentFlag.AlignVCenter, state)


def _paint_rules(painter: QPainter, room: QRect, rules: Collection[str], severity: str) -> None:
    """The rules in words, the gravest severity by its sign."""
    scale, colour = painter.device().devicePixelRatioF(), getattr(theme.current(), TONES[severity])
    painter.drawPixmap(room.left(), room.top() + 1, icons.pixmap(ICONS[severity], 12, colour, scale))
    words = ", ".join(map(rule_name, rules))
    text = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room.width() - 16)
    painter.setPen(QColor(colour))
    painter.drawText(room.adjusted(16, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)
