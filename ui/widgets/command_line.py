"""A line for the terminal, with a button that copies it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QFrame

from ui import theme
from ui.i18n import tr
from ui.widgets.basics import Elided, icon_only, row


class CommandLine(QFrame):
    """Gives way in its middle; what is copied is the whole."""

    def __init__(self, command: str) -> None:
        super().__init__()
        self.command = command
        self.setProperty("role", "card")
        text = Elided(command, Qt.TextElideMode.ElideMiddle)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(theme.BODY)
        text.setFont(font)
        text.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        layout = row(text, icon_only("copy", tr("Copy"), self._copy))
        layout.setStretch(0, 1)
        layout.setContentsMargins(theme.SMALL, theme.TINY, theme.TINY, theme.TINY)
        self.setLayout(layout)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.command)
