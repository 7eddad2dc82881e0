"""What a pair will look like, made beside the window by the very function that makes it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPaintEvent, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.core.errors import UserError
from ui.aside import Aside
from ui.session import Session

_DELAY_MS = 120   # a hand that draws a box rests so long


class PairPreview(QWidget):
    """Shows the last picture that was asked for; `failed` with a UserError where it cannot be made."""

    failed = Signal(object)

    def __init__(self, session: Session, name: str) -> None:
        super().__init__()
        self._session, self._image = session, QImage()
        self._aside = Aside(self)
        self._make: Callable[[], QImage] | None = None
        self._rest = QTimer(self, singleShot=True, interval=_DELAY_MS)
        self._rest.timeout.connect(self._start)
        self.setMinimumSize(QSize(200, 120))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(name)

    @property
    def image(self) -> QImage:
        """What is shown; a null one before the first."""
        return self._image

    @property
    def is_busy(self) -> bool:
        """Whether another picture is on its way."""
        return self._rest.isActive() or self._aside.is_busy

    def ask(self, make: Callable[[], QImage] | None) -> None:
        """Soon shows what `make` returns; it is called in a thread. None empties it."""
        self._make = make
        if make is None:
            self._aside.drop()
            self._rest.stop()
            self._show(QImage())
        else:
            self._rest.start()

    def stop(self) -> None:
        """Waits for what is being made, and forgets it."""
        self._rest.stop()
        self._aside.close()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._session.look.surround)
        if self._image.isNull():
            return
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.translate((self.width() - size.width()) / 2, (self.height() - size.height()) / 2)
        painter.scale(size.width() / self._image.width(), size.height() / self._image.height())
        painter.drawImage(0, 0, self._image)

    def _start(self) -> None:
        if self._make:
            self._aside.ask(self._make, self._show, self._complain)

    def _show(self, image: QImage) -> None:
        self._image = image
        self.update()

    def _complain(self, error: UserError) -> None:
        self._show(QImage())
        self.failed.emit(error)
