"""One set of icons at one weight, tinted by the theme whenever they are painted."""

from __future__ import annotations

from functools import cache, lru_cache


from PySide6.QtCore import QByteArray, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap

import resources
from ui import theme


def icon(name: str) -> QIcon:
    """The icon `resources/icons/<name>.svg` in the colour of text; an empty one for no name."""
    return QIcon(_Engine(name)) if name else QIcon()


def pixmap(name: str, size: int, colour: str, scale: float = 1.0) -> QPixmap:
    """The icon as pixels: `size` x `size` of the device's independent ones, `scale` real ones for each."""
    return _drawn(name, round(size * scale), colour, scale)


def names() -> tuple[str, ...]:
    """Every icon there is."""
    return tuple(sorted(path.stem for path in resources.folder("icons").glob("*.svg")))


class _Engine(QIconEngine):
    """Draws an icon anew for each size and theme, so nothing has to be exchanged when the theme changes."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        scale = painter.device().devicePixelRatioF()
        side = min(rect.width(), rect.height())
        corner = QPoint(rect.x() + (rect.width() - side) // 2, rect.y() + (rect.height() - side) // 2)
        painter.drawPixmap(corner, _drawn(self._name, round(side * scale), _colour(mode, state), scale))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        """`size` is in real pixels; where it is wider than high the icon stands in its middle."""
        if size.isEmpty():
            return QPixmap()
        icon = _drawn(self._name, min(size.width(), size.height()), _colour(mode, state), scale)
        return icon if size.width() == size.height() else _in_the_middle(icon, size)

    def clone(self) -> QIconEngine:
        return _Engine(self._name)


def _in_the_middle(icon: QPixmap, size: QSize) -> QPixmap:
    canvas = QPixmap(size)
    canvas.setDevicePixelRatio(icon.devicePixelRatio())
    canvas.fill(Qt.GlobalColor.transparent)
    room = canvas.deviceIndependentSize() - icon.deviceIndependentSize()
    painter = QPainter(canvas)
    painter.drawPixmap(QPointF(room.width() / 2, room.height() / 2), icon)
    painter.end()
    return canvas


def _colour(mode: QIcon.Mode, state: QIcon.State) -> str:
    now = theme.current()
    if mode == QIcon.Mode.Disabled:
        return now.faint
    return now.accent if state == QIcon.State.On else now.text


@lru_cache(maxsize=512)
def _drawn(name: str, side: int, colour: str, scale: float) -> QPixmap:
    from PySide6.QtSvg import QSvgRenderer

    image = QPixmap(side, side)
    if image.isNull():
        return image  # a layout that is too narrow leaves no room for it
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(_source(name).replace("currentColor", colour).encode())).render(
        painter, QRectF(0, 0, side, side))
    painter.end()
    image.setDevicePixelRatio(scale)
    return image


@cache
def _source(name: str) -> str:
    return resources.folder("icons", f"{name}.svg").read_text("utf-8")
