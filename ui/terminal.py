"""What does Ctrl-C in the terminal do to the window? It closes it, as its own button does."""

from __future__ import annotations

import signal
import socket

from PySide6.QtCore import QObject, QSocketNotifier
from PySide6.QtWidgets import QWidget


class Terminal(QObject):
    """Each signal leaves a byte in a socket, which the event loop finds when nothing else is half done."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._ours, self._theirs = socket.socketpair()
        self._window = window
        for end in (self._ours, self._theirs):
            end.setblocking(False)
        notifier = QSocketNotifier(self._ours.fileno(), QSocketNotifier.Type.Read, self)
        notifier.activated.connect(self._close)
        signal.set_wakeup_fd(self._theirs.fileno())
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _go_on)

    def _close(self) -> None:
        self._ours.recv(64)
        self._window.close()


def _go_on(number: int, frame: object) -> None:
    """Without a handler of its own Python would end the process at once."""
