"""A stand-in for the public hub: the requests that fetching makes, answered from memory on this machine."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from studio.store.checksums import git_blob

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Hub:
    """What the hub holds (path -> content), what it wrongly answers, and what it was asked."""

    files: Mapping[str, bytes]
    large: frozenset[str] = frozenset()  # those that have a SHA-256 and lie elsewhere, as LFS files do
    wrong: Mapping[str, bytes] = field(default_factory=dict)  # path -> what is sent instead
    status: int = 200
    asked: list[str] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    endpoint: str = ""

    def etag(self, path: str) -> str:
        if path in self.large:
            return hashlib.sha256(self.files[path]).hexdigest()
        digest = git_blob(len(self.files[path]))
        digest.update(self.files[path])
        return digest.hexdigest()


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    """Answers on a free port of this machine for as long as the `with` lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(hub))
    hub.endpoint = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_HEAD(self) -> None:  # noqa: N802
            self._answer(send=False)

        def do_GET(self) -> None:  # noqa: N802
            self._answer(send=True)

        def _answer(self, send: bool) -> None:
            path = self.path.partition("?")[0]
            hub.asked.append(f"{self.command} {path}")
            hub.headers.append(dict(self.headers))
            if hub.status != 200:
                self._say(hub.status, b"", {}, send)
            elif path.startswith("/elsewhere/"):
                self._send_file(path.removeprefix("/elsewhere/"), {}, send)
            else:
                self._describe(path.partition("/resolve/main/")[2], send)

        def _describe(self, path: str, send: bool) -> None:
            if path not in hub.files:
                self._say(404, b"", {"X-Error-Code": "EntryNotFound"}, send)
            elif path in hub.large:
                elsewhere = f"http://localhost:{hub.endpoint.rpartition(':')[2]}/elsewhere/{path}"  # another host
                facts = {"X-Linked-Etag": f'"{hub.etag(path)}"', "X-Linked-Size": str(len(hub.files[path])),
                         "X-Repo-Commit": COMMIT, "Location": elsewhere}
                self._say(302, b"", facts, send)
            else:
                self._send_file(path, {"ETag": f'"{hub.etag(path)}"', "X-Repo-Commit": COMMIT}, send)

        def _send_file(self, path: str, facts: Mapping[str, str], send: bool) -> None:
            self._say(200, hub.wrong.get(path, hub.files[path]) if send else hub.files[path], facts, send)

        def _say(self, status: int, content: bytes, facts: Mapping[str, str], send: bool) -> None:
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(content))} | dict(facts)).items():
                self.send_header(name, value)
            self.end_headers()
            if send:
                self.wfile.write(content)

    return Handler

