"""A few choices behind one icon: what is chosen stands in the tooltip and is ticked in the menu."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton

from ui import theme
from ui.icons import icon


class ChoiceButton(QToolButton):
    """Choices as {value: text}; `chosen` is told when a person chooses."""

    chosen = Signal(str)

    def __init__(self, symbol: str, name: str, texts: Mapping[str, str], value: str) -> None:
        super().__init__()
        self._name, self._texts = name, texts
        self.value = value if value in texts else next(iter(texts))
        self.setIcon(icon(symbol))
        self.setIconSize(QSize(theme.ICON, theme.ICON))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._fill()
        self._tell()

    def choose(self, value: str) -> None:
        """Chooses as a person does."""
        self.value = value
        self._actions[value].setChecked(True)
        self._tell()
        self.chosen.emit(value)

    def _fill(self) -> None:
        menu, group = QMenu(self), QActionGroup(self)
        self._actions: dict[str, QAction] = {}
        for value, text in self._texts.items():
            action = self._actions[value] = group.addAction(menu.addAction(text))
            action.setCheckable(True)
            action.setChecked(value == self.value)
            action.triggered.connect(lambda _=False, value=value: self.choose(value))
        self.setMenu(menu)

    def _tell(self) -> None:
        told = f"{self._name}: {self._texts[self.value]}"
        self.setToolTip(told)
        self.setAccessibleName(told)
