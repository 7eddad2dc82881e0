"""A few exclusive choices side by side, all of them in sight."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from ui import theme
from ui.icons import icon


class Segmented(QWidget):
    """Choices as (value, text, icon); without a text the icon stands alone, and `names` are its tooltips."""

    chosen = Signal(str)  # by a person

    def __init__(self, choices: Sequence[tuple[str, str, str]], value: str = "", name: str = "",
                 names: Sequence[str] = ()) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._buttons = {each[0]: _button(*each[1:]) for each in choices}
        for button, tip in zip(self._buttons.values(), names):
            button.setToolTip(tip)
            button.setAccessibleName(tip)
        self._group = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        next(iter(self._buttons.values())).setProperty("place", "first")
        for button in self._buttons.values():
            self._group.addButton(button)
            layout.addWidget(button)
        self._group.buttonClicked.connect(lambda: self.chosen.emit(self.value))
        self.choose(value or next(iter(self._buttons)))

    @property
    def value(self) -> str:
        return next(value for value, button in self._buttons.items() if button.isChecked())

    def allow(self, value: str, why_not: str = "") -> None:
        """Lets a choice be pressed, or says why it cannot be."""
        self._buttons[value].setEnabled(not why_not)
        self._buttons[value].setToolTip(why_not)

    def choose(self, value: str) -> None:
        """Shows a choice without telling anybody."""
        self._buttons[value].setChecked(True)


def _button(text: str, icon_name: str) -> QToolButton:
    made = QToolButton(checkable=True)
    made.setText(text)
    made.setIcon(icon(icon_name))
    made.setIconSize(QSize(theme.ICON, theme.ICON))
    styles = Qt.ToolButtonStyle
    made.setToolButtonStyle(styles.ToolButtonTextBesideIcon if text and icon_name else
                            styles.ToolButtonIconOnly if icon_name else styles.ToolButtonTextOnly)
    made.setProperty("kind", "segment")
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return made
