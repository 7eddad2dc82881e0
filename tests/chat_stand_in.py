"""A server on this machine that answers as an OpenAI-compatible one does, or as badly as a test wants."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Reply:
    """One answer. `holds` makes it come only when the test lets go; after it `drips` goes on, blank by blank."""

    text: str = "She waves at the viewer. Her hair is loose."
    status: int = 200
    body: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()
    holds: bool = False
    drips: bool = False
    breaks: bool = False

    @property
    def content(self) -> bytes:
        answer = {"choices": [{"message": {"role": "assistant", "content": self.text}}]}
        return json.dumps(answer).encode() if self.body is None else self.body


@dataclass
class ChatStandIn:
    """Where it listens, what it was asked, and what it will answer: the replies in turn, the last for ever."""

    url: str
    replies: list[Reply]
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    let_go: threading.Event = field(default_factory=threading.Event)

    def next(self) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


@contextmanager
def chat_stand_in(*replies: Reply) -> Iterator[ChatStandIn]:
    """The server, for as long as the `with` lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.stand_in = ChatStandIn(f"http://127.0.0.1:{server.server_port}/v1", list(replies) or [Reply()])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.stand_in
    finally:
        server.stand_in.let_go.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        stand_in: ChatStandIn = self.server.stand_in
        stand_in.keys.append(self.headers.get("Authorization"))
        stand_in.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))) | {"path": self.path})
        reply = stand_in.next()
        if reply.holds:
            stand_in.let_go.wait(20)
        with suppress(OSError):  # who asked has gone away
            self._send(reply, stand_in.let_go)

    def _send(self, reply: Reply, let_go: threading.Event) -> None:
        if reply.breaks:
            return
        self.send_response(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.content) + reply.drips * 10**6))
        self.end_headers()
        self.wfile.write(reply.content)
        while reply.drips and not let_go.wait(0.02):
            self.wfile.write(b" ")
            self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""
