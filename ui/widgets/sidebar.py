"""The sidebar: one row for each page, the chosen one marked."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget

from ui import theme
from ui.i18n import tr

WIDTH = 148


class Sidebar(QWidget):
    """Rows for checkable actions. It neither knows nor keeps which one is chosen: the actions do."""

    def __init__(self, actions: Iterable[QAction]) -> None:
        super().__init__()
        self.setProperty("surface", "chrome")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(tr("Pages"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, theme.SMALL, 0, theme.SMALL)
        layout.setSpacing(0)
        for action in actions:
            layout.addWidget(_row(action))
        layout.addStretch(1)


def _row(action: QAction) -> QToolButton:
    made = QToolButton()
    made.setProperty("role", "page")
    made.setDefaultAction(action)
    made.setIconSize(QSize(theme.BIG_ICON, theme.ICON))  # in whose middle it stands, apart from the name
    made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    made.setAccessibleName(action.text())
    return made
