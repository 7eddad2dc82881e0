"""How does a person hear of the end of a night who looks at another window? By a notification of the desktop.

The system's tray shows it; on a Linux desktop without one its own program does. Where neither is there nothing happens:
the window says the same.
"""

from __future__ import annotations

import shutil
import subprocess
import sys

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QSystemTrayIcon

SHOWN_MS = 15_000


class DesktopNote(QObject):
    """Shows one note at a time. The icon is in the tray only as long as there is something to tell."""

    def __init__(self, icon: QIcon, parent: QObject) -> None:
        super().__init__(parent)
        self._icon = icon
        self._tray: QSystemTrayIcon | None = None
        self.told: list[tuple[str, str]] = []  # the last ones, for whoever wants to read them again

    def tell(self, title: str, text: str) -> None:
        """Never raises and never asks."""
        self.told = [*self.told, (title, text)][-8:]
        if QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages():
            self._show_in_tray(title, text)
        elif sys.platform == "linux" and (program := shutil.which("notify-send")):
            subprocess.Popen([program, "--app-name=Character LoRA Studio", title, text], stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)

    def _show_in_tray(self, title: str, text: str) -> None:
        if self._tray is None:
            self._tray = QSystemTrayIcon(self._icon, self)
        self._tray.show()
        self._tray.showMessage(title, text, self._icon, SHOWN_MS)
        QTimer.singleShot(SHOWN_MS, self._tray, self._tray.hide)
