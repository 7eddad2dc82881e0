"""Fetches the pictures that a person dragged out of a browser, of which it handed over only the addresses."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from studio.core.errors import UserError, shown
from studio.core.events import Ending, Finished, Progress, Started, Stopped
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.store.images import LARGEST_FILE, SUFFIXES

TIMEOUT_S = 30.0

_REMEDY = "Save the picture in the browser, then add the file."
_AGENT = {"User-Agent": "Mozilla/5.0 (compatible; Character LoRA Studio)"}  # some sites refuse what names no browser
_ENDINGS = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "image/gif": ".gif",
            "image/avif": ".avif", "image/bmp": ".bmp"}


@dataclass(frozen=True, slots=True)
class FetchPictures:
    """Ends with `clips`: the bytes of each picture by its name. Nothing is written to the disk."""

    addresses: tuple[str, ...]
    kind = "fetch"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        emit(Started("the pictures", self.kind, len(self.addresses)))
        clips: dict[str, bytes] = {}
        for count, address in enumerate(self.addresses, 1):
            if stop.is_set():
                return Stopped({"clips": clips})
            name, content = fetch(address)
            clips[f"{count} {name}" if name in clips else name] = content
            emit(Progress(count, len(self.addresses), what="image"))
        return Finished({"clips": clips})


def fetch(address: str, timeout_s: float = TIMEOUT_S) -> tuple[str, bytes]:
    """(name, bytes) of the picture at an address of the web. Raises UserError when there is none to be had."""
    if urlsplit(address).scheme not in ("http", "https"):
        raise UserError(f"{shown(address)} is no address on the web", "Save the picture, then add the file.")
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=_AGENT), timeout=timeout_s) as answer:
            kind, content = answer.headers.get_content_type(), answer.read(LARGEST_FILE + 1)
    except (urllib.error.URLError, HTTPException, socket.timeout, ValueError, OSError) as error:
        raise UserError(f"{shown(address)} could not be fetched: {shown(str(getattr(error, 'reason', error)))}",
                        _REMEDY) from error
    if kind not in _ENDINGS and not address.lower().endswith(SUFFIXES):
        raise UserError(f"{shown(address)} is no picture but {kind}", _REMEDY)
    if len(content) > LARGEST_FILE:
        raise UserError(f"{shown(address)} is larger than {LARGEST_FILE // 2**20} MiB", "Save it smaller.")
    return _named(address, kind), content


def _named(address: str, kind: str) -> str:
    """A name for the file: what the address says, with the ending of what it is."""
    name = PurePosixPath(unquote(urlsplit(address).path)).name or "picture"
    return name if name.lower().endswith(SUFFIXES) else PurePosixPath(name).stem + _ENDINGS.get(kind, "")
