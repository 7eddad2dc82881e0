"""A look at one picture over everything else: a key brings it, the same key takes it away."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.core.record import Record
from ui.i18n import tr
from ui.images.loader import Loader
from ui.session import Session
from ui.widgets.record_viewer import RecordViewer

_CLOSING = (Qt.Key.Key_Space, Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Peek(QWidget):
    """Covers its parent as long as it is shown."""

    stepped = Signal(int)

    def __init__(self, session: Session, parent: QWidget, loader: Loader) -> None:
        super().__init__(parent)
        self._before: QWidget | None = None
        self._viewer = RecordViewer(session, loader, tr("Large picture"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._viewer)
        self._viewer.stepped.connect(self.stepped)
        self._viewer.opened.connect(self.leave)
        self._viewer.installEventFilter(self)
        parent.installEventFilter(self)
        self.hide()

    def show_record(self, record: Record) -> None:
        self._viewer.show_record(record)

    def enter(self, record: Record, before: QWidget) -> None:
        """Comes up; `before` gets the keyboard back afterwards."""
        self._viewer.show_record(record, anew=True)
        self._before = before
        self.setGeometry(self.parentWidget().rect())
        self.show()
        self.raise_()
        self._viewer.setFocus()

    def leave(self) -> None:
        self.hide()
        if self._before:
            self._before.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.parentWidget() and event.type() == QEvent.Type.Resize:
            self.setGeometry(self.parentWidget().rect())
        if watched is self._viewer and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _CLOSING:
                self.leave()
                return True
            if event.key() == Qt.Key.Key_Z:
                self._viewer.toggle_full_size()
                return True
        return super().eventFilter(watched, event)
