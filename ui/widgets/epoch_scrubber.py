"""All epochs on one line: where the panes stand, how each was marked, and from where on nothing gets better."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from studio.core.axes import BASE, Value
from studio.core.compared_epochs import NO_TRIGGER
from ui import theme
from ui.i18n import tr

HEIGHT = 88

_SIDE, _HEAD, _FOOT = 20, 22, 18    # px left and right, over the bars, under the line
_MARKS = 14                         # px between bars and line, where the marks of the present prompt stand
_BESIDE = 14                        # px from the middle of a handle to what is written beside it
_APART = 46                         # px between two numbers under the line


@dataclass(frozen=True, slots=True)
class Tally:
    """How an epoch was marked: `mark` under the present prompt and seed, 0 to 2, and the mean of all as a share."""

    mark: int | None = None
    share: float | None = None
    count: int = 0


@dataclass(frozen=True, slots=True)
class Track:
    """What the line shows. `handles` are the numbers of the panes by epoch, `band` the epochs of the plateau.

    `there` are the epochs that have a picture of the present prompt and seed.
    """

    epochs: tuple[Value, ...] = ()
    there: frozenset[Value] = frozenset()
    handles: Mapping[Value, Sequence[int]] = field(default_factory=dict)
    tallies: Mapping[Value, Tally] = field(default_factory=dict)
    band: tuple[Value, Value] | None = None
    pick: Value | None = None
    lead: Value | None = None


def epoch_text(epoch: Value) -> str:
    """An epoch as the window names it."""
    if epoch == NO_TRIGGER:
        return tr("Step 0, no trigger")
    return tr("Step 0") if epoch == BASE else tr("epoch {n}", n=epoch)


class EpochScrubber(QWidget):
    """A press or a drag goes to an epoch, the wheel to the next one."""

    chosen = Signal(object)   # an epoch
    stepped = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.track = Track()
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(tr("All epochs"))
        theme.news.changed.connect(self.update)

    def show_track(self, track: Track) -> None:
        self.track = track
        if track.lead is not None:
            self.setAccessibleDescription(self._told(track.lead))
        self.update()

    def x(self, epoch: Value) -> float:
        """Where an epoch stands."""
        epochs = self.track.epochs
        return _SIDE + (self.width() - 2 * _SIDE) * (epochs.index(epoch) + 0.5) / len(epochs)

    def at(self, x: float) -> Value | None:
        """The nearest epoch."""
        epochs = self.track.epochs
        place = int((x - _SIDE) / max(1, self.width() - 2 * _SIDE) * len(epochs))
        return epochs[max(0, min(len(epochs) - 1, place))] if epochs else None

    def sizeHint(self) -> QSize:
        return QSize(480, HEIGHT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._choose(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._choose(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y() or event.angleDelta().x()
        self.stepped.emit(-max(1, abs(turned) // 120) if turned > 0 else max(1, abs(turned) // 120))
        event.accept()

    def event(self, event: QHelpEvent) -> bool:
        if event.type() == QHelpEvent.Type.ToolTip:
            epoch = self.at(event.pos().x())
            QToolTip.showText(event.globalPos(), self._told(epoch) if epoch is not None else "", self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.track.epochs:
            return
        painter, now = QPainter(self), theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(theme.CAPTION)
        painter.setFont(theme.tabular(font))
        self._paint_band(painter, now)
        self._paint_line(painter, now)
        for epoch in self.track.epochs:
            self._paint_epoch(painter, now, epoch)
        self._paint_numbers(painter, now)
        self._paint_handles(painter, now)

    # Inside

    @property
    def _foot(self) -> float:
        return self.height() - _FOOT

    @property
    def _step(self) -> float:
        return (self.width() - 2 * _SIDE) / max(1, len(self.track.epochs))

    def _choose(self, event: QMouseEvent) -> None:
        epoch = self.at(event.position().x())
        if event.buttons() & Qt.MouseButton.LeftButton and epoch is not None:
            self.chosen.emit(epoch)

    def _paint_band(self, painter: QPainter, now: theme.Theme) -> None:
        if not self.track.band:
            return
        first, last = self.track.band
        left, right = self.x(first) - self._step / 2, self.x(last) + self._step / 2
        painter.fillRect(QRectF(left, 0, right - left, self._foot), QColor(now.tint))
        text = tr("plateau")
        width = painter.fontMetrics().horizontalAdvance(text)
        handles = [self.x(each) for each in self.track.handles if each in self.track.epochs]
        if (at := gap_between(handles, left, right, width)) is not None:
            painter.setPen(QColor(now.text))
            painter.drawText(QRectF(at, 1, width + 4, 16), Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_line(self, painter: QPainter, now: theme.Theme) -> None:
        painter.setPen(QPen(QColor(now.edge), 1))
        painter.drawLine(QPointF(_SIDE, self._foot), QPointF(self.width() - _SIDE, self._foot))

    def _paint_epoch(self, painter: QPainter, now: theme.Theme, epoch: Value) -> None:
        x, tally = self.x(epoch), self.track.tallies.get(epoch, Tally())
        colour = QColor(now.muted if epoch in self.track.there else now.line)
        painter.setPen(QPen(colour, 1))
        painter.drawLine(QPointF(x, self._foot), QPointF(x, self._foot + 3))
        if tally.share is not None:
            height, width = 2 + (self._foot - _MARKS - _HEAD - 2) * tally.share, max(2.0, min(10.0, self._step - 2))
            painter.fillRect(QRectF(x - width / 2, self._foot - _MARKS - height, width, height), QColor(now.edge))
        if tally.mark is not None:
            paint_mark(painter, QPointF(x, self._foot - _MARKS / 2), tally.mark, min(5.0, max(2.5, self._step / 2)))

    def _paint_numbers(self, painter: QPainter, now: theme.Theme) -> None:
        epochs, every = self.track.epochs, max(1, round(_APART / self._step + 0.49))
        painter.setPen(QColor(now.muted))
        trained = [each for each in epochs if isinstance(each, int)]
        nice = next((each for each in (1, 2, 5, 10, 20, 50, 100, 200, 500) if each >= every), 1000)
        shown = [each for each in trained if each % nice == 0] or trained[::every]
        for epoch in ([BASE] if BASE in epochs else []) + shown:
            if epoch != BASE and BASE in epochs and self.x(epoch) - self.x(BASE) < _APART / 1.5:
                continue
            text = "0" if epoch == BASE else f"{epoch:,}"
            painter.drawText(QRectF(self.x(epoch) - 40, self._foot + 3, 80, _FOOT - 3),
                             Qt.AlignmentFlag.AlignHCenter, text)
        if NO_TRIGGER in epochs and self._step > _APART:
            painter.drawText(QRectF(self.x(NO_TRIGGER) - 60, self._foot + 3, 120, _FOOT - 3),
                             Qt.AlignmentFlag.AlignHCenter, tr("no trigger"))

    def _paint_handles(self, painter: QPainter, now: theme.Theme) -> None:
        for epoch, panes in self.track.handles.items():
            if epoch not in self.track.epochs:
                continue
            x, is_lead = self.x(epoch), epoch == self.track.lead
            colour = QColor(now.accent if is_lead else now.text)
            painter.setPen(QPen(colour, 1.5 if is_lead else 1))
            painter.drawLine(QPointF(x, 17), QPointF(x, self._foot))
            text = " ".join(str(each + 1) for each in panes)
            width = max(16, painter.fontMetrics().horizontalAdvance(text) + 8)
            place = QRectF(max(0.0, min(self.width() - width, x - width / 2)), 1, width, 16)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawRoundedRect(place, 3, 3)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QColor(now.on_accent if is_lead else now.window))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)

    def _told(self, epoch: Value) -> str:
        tally = self.track.tallies.get(epoch, Tally())
        marked = tr("{n} marked, {share} % of the best", n=tally.count,
                    share=f"{100 * tally.share:.0f}") if tally.share is not None else ""
        missing = "" if epoch in self.track.there else tr("not drawn")
        return " · ".join(each for each in (epoch_text(epoch), missing, marked) if each)


def gap_between(handles: Iterable[float], left: float, right: float, width: float) -> float | None:
    """Where something so wide begins that no handle covers, between left and right; None where it has no room."""
    edges = [left - _BESIDE + 4, *sorted(each for each in handles if left - _BESIDE < each < right + _BESIDE),
             right + _BESIDE - 4]
    return next((one + _BESIDE for one, other in pairwise(edges) if other - one >= width + 2 * _BESIDE), None)


def paint_mark(painter: QPainter, at: QPointF, mark: int, radius: float) -> None:
    """A full disc for obtained, half of one for partial, a cross for not obtained."""
    now = theme.current()
    colour = QColor((now.bad, now.doubtful, now.good)[mark])
    place = QRectF(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius)
    painter.setPen(QPen(colour, 1.6))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if mark == 0:
        painter.drawLine(place.topLeft(), place.bottomRight())
        painter.drawLine(place.topRight(), place.bottomLeft())
        return
    painter.drawEllipse(place)
    painter.setBrush(colour)
    painter.drawPie(place, 90 * 16, (360 if mark == 2 else 180) * 16)
    painter.setBrush(Qt.BrushStyle.NoBrush)
