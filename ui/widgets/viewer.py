"""One picture, as large as one likes: zoom at the cursor, pan, and what lies over it - the training crop and boxes.

The picture keeps its place on the screen while a sharper copy takes the place of its thumbnail; another picture fades
in over the one before, so that one sees that it is another.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QElapsedTimer, QPointF, QRectF, QSizeF, Qt, QTimer, Signal
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

from studio.core.errors import UserError
from studio.core.record import Box, checked_box
from ui import theme
from ui.i18n import tr
from ui.viewstate.crop import Crop
from ui.widgets.viewer_overlay import paint_box, paint_crop

MOST = 16.0            # screen pixels for one of the picture

_NOTCH = 1.25          # zoom of one step of the wheel
_LEAST_BOX = 0.01      # side of a box in shares of the picture; less is a click
_MARGIN = 8
_FRAME_MS = 16


class Viewer(QWidget):
    """Shows a pixmap of a picture whose size in its own pixels is known before the pixels are."""

    zoomed = Signal(float)          # screen pixels for one of the picture
    box_drawn = Signal(object)      # a Box
    opened = Signal()               # double click
    stepped = Signal(int)           # the previous or the next picture is wanted

    def __init__(self, surround: QColor, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._surround, self._pixmap, self._scaled = surround, QPixmap(), QPixmap()
        self._size, self._is_empty = QSizeF(1, 1), True
        self._zoom: float | None = None   # None: as large as fits
        self._middle = QPointF(0.5, 0.5)  # what of the picture is in the middle of the widget, in shares
        self._crop: Crop | None = None
        self._boxes: Mapping[str, Box] = {}
        self._grip: QPointF | None = None
        self._drawing = ""
        self._corner: QPointF | None = None
        self._drawn: QRectF | None = None
        self._before: tuple[QPixmap, QRectF] | None = None  # what fades away, and where it is painted
        self._since = QElapsedTimer()
        self._fading = QTimer(self, interval=_FRAME_MS)
        self._fading.timeout.connect(self._fade_on)
        self.setAccessibleName(name or tr("Picture"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 120)

    # What is shown

    def show_picture(self, pixmap: QPixmap | None, width: int, height: int, *, keep: bool = False) -> None:
        """Another picture, fitted into the widget; with `keep` the same one, sharper, where it is."""
        if not keep:
            self._begin_fade()
        self._pixmap, self._scaled, self._size = pixmap or QPixmap(), QPixmap(), QSizeF(width, height)
        self._is_empty = False
        if not keep:
            self._zoom, self._middle = None, QPointF(0.5, 0.5)
            self.zoomed.emit(self.scale)
        self.update()

    def show_nothing(self) -> None:
        """The surround alone."""
        self._pixmap, self._scaled, self._before, self._is_empty = QPixmap(), QPixmap(), None, True
        self.update()

    def show_crop(self, crop: Crop | None) -> None:
        """Shades what training cuts off; None takes the overlay away."""
        self._crop = crop
        self.update()

    def show_boxes(self, boxes: Mapping[str, Box]) -> None:
        """Frames with their names; a guess is dashed."""
        self._boxes = boxes
        self.update()

    def set_surround(self, colour: QColor) -> None:
        self._surround = colour
        self.update()

    def draw_box(self, name: str) -> None:
        """From here on the mouse draws a box of that name, until one is drawn; an empty name ends it."""
        self._drawing, self._drawn, self._corner = name, None, None
        self.setCursor(Qt.CursorShape.CrossCursor if name else Qt.CursorShape.ArrowCursor)
        self.update()

    @property
    def is_drawing(self) -> bool:
        return bool(self._drawing)

    @property
    def scale(self) -> float:
        """Screen pixels for one of the picture."""
        return self._zoom or self._fit

    # Zoom

    def zoom_to(self, scale: float | None, at: QPointF | None = None) -> None:
        """Zooms so that the point of the picture under `at` stays there; None is as large as fits."""
        at = at or self._centre
        before = self._share_at(at)
        self._zoom = None if scale is None else max(min(self._fit, 1.0) / 2, min(MOST, scale))
        if self._zoom is None:
            self._middle = QPointF(0.5, 0.5)
        else:
            off = (at - self._centre) / self.scale
            self._middle = before - QPointF(off.x() / self._size.width(), off.y() / self._size.height())
            self._hold_in_sight()
        self._scaled = QPixmap()
        self.zoomed.emit(self.scale)
        self.update()

    def toggle_full_size(self, at: QPointF | None = None) -> None:
        """100 %, or as large as fits where it is 100 % already."""
        is_full = self._zoom is not None and abs(self._zoom - 1 / self.devicePixelRatioF()) < 1e-6
        self.zoom_to(None if is_full else 1 / self.devicePixelRatioF(), at)

    # What happens

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120
        if notches:
            self.zoom_to(self.scale * _NOTCH**notches, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._drawing:
            self._corner = self._share_at(event.position())
        elif event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._grip = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor if self._zoom else Qt.CursorShape.ArrowCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._corner is not None:
            self._drawn = QRectF(self._corner, self._share_at(event.position())).normalized() & QRectF(0, 0, 1, 1)
            self.update()
        elif self._grip is not None and self._zoom is not None:
            moved = (event.position() - self._grip) / self.scale
            self._middle -= QPointF(moved.x() / self._size.width(), moved.y() / self._size.height())
            self._grip = event.position()
            self._hold_in_sight()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drawn, self._grip, self._corner, self._drawn = self._drawn, None, None, None
        if self._drawing and drawn and min(drawn.width(), drawn.height()) > _LEAST_BOX:
            self._finish_box(drawn)
        self.setCursor(Qt.CursorShape.CrossCursor if self._drawing else Qt.CursorShape.ArrowCursor)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if not self._drawing:
            self.opened.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Plain arrows go through the pictures; plus, minus and Z zoom."""
        keys = Qt.Key
        steps = {keys.Key_Left: -1, keys.Key_Up: -1, keys.Key_Right: 1, keys.Key_Down: 1}
        if event.key() in steps:
            self.stepped.emit(steps[event.key()])
        elif event.key() in (keys.Key_Plus, keys.Key_Equal):
            self.zoom_to(self.scale * _NOTCH)
        elif event.key() == keys.Key_Minus:
            self.zoom_to(self.scale / _NOTCH)
        elif event.key() == keys.Key_Escape and self._drawing:
            self.draw_box("")
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._scaled = QPixmap()
        self._hold_in_sight()
        self.zoomed.emit(self.scale)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._surround)
        if self._is_empty:
            return
        place = self._place()
        if self._before:
            share = min(1.0, self._since.elapsed() / theme.FADE_MS)
            painter.setOpacity(1 - share)
            painter.drawPixmap(self._before[1], self._before[0], QRectF(self._before[0].rect()))
            painter.setOpacity(share)
        self._paint_picture(painter, place)
        painter.setOpacity(1)
        if self._crop:
            paint_crop(painter, place, self._crop)
        for name, box in self._boxes.items():
            paint_box(painter, place, box, name)
        if self._drawn:
            paint_box(painter, place, _box(self._drawn), self._drawing)

    # Inside

    def _begin_fade(self) -> None:
        if not self._pixmap.isNull() and self.isVisible():
            shown = self._pixmap if self._zoom is not None or self._scaled.isNull() else self._scaled
            self._before = shown, self._place()
            self._since.start()
            self._fading.start()

    def _fade_on(self) -> None:
        if self._since.elapsed() >= theme.FADE_MS:
            self._fading.stop()
            self._before = None
        self.update()

    @property
    def _fit(self) -> float:
        room = self.width() - 2 * _MARGIN, self.height() - 2 * _MARGIN
        return max(0.01, min(room[0] / self._size.width(), room[1] / self._size.height()))

    @property
    def _centre(self) -> QPointF:
        return QPointF(self.width() / 2, self.height() / 2)

    def _place(self) -> QRectF:
        """Where the picture lies in the widget."""
        size = self._size * self.scale
        left, top = self._middle.x() * size.width(), self._middle.y() * size.height()
        return QRectF(QPointF(self.width() / 2 - left, self.height() / 2 - top), size)

    def _share_at(self, point: QPointF) -> QPointF:
        place = self._place()
        return QPointF((point.x() - place.x()) / place.width(), (point.y() - place.y()) / place.height())

    def _hold_in_sight(self) -> None:
        """A side that fits stands in the middle; a longer one leaves no gap at its ends."""
        for axis, room, side in (("x", self.width(), self._size.width()), ("y", self.height(), self._size.height())):
            half = room / (2 * side * self.scale)
            value = getattr(self._middle, axis)()
            getattr(self._middle, f"set{axis.upper()}")(0.5 if half >= 0.5 else max(half, min(1 - half, value)))

    def _finish_box(self, drawn: QRectF) -> None:
        try:
            box = checked_box(_box(drawn))
        except UserError:
            return
        self.draw_box("")
        self.box_drawn.emit(box)

    def _paint_picture(self, painter: QPainter, place: QRectF) -> None:
        if self._pixmap.isNull():
            painter.fillRect(place, QColor(128, 128, 128, 60))
            return
        if self._zoom is None:
            painter.drawPixmap(place.topLeft(), self._fitted(place))
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.scale < 2)
        painter.drawPixmap(place, self._pixmap, QRectF(self._pixmap.rect()))

    def _fitted(self, place: QRectF) -> QPixmap:
        """Scaled once with every pixel in it; the painter's own scaling would skip some."""
        if self._scaled.isNull():
            ratio = self.devicePixelRatioF()
            self._scaled = self._pixmap.scaled((place.size() * ratio).toSize(), Qt.AspectRatioMode.IgnoreAspectRatio,
                                               Qt.TransformationMode.SmoothTransformation)
            self._scaled.setDevicePixelRatio(ratio)
        return self._scaled


def _box(drawn: QRectF) -> Box:
    return Box(drawn.left(), drawn.top(), drawn.right(), drawn.bottom())
