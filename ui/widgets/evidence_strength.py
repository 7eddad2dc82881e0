"""How does a layout answer to strength? Traits as rows of cells over the strengths, the safe band behind them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from studio.core.stats import Hits
from studio.core.strength import Response
from ui import theme
from ui.i18n import tr

_NAME, _LEAST_NAME, _ROW, _HEAD, _FOOT = 168, 100, 26, 22, 20  # px
_MOST_STEP = 96


class StrengthChart(QWidget):
    """Filled as far as a trait shows; a line where the picture falls apart. A press asks for the cells of a strength.
    """

    asked = Signal(str, float)  # a trait, empty for all, and a strength

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response
        self.traits = tuple(response.onsets)
        self.strengths = tuple(sorted({strength for _, strength in response.counts}))
        self.setFixedHeight(_HEAD + _ROW * max(1, len(self.traits)) + _FOOT)
        self.setMinimumWidth(_LEAST_NAME + 36 * max(1, len(self.strengths)))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMouseTracking(True)
        told = ", ".join(tr("{trait} from {strength}", trait=trait, strength="–" if onset is None else f"{onset:g}")
                         for trait, onset in response.onsets.items())
        self.setAccessibleName(f"{response.layout}: {told}")

    def sizeHint(self) -> QSize:
        return QSize(_NAME + _MOST_STEP * len(self.strengths), self.height())

    @property
    def step(self) -> float:
        """How far two strengths are apart."""
        return min(_MOST_STEP, (self.width() - self.left) / max(1, len(self.strengths)))

    @property
    def left(self) -> float:
        """Where the strengths begin, behind the names of the traits."""
        return max(_LEAST_NAME, min(_NAME, 0.4 * self.width()))

    def band(self) -> QRectF | None:
        """The safe strengths, where they are drawn; None where there are none."""
        if self.response.band is None:
            return None
        lo, hi = (self.strengths.index(each) for each in self.response.band)
        return QRectF(self.left + lo * self.step, 2, (hi - lo + 1) * self.step, self.height() - 4)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if place := self._place(event.position()):
            self.asked.emit(*place)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and (place := self._place(QPointF(event.pos()))):
            trait, strength = place
            hits = self.response.counts.get((trait, strength), Hits())
            QToolTip.showText(event.globalPos(), f"{trait}, {strength:g}: {hits}" if trait else f"{strength:g}", self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, inks = QPainter(self), theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if area := self.band():
            painter.setPen(QPen(QColor(inks.good), 1))
            painter.setBrush(QColor(inks.lift))
            painter.drawRoundedRect(area, theme.RADIUS, theme.RADIUS)
            painter.setPen(QColor(inks.good))
            painter.setFont(self._small)
            painter.drawText(QRectF(area.left() + 6, area.top(), area.width(), _HEAD - 4),
                             Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, tr("safe"))
        for row, trait in enumerate(self.traits):
            self._paint_trait(painter, row, trait)
        self._paint_strengths(painter)
        self._paint_collapse(painter)

    def _paint_trait(self, painter: QPainter, row: int, trait: str) -> None:
        inks, top = theme.current(), _HEAD + row * _ROW
        painter.setPen(QColor(inks.text))
        painter.setFont(self.font())
        shown = painter.fontMetrics().elidedText(trait, Qt.TextElideMode.ElideRight, int(self.left) - theme.MEDIUM)
        painter.drawText(QRectF(theme.SMALL, top, self.left - theme.MEDIUM, _ROW), Qt.AlignmentFlag.AlignVCenter, shown)
        for place, strength in enumerate(self.strengths):
            hits = self.response.counts.get((trait, strength), Hits())
            area = QRectF(self.left + place * self.step + 6, top + 7, self.step - 12, _ROW - 14)
            painter.setPen(QColor(inks.edge))
            painter.setBrush(QColor(inks.page))
            painter.drawRoundedRect(area, 3, 3)
            if hits.hits:
                painter.setPen(Qt.PenStyle.NoPen)
                is_on = self.response.onsets[trait] is not None and strength >= self.response.onsets[trait]
                painter.setBrush(QColor(inks.text if is_on else inks.edge))
                painter.drawRoundedRect(QRectF(area.left(), area.top(), area.width() * hits.rate, area.height()), 3, 3)

    def _paint_strengths(self, painter: QPainter) -> None:
        painter.setFont(self._small)
        painter.setPen(QColor(theme.current().muted))
        top = _HEAD + _ROW * max(1, len(self.traits))
        for place, strength in enumerate(self.strengths):
            painter.drawText(QRectF(self.left + place * self.step, top, self.step, _FOOT),
                             Qt.AlignmentFlag.AlignCenter, f"{strength:g}")

    def _paint_collapse(self, painter: QPainter) -> None:
        if self.response.collapse is None:
            return
        inks = theme.current()
        x = self.left + self.strengths.index(self.response.collapse) * self.step
        painter.setPen(QPen(QColor(inks.bad), 2, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, 4), QPointF(x, self.height() - 4))
        painter.setFont(self._small)
        painter.drawText(QRectF(x + 6, 2, 120, _HEAD - 4), Qt.AlignmentFlag.AlignVCenter, tr("collapse"))

    @property
    def _small(self) -> QFont:
        font = theme.tabular(self.font())
        font.setPixelSize(theme.CAPTION)
        return font

    def _place(self, at: QPointF) -> tuple[str, float] | None:
        column = int((at.x() - self.left) // self.step)
        row = int((at.y() - _HEAD) // _ROW)
        if at.x() < self.left or not 0 <= column < len(self.strengths):
            return None
        return self.traits[row] if 0 <= row < len(self.traits) else "", self.strengths[column]
