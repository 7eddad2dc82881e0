"""How far a colour has moved from that of the target, by epoch or strength: a line, and the limit it must not cross."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from studio.core.colour_drift import Drift
from ui import theme
from ui.i18n import tr

_LEFT, _RIGHT, _TOP, _FOOT = 26, 10, 8, 18
_POINT = 3.0


class DriftMeter(QWidget):
    """A press goes to the nearest place. What lies over the limit is a triangle, and said in words."""

    chosen = Signal(float)   # the place of a drift

    def __init__(self) -> None:
        super().__init__()
        self.drifts: tuple[Drift, ...] = ()
        self.limit, self.current = 0.0, math.nan
        self._is_strength, self._instead = False, ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(tr("Colour against the target"))
        theme.news.changed.connect(self.update)

    def show_drifts(self, drifts: tuple[Drift, ...], limit: float, current: float, is_strength: bool = False) -> None:
        """In rising order of their places."""
        self.drifts, self.limit, self.current = drifts, limit, current
        self._is_strength, self._instead = is_strength, ""
        self.setAccessibleDescription(self.told)
        self.update()

    def show_text(self, text: str) -> None:
        """Why there is nothing to show."""
        self.drifts, self._instead = (), text
        self.setAccessibleDescription(text)
        self.update()

    @property
    def told(self) -> str:
        """The course in one sentence."""
        alarms = [each for each in self.drifts if each.is_alarm]
        if not self.drifts:
            return self._instead
        far = max(self.drifts, key=lambda each: each.distance)
        if not alarms:
            return tr("within the limit, up to {far}", far=f"{far.distance:.1f}")
        return tr("over from {place} on, up to {far}", place=self._name(alarms[0]), far=f"{far.distance:.1f}")

    def sizeHint(self) -> QSize:
        return QSize(260, 110)

    def point(self, drift: Drift) -> QPointF:
        """Where a drift is painted."""
        return self._points()[self.drifts.index(drift)]

    def _points(self) -> list[QPointF]:
        wide, gaps, most = self.width() - _LEFT - _RIGHT, max(1, len(self.drifts) - 1), self._most
        first = _LEFT + (wide / 2 if len(self.drifts) == 1 else 0)
        return [QPointF(first + wide * at / gaps, self._y(each.distance, most)) for at, each in enumerate(self.drifts)]

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and (nearest := self._at(event.position().x())):
            self.chosen.emit(nearest.place)

    def event(self, event: QHelpEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            nearest = self._at(event.pos().x())
            told = f"{self._name(nearest)}: ΔE {nearest.distance:.1f}" if nearest else ""
            QToolTip.showText(event.globalPos(), told, self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, now = QPainter(self), theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(theme.CAPTION)
        painter.setFont(theme.tabular(font))
        painter.setPen(QColor(now.muted))
        if not self.drifts:
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(theme.SMALL, 0, -theme.SMALL, 0), int(flags), self._instead)
            return
        self._paint_frame(painter, now)
        self._paint_line(painter, now)

    # Inside

    @property
    def _most(self) -> float:
        return max(1.3 * self.limit, 1.1 * max(each.distance for each in self.drifts), 1.0)

    def _y(self, distance: float, most: float | None = None) -> float:
        high = self.height() - _TOP - _FOOT
        return _TOP + high * (1 - distance / (most or self._most))

    def _at(self, x: float) -> Drift | None:
        points = self._points()
        return self.drifts[min(range(len(points)), key=lambda at: abs(points[at].x() - x))] if points else None

    def _name(self, drift: Drift) -> str:
        if self._is_strength:
            return tr("strength {n}", n=f"{drift.place:g}")
        return tr("epoch {n}", n=f"{drift.place:g}") if drift.place else tr("Step 0")

    def _paint_frame(self, painter: QPainter, now: theme.Theme) -> None:
        foot, right = self._y(0), self.width() - _RIGHT
        painter.setPen(QPen(QColor(now.edge), 1))
        painter.drawLine(QPointF(_LEFT, foot), QPointF(right, foot))
        painter.setPen(QPen(QColor(now.bad), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(_LEFT, self._y(self.limit)), QPointF(right, self._y(self.limit)))
        painter.setPen(QColor(now.muted))
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for value in (0.0, self.limit):
            painter.drawText(QRectF(0, self._y(value) - 8, _LEFT - 4, 16), side, f"{value:g}")
        first, last = (f"{self.drifts[at].place:g}" for at in (0, -1))
        below = QRectF(_LEFT, foot + 2, right - _LEFT, _FOOT - 2)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, first)
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, last if len(self.drifts) > 1 else "")

    def _paint_line(self, painter: QPainter, now: theme.Theme) -> None:
        places = self._points()
        painter.setPen(QPen(QColor(now.text), 1.5))
        painter.drawPolyline(QPolygonF(places))
        is_dense = len(places) * 3 * _POINT > self.width()
        for each, at in zip(self.drifts, places, strict=True):
            if each.place == self.current:
                painter.setPen(QPen(QColor(now.accent), 1.5))
                painter.drawLine(QPointF(at.x(), _TOP), QPointF(at.x(), self._y(0)))
            if each.is_alarm or not is_dense:
                _paint_point(painter, at, QColor(now.bad if each.is_alarm else now.text), each.is_alarm)


def _paint_point(painter: QPainter, at: QPointF, colour: QColor, is_alarm: bool) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    if is_alarm:
        size = 1.4 * _POINT
        painter.drawPolygon(QPolygonF([at + QPointF(0, -size), at + QPointF(-size, size), at + QPointF(size, size)]))
    else:
        painter.drawEllipse(at, _POINT - 1, _POINT - 1)
    painter.setBrush(Qt.BrushStyle.NoBrush)
