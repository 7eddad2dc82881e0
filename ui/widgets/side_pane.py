"""A pane beside the pictures: it scrolls up and down, and is never narrower than what stands in it, or once stood."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, QTimer
from PySide6.QtWidgets import QComboBox, QFrame, QScrollArea, QWidget

_SETTLED_MS = 60  # by then cards that break into lines know how tall they are


class SidePane(QScrollArea):
    """Holds one widget; `least` is its smallest width in pixels."""

    def __init__(self, least: int) -> None:
        super().__init__(widgetResizable=True)
        self._widest = least
        self._held: tuple[QWidget, int] | None = None  # a part, and where its top is to stay
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.verticalScrollBar().rangeChanged.connect(self._keep)

    def hold(self, inside: QWidget) -> None:
        """Shows this widget."""
        self.setWidget(inside)
        inside.installEventFilter(self)
        for choice in inside.findChildren(QComboBox):
            choice.installEventFilter(self)

    def hold_still(self, part: QWidget) -> None:
        """Where somebody has scrolled to a part, it stays there though what stands above it is about to change."""
        top = self._top_of(part)
        if self.verticalScrollBar().value() > 0 and top < self.viewport().height():
            self._held = part, top
            QTimer.singleShot(_SETTLED_MS, self, self._let_go)

    def _keep(self) -> None:
        if self._held:
            part, top = self._held
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + self._top_of(part) - top)

    def _let_go(self) -> None:
        self._keep()
        self._held = None

    def _top_of(self, part: QWidget) -> int:
        return part.mapTo(self.viewport(), QPoint()).y()

    def minimumSizeHint(self) -> QSize:
        """It grows with what it holds and does not shrink again: what comes and goes in it must not move the page."""
        inside = self.widget().minimumSizeHint().width() if self.widget() else 0
        self._widest = max(self._widest, inside + self.verticalScrollBar().sizeHint().width())
        return QSize(self._widest, 120)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follows what it holds. The wheel scrolls the pane; it chooses nothing in passing."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QComboBox) and not watched.hasFocus():
            event.ignore()
            return True
        if watched is self.widget() and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)
