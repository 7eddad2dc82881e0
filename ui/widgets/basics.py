"""The small parts: labels in the sizes of the theme, buttons for actions, lines and rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from ui import theme
from ui.icons import icon as icon_of

if TYPE_CHECKING:
    from PySide6.QtGui import QAction, QPaintEvent, QResizeEvent


def headline(text: str) -> QLabel:
    """The name of a page, 20 px."""
    return _label(text, "headline")


def title(text: str) -> QLabel:
    """The name of a group, 16 px."""
    return _label(text, "title")


def caption(text: str, wrap: bool = False) -> QLabel:
    """What explains, 11 px and muted."""
    return _label(text, "caption", wrap)


def muted(text: str, wrap: bool = False) -> QLabel:
    return _label(text, "muted", wrap)


def sentence(text: str) -> QLabel:
    """Body text that breaks into lines."""
    return _label(text, "", wrap=True)


def push(text: str, run: Callable[[], object], *, icon: str = "", main: bool = False, quiet: bool = False,
         tip: str = "") -> QPushButton:
    """A button of a page; the one that is meant to be pressed is the `main` one."""
    made = QPushButton(icon_of(icon), text)
    made.setProperty("kind", "main" if main else "quiet" if quiet else "")
    made.setToolTip(tip)
    made.setAutoDefault(False)
    made.clicked.connect(lambda: run())
    return made


def keep_focus(pane: QWidget) -> None:
    """Takes the focus from a part of the pane that is about to go, or Qt would hand it to whatever comes next."""
    if (focused := pane.window().focusWidget()) and pane.isAncestorOf(focused):
        pane.setFocus()


def action_button(action: QAction, *, text: bool = False, big: bool = False) -> QToolButton:
    """A flat button for an action of the registry: its icon, with its text beside it where asked."""
    made = QToolButton()
    made.setDefaultAction(action)
    side = theme.BIG_ICON if big else theme.ICON
    made.setIconSize(QSize(side, side))
    style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon if text else Qt.ToolButtonStyle.ToolButtonIconOnly
    made.setToolButtonStyle(style)
    made.setAccessibleName(action.text())
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return made


def icon_only(icon: str, name: str, run: Callable[[], object], tip: str = "") -> QToolButton:
    """A flat button with an icon that is understood; `name` is its tooltip and what a screen reader says."""
    made = QToolButton()
    made.setIcon(icon_of(icon))
    made.setIconSize(QSize(theme.ICON, theme.ICON))
    made.setToolTip(tip or name)
    made.setAccessibleName(name)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    made.clicked.connect(lambda: run())
    return made


def line(vertical: bool = False) -> QFrame:
    """A hairline between two parts."""
    made = QFrame()
    made.setProperty("role", "line")
    (made.setFixedWidth if vertical else made.setFixedHeight)(1)
    return made


def row(*parts: QWidget | int | None, gap: int = theme.SMALL) -> QHBoxLayout:
    """Parts side by side; a number is a distance, None takes the room that is left."""
    return _filled(QHBoxLayout(), parts, gap)


def column(*parts: QWidget | QBoxLayout | int | None, gap: int = theme.SMALL) -> QVBoxLayout:
    """Parts one below the other; see `row`."""
    return _filled(QVBoxLayout(), parts, gap)


def within(layout: QBoxLayout, margin: int = 0) -> QWidget:
    """A widget that holds this layout."""
    made = QWidget()
    layout.setContentsMargins(margin, margin, margin, margin)
    made.setLayout(layout)
    return made


class Elided(QLabel):
    """A text on one line that gives way in the middle (paths) or at the end (names); whole in the tooltip."""

    def __init__(self, text: str = "", at: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> None:
        super().__init__(text)
        self._at = at
        self.setMinimumWidth(40)

    def setText(self, text: str) -> None:
        super().setText(text)
        self._explain()

    def minimumSizeHint(self) -> QSize:
        return QSize(40, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._explain()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.contentsRect(), int(self.alignment()), self._shown())

    def _shown(self) -> str:
        return self.fontMetrics().elidedText(self.text(), self._at, self.contentsRect().width())

    def _explain(self) -> None:
        self.setToolTip(self.text() if self._shown() != self.text() else "")


def restyle(widget: QWidget, **properties: str) -> None:
    """Gives a widget other style properties after it was shown."""
    for name, value in properties.items():
        widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def _label(text: str, role: str, wrap: bool = False) -> QLabel:
    made = QLabel(text)
    made.setProperty("role", role)
    made.setWordWrap(wrap)
    return made


def _filled(layout: QBoxLayout, parts: tuple[QWidget | QBoxLayout | int | None, ...], gap: int) -> QBoxLayout:
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(gap)
    for part in parts:
        if part is None:
            layout.addStretch(1)
        elif isinstance(part, int):
            layout.addSpacing(part)
        elif isinstance(part, QWidget):
            layout.addWidget(part)
        else:
            layout.addLayout(part)
    return layout
