"""Pictures of which a browser handed over only the address."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

import pytest
from PIL import Image

from studio.core.errors import UserError
from studio.core.events import Finished
from studio.jobs.execute import Ticket, execute
from studio.jobs.fetch_pictures import FetchPictures, fetch
from studio.jobs.gpu import Gpu


def png() -> bytes:
    content = BytesIO()
    Image.new("RGB", (8, 8), "red").save(content, "PNG")
    return content.getvalue()


class Site(BaseHTTPRequestHandler):
    """A site with a picture, a page, and a picture without an ending to its name."""

    def do_GET(self) -> None:
        kind, content = {"/a/mira.png": ("image/png", png()), "/show": ("image/png", png()),
                         "/page": ("text/html", b"<html>")}.get(self.path.partition("?")[0], ("", b""))
        self.send_response(200 if kind else 404)
        self.send_header("Content-Type", kind or "text/plain")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Tests are silent."""


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_very_bytes_come_with_a_name_and_an_ending(site: str) -> None:
    ending = execute(Ticket(FetchPictures((f"{site}/a/mira.png?size=large", f"{site}/show"))), Gpu("cpu"), lambda event: None)
    assert isinstance(ending, Finished)
    assert ending.facts["clips"] == {"mira.png": png(), "show.png": png()}


@pytest.mark.parametrize("address", ["/page", "/nothing"])
def test_what_is_no_picture_is_told(site: str, address: str) -> None:
    with pytest.raises(UserError, match="Save the picture in the browser"):
        fetch(site + address)


@pytest.mark.parametrize("address", ["file:///etc/hosts", "ftp://127.0.0.1/a.png", "http://127.0.0.1:1/a.png", "http://"])
def test_only_the_web_is_asked_and_its_silence_is_told(address: str) -> None:
    with pytest.raises(UserError):
        fetch(address, timeout_s=2)
