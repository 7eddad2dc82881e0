"""Puts the window together: the only place where its parts are made and told of each other."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from ui import i18n
from ui.actions import Actions
from ui.asking import Asking
from ui.commands import Commands
from ui.main_window import MainWindow
from ui.pages import pages
from ui.session import Session
from ui.settings import Settings
from ui.theme import STYLE, Look

TURN_S = 0.001  # for which a thread may keep Python's lock: five times as often as usual the window can have it

_LATER_MS = 30  # after the first page is there


class App:
    """One application with its one window."""

    def __init__(self, application: QApplication, settings: Settings | None = None, ask: Asking | None = None) -> None:
        sys.setswitchinterval(TURN_S)
        self.settings = settings or Settings()
        i18n.speak(self.settings.early("language"))
        self.look = Look(application, self.settings.early("appearance"), self.settings.early("surround"))
        self.actions = Actions()
        self.session = Session(self.settings, self.look, self.actions, ask or Asking(self.settings))
        self.window = MainWindow(self.session, pages())
        self.actions.attach(self.window)
        self.commands = Commands(self.session, self.window, pages())
        self.window.build()
        self.look.dress()

    def show(self) -> None:
        """Shows the window and, once it is there, readies what it did not need to be."""
        self.window.show()
        QTimer.singleShot(_LATER_MS, self._settle)

    def leave(self) -> None:
        """Puts everything away; after a window that was closed there is nothing left to do."""
        self.session.close()
        self.session.jobs.close()

    def listen_to_terminal(self) -> None:
        """Ctrl-C closes the window."""
        from ui.terminal import Terminal

        self.terminal = Terminal(self.window)

    def _settle(self) -> None:
        from ui import faults

        gc.enable()
        faults.watch(self.session)
        for trouble in self.settings.troubles:
            self.session.say(trouble)


def open_window(folder: Path | None = None, sample: bool = False) -> int:
    """Opens the window and returns the exit code when it was closed."""
    application = QApplication([*sys.argv[:1], *STYLE])
    app = App(application)
    application.aboutToQuit.connect(app.leave)
    QTimer.singleShot(_LATER_MS, app.listen_to_terminal)
    app.show()
    if sample:
        QTimer.singleShot(0, app.commands.open_sample)
    elif folder:
        QTimer.singleShot(0, lambda: app.commands.open(folder))
    return application.exec()
