"""What the digit keys mean on a scale, on buttons and in words."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QToolButton

from studio.core.rubric import OBTAINED, PASSED, POINTS, Scale
from ui.actions import Actions
from ui.i18n import tr
from ui.icons import icon


class ScaleKeys:
    """The actions `<family>.mark<digit>` and their buttons, which are called as the scale in force calls its values."""

    def __init__(self, actions: Actions, family: str, buttons: Mapping[int, QToolButton]) -> None:
        self._actions, self._family, self._buttons = actions, family, buttons
        self._worn: Scale | None = None

    def dress(self, scale: Scale) -> None:
        """Keys that mean nothing on this scale have no button."""
        if scale is self._worn:
            return
        self._worn = scale
        for digit, button in self._buttons.items():
            value = scale.value_of_key(digit)
            button.setVisible(value is not None)
            if value is not None:
                self._call(digit, button, *_called(scale, value))

    def _call(self, digit: int, button: QToolButton, text: str, shape: str) -> None:
        action = self._actions[f"{self._family}.mark{digit}"]
        action.setText(text)
        action.setIcon(icon(shape) if shape else QIcon())
        button.setAccessibleName(text)


def told_keys(scale: Scale) -> str:
    """Which keys mean what on a scale."""
    told = {OBTAINED: tr("1 obtained, 2 partial, 3 not obtained"), PASSED: tr("1 pass, 2 fail"),
            POINTS: tr("0 to 5 points")}
    return tr("{keys}. Backspace takes it back.", keys=told[scale.name])


def _called(scale: Scale, value: int) -> tuple[str, str]:
    """What a button says of a value, and its icon."""
    if scale.name == POINTS:
        return str(value), ""
    if scale.name == PASSED:
        return (tr("Pass"), "good") if value else (tr("Fail"), "error")
    return ((tr("Not obtained"), "error"), (tr("Partial"), "warning"), (tr("Obtained"), "good"))[value]
