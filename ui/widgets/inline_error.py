"""An error that stands where it happened: what happened, and what to do."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QLabel

from studio.core.errors import UserError
from ui import theme
from ui.widgets.basics import column, muted, row, sentence
from ui.widgets.empty import Picture


class InlineError(QFrame):
    """Hidden as long as there is nothing to tell."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "error")
        self._what, self._remedy = sentence(""), muted("", wrap=True)
        icon = column(Picture("error", theme.ICON, "bad"), None)
        layout = row(icon, column(self._what, self._remedy, gap=theme.TINY))
        layout.setStretch(1, 1)
        layout.setContentsMargins(theme.SMALL, theme.SMALL, theme.SMALL, theme.SMALL)
        self.setLayout(layout)
        self.hide()

    @property
    def text(self) -> str:
        """What it tells; empty while it is hidden."""
        return "" if self.isHidden() else f"{self._what.text()} {self._remedy.text()}".strip()

    def tell(self, error: UserError) -> None:
        """Shows the error until `clear`."""
        self._what.setText(error.what)
        self._remedy.setText(error.remedy)
        self._remedy.setVisible(bool(error.remedy))
        self.setAccessibleName(str(error))
        self.show()

    def clear(self) -> None:
        self.hide()
