"""The picture that is worked on, as large as there is room; a moment's fade tells that it is another one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer, QElapsedTimer
from PySide6.QtGui import QPaintEvent, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.core.record import Record
from ui import theme
from ui.i18n import tr
from ui.images.loader import SIDES, WHOLE, Loader
from ui.theme import Look


class CurrentPicture(QWidget):
    """Shows one record's picture from the loader: whatever size there is now, the whole one as soon as it has come."""

    def __init__(self, loader: Loader, look: Look, folder: Path) -> None:
        super().__init__()
        self._loader, self._look, self._folder = loader, look, folder
        self._record: Record | None = None
        self._before: QPixmap | None = None
        self._scaled: tuple[int, QSize, QPixmap] | None = None
        self._since = QElapsedTimer()
        self._fade = QTimer(self, interval=16)
        self._fade.timeout.connect(self._fade_on)
        self.setMinimumHeight(160)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        loader.loaded.connect(self._came)
        look.surround_changed.connect(self.update)

    def show_record(self, record: Record | None) -> None:
        if self._record and record and self._record.id != record.id:
            self._before = self._fitted(self._pixmap())
            self._since.start()
            self._fade.start()
        self._record = record
        if record:
            self._loader.ask_whole(record.id, self._folder / record.image.path)
        self.setAccessibleName(record.image.path.name if record else tr("No picture"))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(480, 360)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.surround)
        faded = min(1.0, self._since.elapsed() / theme.FADE_MS) if self._fade.isActive() else 1.0
        if self._before and faded < 1:
            painter.setOpacity(1 - faded)
            self._paint(painter, self._before)
        painter.setOpacity(faded)
        self._paint(painter, self._fitted(self._pixmap()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._scaled = None

    def _pixmap(self) -> QPixmap | None:
        if self._record is None:
            return None
        sizes = (WHOLE, *reversed(SIDES))
        return next((found for side in sizes if (found := self._loader.pixmap(self._record.id, side))), None)

    def _fitted(self, picture: QPixmap | None) -> QPixmap | None:
        """The picture within the room, never larger than four times its size; scaled once."""
        if picture is None or picture.isNull():
            return None
        scale = self.devicePixelRatioF()
        room = (self.size() - QSize(2 * theme.SMALL, 2 * theme.SMALL)) * scale
        if self._scaled and self._scaled[:2] == (picture.cacheKey(), room):
            return self._scaled[2]
        size = picture.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        fitted = picture.scaled(size.boundedTo(picture.size() * 4), Qt.AspectRatioMode.KeepAspectRatio,
                                Qt.TransformationMode.SmoothTransformation)
        fitted.setDevicePixelRatio(scale)
        self._scaled = (picture.cacheKey(), room, fitted)
        return fitted

    def _paint(self, painter: QPainter, picture: QPixmap | None) -> None:
        if picture:
            size = picture.deviceIndependentSize().toSize()
            corner = QPoint((self.width() - size.width()) // 2, (self.height() - size.height()) // 2)
            painter.drawPixmap(QRect(corner, size), picture)

    def _came(self, ids: tuple[str, ...]) -> None:
        if self._record and self._record.id in ids:
            self.update()

    def _fade_on(self) -> None:
        if self._since.elapsed() >= theme.FADE_MS:
            self._fade.stop()
            self._before = None
        self.update()
