"""A person at the window: finds things by what they show, points at them with the mouse, and types into fields.

What is pressed has to be in sight and on top; the wheel brings it there. Waiting takes as long as the person has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QEventLoop, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QLabel,
    QLineEdit,
    QScrollArea,
    QWidget,
)

_LOOK_MS = 20
_NOTCH = 120     # Qt's unit for one notch of a wheel
_MOST_NOTCHES = 200


class Hand:
    """Everything waits up to `patience_s`, then fails with what was in sight instead."""

    def __init__(self, window: QWidget, patience_s: float = 120.0) -> None:
        self.window, self._patience_s = window, patience_s
        self.clicks = self.keys = 0

    def press(self, name: str) -> None:
        """The button that is called so, or begins with it."""
        button = self.find(QAbstractButton, name)
        self.wait(lambda: button.isEnabled(), f"“{name}” can be pressed")
        self.click(button)

    def enter(self, name: str, text: str) -> None:
        """Replaces what stands in the field of that name."""
        field = self.find(QLineEdit, name)
        self.click(field)
        QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(field, text)
        assert field.text() == text

    def find(self, kind: type[QWidget], name: str = "") -> QWidget:
        """A widget that is shown, once there is one."""
        self.wait(lambda: any(self._all(kind, name)), f"“{name or kind.__name__}” is there")
        return next(self._all(kind, name))

    def read(self, begins: str) -> str:
        """A label that begins so, once there is one."""
        return self.find(QLabel, begins).text()

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Brings a point of a widget into sight, its middle by default, and presses what is there on the screen."""
        at = at or widget.rect().center()
        self._scroll_to(widget, at)
        top = widget.window()  # a dialog is a window of its own
        place = widget.mapTo(top, at)
        hit = top.childAt(place)
        assert hit is widget or widget.isAncestorOf(hit), f"{hit} lies over {_name(widget)}"
        self.clicks += 1
        QTest.mouseMove(top.windowHandle(), place)
        QTest.mouseClick(top.windowHandle(), Qt.MouseButton.LeftButton, pos=place)

    def drop(self, path: Path) -> None:
        """Drags a file or a folder from elsewhere onto the window, and lets it go."""
        data, at = QMimeData(), self.window.rect().center()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        how = Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        self.clicks += 1
        QApplication.sendEvent(self.window, QDragEnterEvent(at, *how))
        QApplication.sendEvent(self.window, QDropEvent(QPointF(at), *how))

    def key(self, widget: QWidget, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Strikes a key with the focus on a widget, in the window that is in front."""
        self.keys += 1
        if not widget.window().isActiveWindow():
            widget.window().activateWindow()
            self.wait(widget.window().isActiveWindow, "the window is in front")
        widget.setFocus()
        QTest.keyClick(widget, key, held)

    def wait(self, is_so: Callable[[], bool], what: str) -> None:
        """Lets the window live until something is so."""
        loop, look, late = QEventLoop(), QTimer(interval=_LOOK_MS), QTimer(singleShot=True)
        look.timeout.connect(lambda: is_so() and loop.quit())
        late.timeout.connect(loop.quit)
        look.start()
        late.start(round(1000 * self._patience_s))
        if not is_so():
            loop.exec()
        look.stop()
        late.stop()
        assert is_so(), f"it did not come to be so that {what}; in sight: {', '.join(self.names)}"

    @property
    def names(self) -> tuple[str, ...]:
        """What can be read or pressed at present."""
        return tuple(dict.fromkeys(name for kind in (QAbstractButton, QLineEdit, QLabel)
                                   for each in self._all(kind) if (name := _name(each))))

    def _all(self, kind: type[QWidget], name: str = "") -> Iterator[QWidget]:
        """Those called exactly so come before those that only begin so."""
        shown = [each for each in self.window.findChildren(kind) if each.isVisible()]
        yield from (each for each in shown if _name(each) == name)
        yield from (each for each in shown if _name(each) != name and _name(each).startswith(name))

    def _scroll_to(self, widget: QWidget, at: QPoint) -> None:
        for area in reversed(list(_scrolled(widget))):
            view = area.viewport()
            for _ in range(_MOST_NOTCHES):
                place = widget.mapTo(view, at)
                margin = min(widget.height() // 2, view.height() // 4)
                if margin <= place.y() <= view.height() - margin:
                    break
                _turn(view, 1 if place.y() < margin else -1)
            QApplication.processEvents()


def _turn(view: QWidget, notches: int) -> None:
    middle = QPointF(2, view.height() / 2)  # at the edge, where no field takes the wheel for itself
    event = QWheelEvent(middle, view.mapToGlobal(middle), QPoint(), QPoint(0, notches * _NOTCH),
                        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(view, event)
    QApplication.processEvents()


def _scrolled(widget: QWidget) -> Iterator[QAbstractScrollArea]:
    """The areas in which a widget can be scrolled, the innermost first."""
    above = widget.parentWidget()
    while above is not None:
        if isinstance(above, QScrollArea) and widget is not above.viewport():
            yield above
        above = above.parentWidget()


def _name(widget: QWidget) -> str:
    """What it shows, or what a screen reader calls it."""
    shown = widget.text() if isinstance(widget, QAbstractButton | QLabel) else ""
    return shown or widget.accessibleName()
