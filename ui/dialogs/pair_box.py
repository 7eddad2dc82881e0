"""One picture with the box around its figure, drawn by mouse or moved by keys."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPaintEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.core.errors import UserError
from studio.core.record import Box, checked_box
from ui import theme
from ui.i18n import tr
from ui.session import Session

WHOLE = Box(0.0, 0.0, 1.0, 1.0)

_NEAR = 8         # px from an edge within which it is taken hold of
_STEP = 0.01      # of the picture's side, for a key
_SIDES = ("left", "top", "right", "bottom")
_WAYS = {Qt.Key.Key_Left: (-_STEP, 0.0), Qt.Key.Key_Right: (_STEP, 0.0), Qt.Key.Key_Up: (0.0, -_STEP),
         Qt.Key.Key_Down: (0.0, _STEP)}


class BoxEditor(QWidget):
    """Drag to draw a box, drag an edge to move it; arrows move the box, with Shift its lower right corner."""

    changed = Signal()

    def __init__(self, session: Session, name: str) -> None:
        super().__init__()
        self._session = session
        self._image = QImage()
        self._box = WHOLE
        self._held: tuple[str, ...] = ()
        self._start: QPointF | None = None
        self.setMinimumSize(QSize(140, 140))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(name)
        self.setToolTip(tr("Drag to draw the box around her; arrows move it, Shift and arrows change its size."))

    @property
    def box(self) -> Box:
        """In shares of the picture's sides."""
        return self._box

    def show_picture(self, image: QImage, box: Box) -> None:
        """Shows another picture with its box; nobody is told."""
        self._image, self._box = image, box
        self.update()

    def choose(self, box: Box) -> None:
        """Draws another box, as a hand does; one that is empty or lies outside is not taken."""
        try:
            self._box = checked_box(box)
        except UserError:
            return
        self.update()
        self.changed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._session.look.surround)
        if self._image.isNull():
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        room, box = self._room(), self._drawn()
        painter.drawImage(room, self._image)
        veil = QColor(theme.current().window)
        veil.setAlphaF(0.6)
        for rest in (QRectF(room.left(), room.top(), room.width(), box.top() - room.top()),
                     QRectF(room.left(), box.bottom(), room.width(), room.bottom() - box.bottom()),
                     QRectF(room.left(), box.top(), box.left() - room.left(), box.height()),
                     QRectF(box.right(), box.top(), room.right() - box.right(), box.height())):
            painter.fillRect(rest, veil)
        line = Qt.PenStyle.DashLine if self._box.origin == "guess" else Qt.PenStyle.SolidLine
        painter.setPen(QPen(QColor(theme.current().accent), 3 if self.hasFocus() else 2, line))
        painter.drawRect(box.adjusted(1, 1, -1, -1))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._start, self._held = event.position(), self._edges_at(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._start is None:
            self.setCursor(_cursor(self._edges_at(event.position())))
        elif self._held:
            self._drag_edges(event.position())
        elif (event.position() - self._start).manhattanLength() > _NEAR:
            left, top = self._share(self._start)
            right, bottom = self._share(event.position())
            self.choose(Box(left, top, right, bottom))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._start, self._held = None, ()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in _WAYS:
            super().keyPressEvent(event)
            return
        x, y = _WAYS[Qt.Key(event.key())]
        box = self._box
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.choose(Box(box.left, box.top, _within(box.right + x), _within(box.bottom + y)))
            return
        x = max(-box.left, min(x, 1 - box.right))
        y = max(-box.top, min(y, 1 - box.bottom))
        self.choose(Box(box.left + x, box.top + y, box.right + x, box.bottom + y))

    def _room(self) -> QRectF:
        """Where the picture is drawn."""
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
        return QRectF(left, top, size.width(), size.height())

    def _drawn(self) -> QRectF:
        """Where the box is drawn."""
        room, box = self._room(), self._box
        return QRectF(QPointF(room.left() + box.left * room.width(), room.top() + box.top * room.height()),
                      QPointF(room.left() + box.right * room.width(), room.top() + box.bottom * room.height()))

    def _share(self, at: QPointF) -> tuple[float, float]:
        room = self._room()
        return _within((at.x() - room.left()) / room.width()), _within((at.y() - room.top()) / room.height())

    def _edges_at(self, at: QPointF) -> tuple[str, ...]:
        if self._image.isNull():
            return ()
        box = self._drawn()
        if not box.adjusted(-_NEAR, -_NEAR, _NEAR, _NEAR).contains(at):
            return ()
        places = (at.x() - box.left(), at.y() - box.top(), at.x() - box.right(), at.y() - box.bottom())
        return tuple(side for side, away in zip(_SIDES, places) if abs(away) <= _NEAR)

    def _drag_edges(self, at: QPointF) -> None:
        x, y = self._share(at)
        moved = {"left": x, "right": x, "top": y, "bottom": y}
        edges = {side: moved[side] if side in self._held else getattr(self._box, side) for side in _SIDES}
        if edges["left"] < edges["right"] and edges["top"] < edges["bottom"]:
            self.choose(Box(**edges))


def _within(share: float) -> float:
    return max(0.0, min(1.0, share))


def _cursor(edges: tuple[str, ...]) -> Qt.CursorShape:
    upright, level = {"left", "right"} & set(edges), {"top", "bottom"} & set(edges)
    if upright and level:
        falls = set(edges) in ({"left", "top"}, {"right", "bottom"})
        return Qt.CursorShape.SizeFDiagCursor if falls else Qt.CursorShape.SizeBDiagCursor
    if upright:
        return Qt.CursorShape.SizeHorCursor
    return Qt.CursorShape.SizeVerCursor if level else Qt.CursorShape.CrossCursor
