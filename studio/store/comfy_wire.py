"""How does one hear from a ComfyUI server while it draws? Over its websocket, and nothing depends on it.

A message that is lost, a wire that breaks or cannot be laid at all only mean that the history has to be asked.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from studio.store.comfy_messages import Said, said

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

LARGEST = 8 * 2**20  # bytes of a message; previews are the largest

_CONNECT_S, _CLOSE_S, _AGAIN_S = 10.0, 1.0, 5.0


class Wire:
    """The websocket of one client. It is laid anew when it broke, at most every few seconds."""

    def __init__(self, address: str, client: str, clock: Callable[[], float] = time.monotonic) -> None:
        parts = urlsplit(address)
        scheme, port = ("wss", 443) if parts.scheme == "https" else ("ws", 80)
        self._url = f"{scheme}://{parts.netloc}{parts.path}/ws?clientId={client}"
        self._at = parts.hostname or "", parts.port or port
        self._clock, self._tried = clock, -_AGAIN_S
        self._line: ClientConnection | None = None

    @property
    def is_open(self) -> bool:
        return self._line is not None

    def open(self) -> None:
        """Lays the wire if it is not there; where that fails it stays away."""
        from websockets.exceptions import WebSocketException
        from websockets.sync.client import connect

        if self._line or self._clock() - self._tried < _AGAIN_S:
            return
        self._tried = self._clock()
        with suppress(OSError, TimeoutError, ValueError, WebSocketException):
            # A socket of our own: then neither a proxy nor a redirect leads anywhere else.
            plain = socket.create_connection(self._at, timeout=_CONNECT_S)
            try:
                self._line = connect(self._url, sock=plain, proxy=None, open_timeout=_CONNECT_S, ping_interval=None,
                                     close_timeout=_CLOSE_S, max_size=LARGEST, legacy=True)
            except BaseException:
                plain.close()
                raise

    def hear(self, wait_s: float) -> Said | None:
        """The next message that says something, within so many seconds; None without any, or without a wire."""
        from websockets.exceptions import WebSocketException

        ends = self._clock() + wait_s
        while self._line and (left := ends - self._clock()) > 0:
            try:
                if message := said(self._line.recv(timeout=left)):
                    return message
            except TimeoutError:
                return None
            except (OSError, WebSocketException):
                self.close()
        return None

    def close(self) -> None:
        from websockets.exceptions import WebSocketException

        line, self._line = self._line, None
        if line:
            with suppress(OSError, WebSocketException):
                line.close()

    def __enter__(self) -> Wire:
        self.open()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()
