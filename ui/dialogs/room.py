"""How large does a dialog open? Never beyond its window, and with more room for pictures in a large one."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QWidget

from ui import theme

_SHARE = 0.78   # of a window that is large enough


def grow(dialog: QDialog) -> None:
    """As high as its texts need at its width; never lower than it was."""
    dialog.layout().activate()
    dialog.resize(dialog.width(), max(dialog.height(), dialog.layout().totalHeightForWidth(dialog.width())))


def fit(dialog: QDialog, parent: QWidget, width: int, height: int) -> None:
    """At least width x height where the parent's window has room for it."""
    window = parent.window()
    wide, high = max(width, round(_SHARE * window.width())), max(height, round(_SHARE * window.height()))
    dialog.resize(min(wide, window.width() - 2 * theme.LARGE), min(high, window.height() - 2 * theme.LARGE))
    if dialog.isVisible():  # it grew to the right and downwards, maybe off the screen
        dialog.move(window.mapToGlobal(window.rect().center()) - dialog.rect().center())
