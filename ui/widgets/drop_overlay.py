"""What the window says while something is dragged over it: what a drop would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QRect, Qt
from PySide6.QtGui import QColor, QPaintEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from ui import icons, theme
from ui.i18n import tr, trn

if TYPE_CHECKING:
    from studio.core.project import Project


class DropOverlay(QWidget):
    """Covers its window as long as the drag lasts."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._text = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    @property
    def text(self) -> str:
        return self._text

    def say(self, dragged: QMimeData, project: Project | None) -> None:
        self._text = drop_text(dragged, project)
        self.setGeometry(self.parentWidget().rect())
        self.raise_()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        now, painter = theme.current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(now.window)
        veil.setAlphaF(0.88)
        painter.fillRect(self.rect(), veil)
        painter.setPen(QPen(QColor(now.accent), 2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(self.rect().adjusted(16, 16, -16, -16), 12, 12)
        self._write(painter)

    def _write(self, painter: QPainter) -> None:
        middle = self.rect().center()
        icon = icons.pixmap("import", 48, theme.current().accent, self.devicePixelRatioF())
        painter.drawPixmap(middle.x() - 24, middle.y() - 64, icon)
        font = self.font()
        font.setPixelSize(theme.HEADLINE)
        painter.setFont(font)
        painter.setPen(QColor(theme.current().text))
        where = QRect(self.rect().left(), middle.y(), self.width(), 80)
        painter.drawText(where, Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap, self._text)


def drop_text(dragged: QMimeData, project: Project | None) -> str:
    """What dropping this would do."""
    from ui.loras_dropped import loras_in

    if loras := loras_in(dragged):
        return tr("Drop to compare the LoRA epochs in “{name}”", name=loras.stem)
    count = len(dragged.urls()) if dragged.hasUrls() else 1
    if project is None:
        return tr("Drop to make a project of these pictures")
    return trn("Drop to look at it before anything is added to “{name}”",
               "Drop {n} files or folders to look at them before anything is added to “{name}”", count,
               name=project.name)
