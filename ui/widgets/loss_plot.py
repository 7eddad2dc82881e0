"""The curves of one run or several: the loss of each step faint, its mean over the last steps clear, the learning rate.

It paints what is in sight, whatever the length of a run: a column of pixels is one vertical line from the least to the
largest loss in it. The wheel zooms at the mouse, dragging pans, Home or a double click shows all of it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import theme
from ui.i18n import tr
from ui.viewstate.axis import Range, number, spread
from ui.viewstate.series import Band, Curve
from ui.widgets.loss_plot_paint import (
    Frame,
    Shown,
    colour_of,
    drawn_of,
    legend_places,
    loss_area,
    paint_axes,
    paint_legend,
    paint_losses,
    paint_means,
    paint_rates,
    paint_read_out,
    small,
)

_NOTCH = 1.25
_REACH = 0.01        # of the width in sight: a curve that ended farther away says nothing at the mouse
_OUTLIERS = 1.0      # percent of the columns that do not decide the height
_LEAST_WIDTH = 8.0   # steps; no zooming in beyond


class LossPlot(QWidget):
    """Shows the curves of `show_curves`; after they have grown, `refresh`."""

    hovered = Signal(str)  # what stands under the mouse, in words; empty when it leaves

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Shown, ...] = ()
        self._axis, self._is_log, self._last = "step", False, 50
        self._view: Range | None = None  # None: all there is, also when it grows
        self._drawn = QPixmap()
        self._mouse: QPointF | None = None
        self._grip: tuple[float, Range] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Loss curves"))
        theme.news.changed.connect(self.refresh)

    # What is shown

    def show_curves(self, curves: Mapping[str, Curve]) -> None:
        """Other curves by their names, all of them in sight."""
        hidden = {each.name for each in self._shown if not each.is_shown}
        self._shown = tuple(Shown(name, curve, name not in hidden) for name, curve in curves.items())
        self.refresh()

    def refresh(self) -> None:
        """Draws anew what there is by now."""
        self._drawn = QPixmap()
        self.update()

    def set_log(self, is_log: bool) -> None:
        """Equal distances for equal ratios of the loss, or for equal differences."""
        self._is_log = is_log
        self.refresh()

    def set_mean(self, last: int) -> None:
        """Over how many steps the clear line is the mean."""
        self._last = max(1, last)
        self.refresh()

    def set_axis(self, axis: str) -> None:
        """What lies along the lower edge: "step" or "exposures"."""
        self._axis = axis
        self.fit()

    def fit(self) -> None:
        """Shows all of it, and follows as it grows."""
        self._view = None
        self.refresh()

    @property
    def view(self) -> Range:
        """What is in sight of the lower axis."""
        return self._view or self._whole

    @property
    def shown(self) -> tuple[Shown, ...]:
        """The curves with their names."""
        return self._shown

    @property
    def axis(self) -> str:
        return self._axis

    @property
    def is_following(self) -> bool:
        return self._view is None

    def sizeHint(self) -> QSize:
        return QSize(640, 220)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 120)

    # What happens

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120
        if notches and self._has_points:
            self._look_at(self.view.zoomed(_NOTCH**-notches, self._value_at(event.position().x()), _LEAST_WIDTH))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if (place := self._legend_at(event.position())) is not None:
            self._toggle(place)
        elif self._has_points:
            self._grip = event.position().x(), self.view
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse = event.position()
        if self._grip:
            began, view = self._grip
            self._look_at(view.moved((began - event.position().x()) * view.width / max(1, self._area.width())))
        self.hovered.emit(self.told)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grip = None
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.fit()

    def leaveEvent(self, event: QEvent) -> None:
        self._mouse = None
        self.hovered.emit("")
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys, view = Qt.Key, self.view
        zooms = {keys.Key_Plus: 1 / _NOTCH, keys.Key_Equal: 1 / _NOTCH, keys.Key_Minus: _NOTCH}
        moves = {keys.Key_Left: -0.1, keys.Key_Right: 0.1}
        if event.key() == keys.Key_Home:
            self.fit()
        elif event.key() in zooms and self._has_points:
            self._look_at(view.zoomed(zooms[event.key()], (view.low + view.high) / 2, _LEAST_WIDTH))
        elif event.key() in moves and self._has_points:
            self._look_at(view.moved(moves[event.key()] * view.width))
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._drawn = QPixmap()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._drawn.isNull():
            self._drawn = self._draw()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._drawn)
        if self._mouse is not None and self._grip is None and self._has_points:
            paint_read_out(painter, self._area, self._mouse, self.told)

    # The read-out

    @property
    def told(self) -> str:
        """What stands under the mouse: "step 412 · v3 0.0312, mean 0.0298 · rate 1e-4"."""
        if self._mouse is None or not self._has_points or not self._area.contains(self._mouse):
            return ""
        value = self._value_at(self._mouse.x())
        head = tr("exposure {n}", n=f"{value:,.0f}") if self._axis == "exposures" else tr("step {n}", n=f"{value:,.0f}")
        return "\n".join((head, *(said for each in self._seen if (said := self._said(each, value)))))

    def _said(self, shown: Shown, value: float) -> str:
        place = shown.curve.nearest(self._axis, value)
        if place is None or abs(shown.curve.along(self._axis)[place] - value) > self.view.width * _REACH + 1:
            return ""
        mean = float(shown.curve.means(np.array([place]), self._last)[0])
        return tr("{name}: {loss}, mean {mean}, rate {rate}", name=shown.name, mean=f"{mean:.4f}",
                  loss=f"{float(shown.curve.losses[place]):.4f}", rate=number(float(shown.curve.rates[place])))

    # Where things are

    @property
    def _seen(self) -> tuple[Shown, ...]:
        return tuple(each for each in self._shown if each.is_shown and len(each.curve))

    @property
    def _has_points(self) -> bool:
        return bool(self._seen)

    @property
    def _whole(self) -> Range:
        ends = [each.curve.along(self._axis)[[0, -1]] for each in self._seen]
        if not ends:
            return Range(0, 1)
        return spread(float(min(each[0] for each in ends)), float(max(each[1] for each in ends)))

    @property
    def _area(self) -> QRectF:
        """That of the losses."""
        return loss_area(self.width(), self.height())

    def _value_at(self, x: float) -> float:
        return self.view.low + (x - self._area.left()) / self._area.width() * self.view.width

    def _look_at(self, view: Range) -> None:
        whole = self._whole
        seen = view.within(whole)
        self._view = None if seen == whole else seen
        self.refresh()

    def _toggle(self, place: int) -> None:
        self._shown = tuple(Shown(each.name, each.curve, each.is_shown ^ (index == place))
                            for index, each in enumerate(self._shown))
        self.refresh()

    def _legend(self) -> Sequence[QRect]:
        """Where the names stand; a single curve needs none."""
        return legend_places(self._area, [each.name for each in self._shown], self.fontMetrics())

    def _legend_at(self, point: QPointF) -> int | None:
        return next((index for index, each in enumerate(self._legend()) if each.contains(point.toPoint())), None)

    # Painting

    def _draw(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        canvas = QPixmap(self.size() * ratio)
        canvas.setDevicePixelRatio(ratio)
        canvas.fill(QColor(theme.current().field))
        bands = {index: each.curve.band(self._axis, self.view.low, self.view.high, int(self._area.width()))
                 for index, each in enumerate(self._shown) if each in self._seen}
        frame = Frame(self._area, self._axis, self.view, self._heights(bands.values()), self._is_log)
        painter = QPainter(canvas)
        painter.setFont(small(self.font()))
        paint_axes(painter, frame, self._has_points)
        painter.setClipRect(frame.area.adjusted(0, -1, 1, 1))
        for index, band in bands.items():
            paint_losses(painter, frame, band, colour_of(index))
        for index in bands:
            paint_means(painter, frame, self._shown[index].curve, self._last, colour_of(index))
        painter.setClipping(False)
        paint_rates(painter, frame, {index: self._shown[index].curve for index in bands})
        paint_legend(painter, self._legend(), self._shown)
        painter.end()
        return canvas

    def _heights(self, bands: Iterable[Band]) -> Range:
        """From the low end to the high one of what is in sight, but for the odd outlier."""
        values = [drawn_of(each, self._is_log) for band in bands for each in (band.low, band.high)]
        found = np.concatenate(values) if values else np.empty(0)
        found = found[np.isfinite(found)]
        if not len(found):
            return Range(0, 1)
        low, high = np.percentile(found, (_OUTLIERS / 2, 100 - _OUTLIERS / 2))
        return spread(float(low), float(high), 0.06)
