"""How are the axes, curves and names of a chart of losses painted? Each function paints one kind of thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPolygonF

from ui import theme
from ui.i18n import tr
from ui.viewstate.axis import Range, log_ticks, number, ticks
from ui.viewstate.series import Band, Curve, Numbers

COLOURS = {  # told apart by their lightness too; a name always stands beside them
    "dark": ("#5aa7f0", "#e8a33d", "#7fcf94", "#d79be8", "#f0938b", "#c9c9c9"),
    "light": ("#1a66b8", "#9a4f00", "#1c7a3b", "#7b3fa0", "#b3261e", "#5a5a5a"),
}

_LEFT, _RIGHT, _TOP, _BOTTOM, _RATE = 60, 12, 8, 24, 34
_FAINT = 84           # of 255: the single losses behind their mean
_PER_TICK = (90, 34)  # pixels
_PER_MEAN = 2         # pixels; a mean over many steps has nothing to show between them
_Align = Qt.AlignmentFlag


@dataclass(frozen=True, slots=True)
class Shown:
    """One curve with its name, and whether it is drawn at present."""

    name: str
    curve: Curve
    is_shown: bool = True


@dataclass(frozen=True, slots=True)
class Frame:
    """What is in sight where: `view` along the lower edge, `heights` from the bottom up, as exponents if `is_log`."""

    area: QRectF
    axis: str
    view: Range
    heights: Range
    is_log: bool

    @property
    def rates(self) -> QRectF:
        """The strip of the learning rates."""
        return QRectF(self.area.left(), self.area.bottom() + 6, self.area.width(), _RATE - 6)

    def across(self, values: Numbers) -> Numbers:
        """Where steps or exposures stand."""
        return self.area.left() + (values - self.view.low) / self.view.width * self.area.width()

    def up(self, losses: Numbers) -> Numbers:
        """Where losses stand; those far beyond the ends are cut off."""
        share = (drawn_of(losses, self.is_log) - self.heights.low) / self.heights.width
        return self.area.bottom() - np.clip(share, -1, 2) * self.area.height()


def loss_area(width: int, height: int) -> QRectF:
    """That of the losses in a widget of this size."""
    return QRectF(_LEFT, _TOP, max(2, width - _LEFT - _RIGHT), max(2, height - _TOP - _BOTTOM - _RATE))


def drawn_of(losses: Numbers, is_log: bool) -> Numbers:
    """What is drawn of losses: themselves, or their exponents of ten."""
    return np.log10(np.where(losses > 0, losses, np.nan)) if is_log else losses


def colour_of(place: int) -> QColor:
    """That of the curve at a place of the legend."""
    colours = COLOURS[theme.current().name]
    return QColor(colours[place % len(colours)])


def small(font: QFont) -> QFont:
    """For the numbers of a chart."""
    font = QFont(font)
    font.setPixelSize(theme.CAPTION)
    return theme.tabular(font)


def legend_places(area: QRectF, names: Sequence[str], metrics: QFontMetrics) -> Sequence[QRect]:
    """Where the names stand, at the upper right; none for a single one."""
    if len(names) < 2:
        return ()
    width = max(map(metrics.horizontalAdvance, names)) + 34
    return [QRect(int(area.right()) - width, int(area.top()) + 4 + 20 * index, width, 20)
            for index in range(len(names))]


def paint_axes(painter: QPainter, frame: Frame, is_filled: bool) -> None:
    """Lines and numbers at round values; none along the lower edge of an empty chart."""
    area, most = frame.area, max(2, int(frame.area.height() / _PER_TICK[1]))
    for value in log_ticks(frame.heights, most) if frame.is_log else ticks(frame.heights, most):
        y = area.bottom() - frame.heights.place(value) * area.height()
        _paint_grid_line(painter, QLineF(area.left(), y, area.right(), y))
        painter.drawText(QRectF(0, y - 10, _LEFT - 8, 20), int(_Align.AlignRight | _Align.AlignVCenter),
                         number(10**value if frame.is_log else value))
    below = frame.rates.bottom()
    for value in ticks(frame.view, max(2, int(area.width() / _PER_TICK[0]))) if is_filled else ():
        x = area.left() + frame.view.place(value) * area.width()
        _paint_grid_line(painter, QLineF(x, area.top(), x, below))
        over = max(0.0, x + painter.fontMetrics().horizontalAdvance(number(value)) / 2 - area.right() - _RIGHT + 2)
        painter.drawText(QRectF(x - 50 - over, below + 2, 100, 20), int(_Align.AlignHCenter), number(value))


def paint_losses(painter: QPainter, frame: Frame, band: Band, colour: QColor) -> None:
    """The single losses, faint: a line where each has its place, else a column from the least to the largest."""
    faint = QColor(colour)
    faint.setAlpha(_FAINT)
    if band.is_exact:
        _paint_line(painter, frame.across(band.x), frame.up(band.low), QPen(faint, 1))
        return
    painter.setPen(QPen(faint, 1))
    painter.drawLines(_columns(frame.across(band.x), frame.up(band.low), frame.up(band.high)))


def paint_means(painter: QPainter, frame: Frame, curve: Curve, last: int, colour: QColor) -> None:
    """The mean over the `last` steps, clear."""
    places = curve.places(frame.axis, frame.view.low, frame.view.high, int(frame.area.width()) // _PER_MEAN)
    _paint_line(painter, frame.across(curve.along(frame.axis)[places]), frame.up(curve.means(places, last)),
                QPen(colour, 1.8))


def paint_rates(painter: QPainter, frame: Frame, curves: Mapping[int, Curve]) -> None:
    """The learning rates in a strip of their own, from nothing to the highest there is."""
    area, view, across = frame.rates, frame.view, int(frame.area.width()) // _PER_MEAN
    places = {index: each.places(frame.axis, view.low, view.high, across) for index, each in curves.items()}
    rates = {index: each.rates[places[index]] for index, each in curves.items()}
    top = max((float(np.nanmax(each)) for each in rates.values() if np.isfinite(each).any()), default=0.0)
    painter.setPen(QColor(theme.current().muted))
    painter.drawText(QRectF(0, area.top() - 2, _LEFT - 8, 16), int(_Align.AlignRight), number(top) if curves else "")
    painter.drawText(QRectF(0, area.top() + 11, _LEFT - 8, 16), int(_Align.AlignRight), tr("rate"))
    painter.setClipRect(area.adjusted(0, -2, 1, 2))
    for index, each in curves.items():
        x = frame.across(each.along(frame.axis)[places[index]])
        _paint_line(painter, x, area.bottom() - rates[index] / (top or 1) * area.height(), QPen(colour_of(index), 1))
    painter.setClipping(False)


def paint_legend(painter: QPainter, places: Sequence[QRect], shown: Sequence[Shown]) -> None:
    """Names with a piece of their line; those that are switched off are pale."""
    for index, (place, each) in enumerate(zip(places, shown)):
        back = QColor(theme.current().field)
        back.setAlpha(200)
        painter.fillRect(place, back)
        painter.setPen(QPen(colour_of(index) if each.is_shown else QColor(theme.current().faint), 2))
        painter.drawLine(place.left() + 4, place.center().y(), place.left() + 22, place.center().y())
        painter.setPen(QColor(theme.current().text if each.is_shown else theme.current().faint))
        painter.drawText(place.adjusted(28, 0, 0, 0), int(_Align.AlignVCenter), each.name)


def paint_read_out(painter: QPainter, area: QRectF, mouse: QPointF, told: str) -> None:
    """A line at the mouse and what stands there, beside it."""
    if not told:
        return
    colours = theme.current()
    painter.setPen(QPen(QColor(colours.muted), 1, Qt.PenStyle.DotLine))
    painter.drawLine(QLineF(mouse.x(), area.top(), mouse.x(), area.bottom() + _RATE))
    painter.setFont(small(painter.font()))
    size = painter.fontMetrics().size(0, told)
    box = QRectF(mouse.x() + 12, area.top() + 4, size.width() + 16, size.height() + 8)
    if box.right() > area.right():
        box.moveRight(mouse.x() - 12)
    painter.fillRect(box, QColor(colours.window))
    painter.setPen(QColor(colours.edge))
    painter.drawRect(box)
    painter.setPen(QColor(colours.text))
    painter.drawText(box.adjusted(8, 4, -8, -4), int(_Align.AlignLeft), told)


def _paint_grid_line(painter: QPainter, line: QLineF) -> None:
    """Leaves the pen as numbers need it."""
    painter.setPen(QColor(theme.current().line))
    painter.drawLine(line)
    painter.setPen(QColor(theme.current().muted))


def _paint_line(painter: QPainter, x: Numbers, y: Numbers, pen: QPen) -> None:
    painter.setPen(pen)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    good = np.isfinite(y)
    points = [QPointF(*each) for each in zip(x[good].tolist(), y[good].tolist())]
    if len(points) == 1:
        painter.drawEllipse(points[0], 2, 2)
    painter.drawPolyline(QPolygonF(points))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _columns(x: Numbers, low: Numbers, high: Numbers) -> list[QLineF]:
    """A vertical line for each column of pixels, at least a pixel high."""
    good = np.isfinite(low) & np.isfinite(high)
    rows = zip(x[good].tolist(), low[good].tolist(), high[good].tolist())
    return [QLineF(across, lower, across, min(upper, lower - 1)) for across, lower, upper in rows]
