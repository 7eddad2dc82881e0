"""How does a trait come with the epochs? Each epoch's rate with its interval, the base beside them, the plateau behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from studio.core.axes import BASE, Value
from studio.core.paired import arm_name
from studio.core.stats import Hits, clopper_pearson
from ui import theme
from ui.i18n import tr

HEIGHT = 116

_LEFT, _RIGHT, _TOP, _FOOT = 34, 12, 8, 20  # px round the plot
_DOT = 3.5
_APART = 40                                 # px between two names under the plot


@dataclass(frozen=True, slots=True)
class Point:
    """One arm of a trait and the cells behind it."""

    arm: Value
    hits: Hits
    keys: tuple[str, ...]


class TraitCurve(QWidget):
    """A press asks for the cells of the arm under the mouse; the arrow keys go along, Enter asks."""

    asked = Signal(object)  # tuple of cell keys

    def __init__(self, trait: str, points: Sequence[Point], plateau: Value | None, pick: Value | None) -> None:
        super().__init__()
        self.trait, self.points = trait, _base_first(points)
        self._plateau, self._pick, self._at = plateau, pick, -1
        self.setFixedHeight(HEIGHT)
        self.setMinimumWidth(220)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        told = ", ".join(f"{name_of(each.arm)} {each.hits}" for each in self.points)
        self.setAccessibleName(tr("{trait} by epoch: {told}", trait=trait, told=told))

    def sizeHint(self) -> QSize:
        return QSize(420, HEIGHT)

    def x(self, place: int) -> float:
        """Where an arm stands."""
        room = self.width() - _LEFT - _RIGHT
        return _LEFT + room * (place + 0.5) / max(1, len(self.points))

    def y(self, rate: float) -> float:
        return _TOP + (1 - rate) * (HEIGHT - _TOP - _FOOT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._go(self._place(event.position().x()))
        self._ask(self._at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._go(self._place(event.position().x()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() in steps:
            self._go(max(0, min(len(self.points) - 1, self._at + steps[event.key()])))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._at >= 0:
            self._ask(self._at)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self.points:
            point = self.points[self._place(event.pos().x())]
            QToolTip.showText(event.globalPos(), f"{name_of(point.arm)}: {point.hits}", self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        self._paint_base(painter)
        trained = [place for place, each in enumerate(self.points) if each.arm != BASE]
        painter.setPen(QPen(QColor(theme.current().edge), 1.5))
        painter.drawPolyline([self._dot(place) for place in trained])
        for place in range(len(self.points)):
            self._paint_point(painter, place)
        self._paint_names(painter)
        if self.hasFocus():
            painter.setPen(QColor(theme.current().accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _paint_ground(self, painter: QPainter) -> None:
        inks = theme.current()
        painter.setFont(_small(self))
        for rate in (0.0, 0.5, 1.0):
            painter.setPen(QColor(inks.line))
            painter.drawLine(QPointF(_LEFT, self.y(rate)), QPointF(self.width() - _RIGHT, self.y(rate)))
            painter.setPen(QColor(inks.muted))
            painter.drawText(QRectF(0, self.y(rate) - 8, _LEFT - 6, 16),
                             Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{100 * rate:.0f}")
        arms = [each.arm for each in self.points]
        if self._plateau in arms:
            left = self.x(arms.index(self._plateau)) - self._half
            tint = QColor(inks.tint)
            tint.setAlpha(110)
            painter.fillRect(QRectF(left, _TOP, self.width() - _RIGHT - left, HEIGHT - _TOP - _FOOT), tint)

    def _paint_base(self, painter: QPainter) -> None:
        """What the base does by itself, as a line to hold all others against."""
        base = next((each for each in self.points if each.arm == BASE and each.hits.tries), None)
        if base:
            painter.setPen(QPen(QColor(theme.current().muted), 1, Qt.PenStyle.DashLine))
            at = self.y(base.hits.rate)
            painter.drawLine(QPointF(_LEFT, at), QPointF(self.width() - _RIGHT, at))

    def _paint_point(self, painter: QPainter, place: int) -> None:
        inks, each, x = theme.current(), self.points[place], self.x(place)
        lo, hi = clopper_pearson(each.hits.hits, each.hits.tries)
        is_pick = each.arm == self._pick
        painter.setPen(QPen(QColor(inks.edge), 2))
        painter.drawLine(QPointF(x, self.y(lo)), QPointF(x, self.y(hi)))
        ink = QColor(inks.accent if is_pick or place == self._at else inks.text)
        painter.setPen(QPen(ink, 1.5))
        painter.setBrush(QColor(inks.page) if each.arm == BASE else ink)
        painter.drawEllipse(self._dot(place), _DOT + is_pick, _DOT + is_pick)

    def _paint_names(self, painter: QPainter) -> None:
        """As many as there is room for; that of the pick always."""
        inks, last = theme.current(), -1e9
        arms = [each.arm for each in self.points]
        picked = self.x(arms.index(self._pick)) if self._pick in arms else None
        for place, each in enumerate(self.points):
            x, is_pick = self.x(place), each.arm == self._pick
            is_near = picked is not None and not is_pick and abs(x - picked) < _APART
            if is_pick or x - last >= _APART and not is_near:
                painter.setPen(QColor(inks.accent if is_pick else inks.muted))
                painter.drawText(QRectF(x - _APART, HEIGHT - _FOOT + 2, 2 * _APART, _FOOT - 2),
                                 Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, name_of(each.arm))
                last = x

    def _dot(self, place: int) -> QPointF:
        return QPointF(self.x(place), self.y(self.points[place].hits.rate))

    @property
    def _half(self) -> float:
        return (self.width() - _LEFT - _RIGHT) / max(1, len(self.points)) / 2

    def _place(self, x: float) -> int:
        return min(range(len(self.points)), key=lambda place: abs(self.x(place) - x), default=-1)

    def _go(self, place: int) -> None:
        if place != self._at:
            self._at = place
            self.update()

    def _ask(self, place: int) -> None:
        if 0 <= place < len(self.points):
            self.asked.emit(self.points[place].keys)


def name_of(arm: Value) -> str:
    """An arm as a plot names it."""
    return tr("base") if arm == BASE else arm_name(arm)


def _base_first(points: Sequence[Point]) -> tuple[Point, ...]:
    return tuple(sorted(points, key=lambda each: each.arm != BASE))


def _small(widget: QWidget) -> QFont:
    font = theme.tabular(widget.font())
    font.setPixelSize(theme.CAPTION)
    return font
