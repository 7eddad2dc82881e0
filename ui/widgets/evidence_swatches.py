"""What became of a colour: a swatch for each epoch, how far it is from the target's, and from where on that is seen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from studio.core.axes import STRENGTH
from studio.core.colour_drift import Drift
from studio.core.swatch import srgb
from studio.jobs.evidence_colour import Coloured
from ui import theme
from ui.i18n import tr

_NAME, _AIM, _HIGH, _MOST, _LEAST = 112, 72, 52, 64, 16  # px


class Swatches(QWidget):
    """A press asks for the cells of a swatch."""

    asked = Signal(float)  # an epoch or a strength

    def __init__(self, coloured: Coloured) -> None:
        super().__init__()
        self.coloured = coloured
        self.setFixedHeight(_HIGH)
        self.setMinimumWidth(_NAME + _AIM + _LEAST * min(12, len(coloured.drifts)))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(told(coloured))

    def sizeHint(self) -> QSize:
        return QSize(_NAME + _AIM + _MOST * len(self.coloured.drifts), _HIGH)

    left = float(_NAME + _AIM)  # where the swatches of the cells begin

    @property
    def step(self) -> float:
        return min(_MOST, (self.width() - self.left) / max(1, len(self.coloured.drifts)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if found := self._at(event.position()):
            self.asked.emit(found.place)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and (found := self._at(QPointF(event.pos()))):
            QToolTip.showText(event.globalPos(), tr("{place}: ΔE {far}", place=place_name(self.coloured, found),
                                                    far=f"{found.distance:.1f}"), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, inks = QPainter(self), theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(inks.text))
        painter.drawText(QRectF(theme.SMALL, 0, _NAME - theme.MEDIUM, 28), Qt.AlignmentFlag.AlignVCenter,
                         painter.fontMetrics().elidedText(self.coloured.name, Qt.TextElideMode.ElideRight,
                                                          _NAME - theme.MEDIUM))
        small = theme.tabular(self.font())
        small.setPixelSize(theme.CAPTION)
        painter.setFont(small)
        self._paint_aim(painter)
        written = -1e9
        for place, each in enumerate(self.coloured.drifts):
            area = QRectF(self.left + place * self.step, 2, self.step, 24)
            painter.setPen(QPen(QColor(inks.bad), 2) if each.is_alarm else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(*srgb(each.mean)))
            painter.drawRect(area.adjusted(1, 1, -1, -1))
            if area.left() - written >= 38:
                written = area.left()
                self._write(painter, area, each)

    def _paint_aim(self, painter: QPainter) -> None:
        """The colour that all others are held against."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(*srgb(self.coloured.aim)))
        painter.drawRect(QRectF(_NAME, 3, _AIM - theme.MEDIUM, 22))
        painter.setPen(QColor(theme.current().muted))
        painter.drawText(QRectF(_NAME, 39, _AIM - theme.MEDIUM, 12), Qt.AlignmentFlag.AlignCenter, tr("target"))

    def _write(self, painter: QPainter, area: QRectF, each: Drift) -> None:
        inks = theme.current()
        painter.setPen(QColor(inks.bad if each.is_alarm else inks.text))
        painter.drawText(QRectF(area.center().x() - 30, 27, 60, 12), Qt.AlignmentFlag.AlignCenter,
                         f"{each.distance:.0f}")
        painter.setPen(QColor(inks.muted))
        painter.drawText(QRectF(area.center().x() - 30, 39, 60, 12), Qt.AlignmentFlag.AlignCenter,
                         place_name(self.coloured, each))

    def _at(self, at: QPointF) -> Drift | None:
        place = int((at.x() - self.left) // self.step)
        return self.coloured.drifts[place] if 0 <= place < len(self.coloured.drifts) and at.x() >= self.left else None


def told(coloured: Coloured) -> str:
    """The sentence of a detail."""
    far, since = coloured.worst, coloured.since
    if far is None:
        return tr("{name}: nothing is drawn with the LoRA yet.", name=coloured.name)
    names = {"name": coloured.name, "far": f"{far.distance:.0f}", "worst": place_name(coloured, far)}
    if not coloured.has_alarm:
        return tr("{name}: the colour stays, ΔE {far} at most ({worst}).", **names)
    if since is None:
        return tr("{name}: the colour is another at {worst}, ΔE {far}, and comes back.", **names)
    if since == coloured.trained[0]:
        return tr("{name}: the colour is another throughout, ΔE {far} at most ({worst}).", **names)
    return tr("{name}: the colour is another from {since} on, ΔE {far} at most ({worst}).",
              since=place_name(coloured, since), **names)


def place_name(coloured: Coloured, each: Drift) -> str:
    """An epoch or a strength."""
    if coloured.by == STRENGTH:
        return f"{each.place:g}"
    return tr("ep{n}", n=f"{each.place:g}") if each.place else tr("base")
