"""A pane beside the pictures: it scrolls up and down, and is never narrower than what stands in it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


class SidePane(QScrollArea):
    """Holds one widget; `least` is its smallest width in pixels."""

    def __init__(self, least: int) -> None:
        super().__init__(widgetResizable=True)
        self._least = least
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFrameShape(QFrame.Shape.NoFrame)

    def hold(self, inside: QWidget) -> None:
        """Shows this widget."""
        self.setWidget(inside)
        inside.installEventFilter(self)

    def minimumSizeHint(self) -> QSize:
        inside = self.widget().minimumSizeHint().width() if self.widget() else 0
        return QSize(max(self._least, inside + self.verticalScrollBar().sizeHint().width()), 120)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.widget() and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)
