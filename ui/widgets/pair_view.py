"""Two pictures in the place of one: parted by a line that is drawn across, in turns, or only where they differ."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap

from ui import theme
from ui.i18n import tr
from ui.widgets.epoch_pane import PaneViewer

WIPE, BLINK, DIFFERENCE = "wipe", "blink", "difference"

_BLINK_MS = 450
_GAIN = 4       # differences are shown so many times as strong
_REACH = 8.0    # px on either side of the line by which it can be taken


class PairView(PaneViewer):
    """Shows two pictures of `show_pair` as `mode` says; where they differ in size the second is fitted to the first."""

    told = Signal(str)  # what it shows at present

    def __init__(self, surround: QColor) -> None:
        super().__init__(surround, tr("Two pictures in one place"))
        self.mode = WIPE
        self.line = 0.5            # where the wipe parts them, as a share of the width
        self._pair: tuple[QPixmap, QPixmap] | None = None
        self._names, self._of = ("", ""), (1, 1)
        self._made: dict[str, tuple[QPixmap, str]] = {}
        self._is_second = self._is_dragged = False
        self._turns = QTimer(self, interval=_BLINK_MS)
        self._turns.timeout.connect(self._turn)
        self.setMouseTracking(True)

    def show_pair(self, first: QPixmap | None, second: QPixmap | None, size: tuple[int, int],
                  names: tuple[str, str]) -> None:
        """Other pictures, or the same ones; what is not there yet leaves the place empty."""
        pair = None if first is None or second is None or first.isNull() or second.isNull() else (first, second)
        if pair is None or self._pair is None or [each.cacheKey() for each in pair] != [
                each.cacheKey() for each in self._pair]:
            self._made = {}
        self._pair, self._of, self._names = pair, size, names
        self._refresh()

    def set_mode(self, mode: str) -> None:
        self.mode, self._is_second = mode, False
        self._turns.start() if mode == BLINK else self._turns.stop()
        self._refresh()

    def rest(self) -> None:
        """Nobody looks."""
        self._turns.stop()

    def wipe_to(self, share: float) -> None:
        """Moves the line."""
        self.line = max(0.0, min(1.0, share))
        self._made.pop(WIPE, None)
        self._refresh()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._is_dragged = self._is_at_line(event.position())
        if not self._is_dragged:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._is_dragged:
            return self.wipe_to(self._share_at(event.position()).x())
        if self._is_at_line(event.position()):
            self.setCursor(Qt.CursorShape.SplitHCursor)
        elif self._grip is None:
            self.setCursor(Qt.CursorShape.ArrowCursor)
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._is_dragged = False
        super().mouseReleaseEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.mode == WIPE and self._pair:
            painter, place = QPainter(self), self._place()
            for colour, width in (("#000000", 3.0), ("#ffffff", 1.0)):
                painter.setPen(QPen(QColor(colour), width))
                painter.drawLine(QPointF(self._x, place.top()), QPointF(self._x, place.bottom()))

    @property
    def _x(self) -> float:
        place = self._place()
        return place.left() + self.line * place.width()

    def _is_at_line(self, point: QPointF) -> bool:
        return self.mode == WIPE and self._pair is not None and abs(point.x() - self._x) <= _REACH

    def _turn(self) -> None:
        self._is_second = not self._is_second
        self._refresh()

    def _refresh(self) -> None:
        pixmap, text = self._shown() if self._pair else (None, tr("loading"))
        self.show_cell(pixmap, self._of)
        self.told.emit(text)

    def _shown(self) -> tuple[QPixmap, str]:
        first, second = self._names
        if self.mode == BLINK:
            return self._pair[self._is_second], tr("Blink: {name}", name=self._names[self._is_second])
        if self.mode not in self._made:
            make = wiped if self.mode == WIPE else differing
            self._made[self.mode] = make(*self._pair, self.line) if self.mode == WIPE else make(*self._pair)
        pixmap, told = self._made[self.mode]
        names = tr("{first} | {second}", first=first, second=second)
        return pixmap, f"{names} · {told}" if told else names


def wiped(first: QPixmap, second: QPixmap, line: float) -> tuple[QPixmap, str]:
    """The first to the left of the line, the second to its right."""
    made = QPixmap(first)
    painter = QPainter(made)
    painter.setClipRect(QRectF(line * made.width(), 0, made.width(), made.height()))
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawPixmap(QRectF(made.rect()), second, QRectF(second.rect()))
    painter.end()
    return made, ""


def differing(first: QPixmap, second: QPixmap) -> tuple[QPixmap, str]:
    """Where the two differ, made stronger, and by how much at most."""
    size = first.size()
    there = second if second.size() == size else second.scaled(
        size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    one, other = _pixels(first), _pixels(there)
    apart = np.maximum(one, other) - np.minimum(one, other)
    most, share = int(apart.max(initial=0)), float((apart.max(axis=2) > 0).mean())
    strong = np.ascontiguousarray(np.minimum(apart, 255 // _GAIN) * _GAIN)
    image = QImage(strong.data, size.width(), size.height(), 3 * size.width(), QImage.Format.Format_RGB888)
    told = tr("largest difference {most} of 255, {share} % of the pixels differ; shown {gain} times as strong",
              most=most, share=f"{100 * share:.0f}", gain=_GAIN)
    return QPixmap.fromImage(image.copy()), told


def _pixels(pixmap: QPixmap) -> np.ndarray:
    """uint8, height x width x 3."""
    image = pixmap.toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, :3 * image.width()].reshape(image.height(), image.width(), 3).copy()
