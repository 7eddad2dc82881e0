"""The overlay of shortcuts that `?` shows."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from ui import theme
from ui.actions import Actions, keys_of
from ui.i18n import tr
from ui.widgets.basics import column, muted, row, title, within

_COLUMNS = 3


class ShortcutOverlay(QFrame):
    """Lies over its window until the next key or click."""

    def __init__(self, actions: Actions, window: QWidget) -> None:
        super().__init__(window, Qt.WindowType.Popup)
        self.setProperty("role", "sheet")
        self.setAccessibleName(tr("Shortcuts"))
        self._build(actions)
        self._cover(window)

    def _build(self, actions: Actions) -> None:
        groups = {name: [each for each in members if each.shortcuts()] for name, members in actions.groups.items()}
        columns = [column(*(_block(*group) for group in each), None, gap=theme.LARGE) for each in balanced(groups)]
        area = QScrollArea(widgetResizable=True)
        area.setWidget(within(row(*columns, gap=2 * theme.LARGE), theme.LARGE))
        layout = QVBoxLayout(self)
        layout.addLayout(row(title(tr("Shortcuts")), None, muted(tr("Escape closes this."))))
        layout.addWidget(area)
        layout.setContentsMargins(theme.LARGE, theme.MEDIUM, theme.LARGE, theme.MEDIUM)

    def _cover(self, window: QWidget) -> None:
        corner = window.mapToGlobal(window.rect().topLeft())
        width, height = min(1080, window.width() - 80), min(720, window.height() - 80)
        self.setGeometry(corner.x() + (window.width() - width) // 2, corner.y() + (window.height() - height) // 2,
                         width, height)


def balanced(groups: Mapping[str, list[QAction]]) -> list[list[tuple[str, list[QAction]]]]:
    """The groups that are not empty in columns of about one height, each group where there is most room so far."""
    columns: list[list[tuple[str, list[QAction]]]] = [[] for _ in range(_COLUMNS)]
    for name, members in groups.items():
        if members:
            min(columns, key=_height).append((name, members))
    return columns


def _height(groups: list[tuple[str, list[QAction]]]) -> int:
    return sum(len(members) + 2 for _, members in groups)


def _block(name: str, actions: list[QAction]) -> QWidget:
    grid = QGridLayout()
    grid.setSpacing(theme.SMALL)
    grid.addWidget(title(name), 0, 0, 1, 2)
    for index, action in enumerate(actions, 1):
        grid.addWidget(_key(keys_of(action)), index, 0, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(QLabel(action.text()), index, 1)
    grid.setColumnStretch(1, 1)
    made = QWidget()
    grid.setContentsMargins(0, 0, 0, 0)
    made.setLayout(grid)
    return made


def _key(text: str) -> QLabel:
    made = QLabel(text)
    made.setProperty("role", "key")
    return made
