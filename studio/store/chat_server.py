"""How is an OpenAI-compatible server asked, so that no slow, broken or hostile one does any harm?

An answer has a time and a size; redirects are not followed, so the key goes to nobody else, and over an open network
not without encryption. A server that is busy is asked again, twice.
"""

from __future__ import annotations

import ipaddress
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import urlsplit

from studio.core.describing import Describer, UnusableAnswer, chat_address, text_of_answer
from studio.core.errors import UserError, shown
from studio.store.api_keys import VARIABLE

LARGEST = 2**20  # bytes of an answer; a description has a few hundred

_WAITS_S = (2.0, 10.0)  # before a busy server is asked again, unless it names a time itself
_LONGEST_WAIT_S = 60.0
_CONNECT_S = 10.0
_BUSY = (408, 429, 500, 502, 503, 504)


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    content: bytes
    retry_after_s: float | None


class ChatServer:
    """A server with one of its models. Raises `UserError` for an address that is none, or that a key must not go to."""

    def __init__(self, describer: Describer, key: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        import httpx2

        self._address, self._key, self._clock = chat_address(describer.endpoint), key, clock
        self._timeout_s = describer.timeout_s
        self.host = urlsplit(self._address).netloc
        if key and not self._address.startswith("https:") and not is_near(self._address):
            raise UserError(f"The key would be sent to {self.host} in the open", "Write the address with https://.")
        self._client = httpx2.Client(
            headers={"Authorization": f"Bearer {key}"} if key else {}, trust_env=not is_near(self._address),
            timeout=httpx2.Timeout(self._timeout_s, connect=min(self._timeout_s, _CONNECT_S)))

    def answer(self, request: Mapping[str, object], stop: threading.Event) -> str | None:
        """The text of its answer; None if it was stopped while it waited for a busy server.

        Raises `UnusableAnswer` for an answer that makes no sense, `UserError` for a server that gives none.
        """
        for wait_s in (*_WAITS_S, None):
            reply = self._post(request)
            if reply.status not in _BUSY or wait_s is None:
                return self._text(reply)
            if stop.wait(wait_s if reply.retry_after_s is None else reply.retry_after_s):
                return None
        return None

    def __enter__(self) -> ChatServer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._client.close()

    def _post(self, request: Mapping[str, object]) -> _Reply:
        ends = self._clock() + self._timeout_s
        with self._errors(), self._client.stream("POST", self._address, json=request) as response:
            content = bytearray()
            for piece in response.iter_bytes():
                content += piece
                if len(content) > LARGEST:
                    raise UnusableAnswer(f"The answer of {self.host} is larger than any caption", "Look at its log.")
                if self._clock() > ends:
                    raise self._too_slow()
            return _Reply(response.status_code, bytes(content), _seconds(response.headers.get("retry-after", "")))

    def _text(self, reply: _Reply) -> str:
        if reply.status != 200:
            raise self._refused(reply)
        try:
            return text_of_answer(json.loads(reply.content))
        except (ValueError, RecursionError):
            raise UnusableAnswer(f"The answer of {self.host} is not JSON", "Check the address of the server.") from None

    def _refused(self, reply: _Reply) -> UserError:
        said = self._reason(reply)
        match reply.status:
            case 401 | 403:
                what = "does not accept the key" if self._key else "wants a key"
                return UserError(f"{self.host} {what}", f"Save one with --save-key, or set {VARIABLE}.")
            case 404:
                return UserError(f"{self.host} has no such model or no chat there{said}",
                                 "Check the address and the name of the model.")
            case 429:
                return UserError(f"{self.host} has had enough requests{said}", "Go on later; what is done is kept.")
            case status if status in _BUSY:
                return UserError(f"{self.host} cannot answer now ({status}){said}", "Look at its log, or go on later.")
            case status:
                return UserError(f"{self.host} refuses the request ({status}){said}",
                                 "Check the address and whether the model sees pictures.")

    def _reason(self, reply: _Reply) -> str:
        """What the server says about it, without the key, which some repeat."""
        try:
            error = json.loads(reply.content)["error"]
            text = str(error["message"] if isinstance(error, dict) else error)
        except (ValueError, TypeError, KeyError, RecursionError):
            return ""
        return f": {shown(text.replace(self._key, '…') if self._key else text)}"

    def _too_slow(self) -> UserError:
        return UserError(f"{self.host} gave no answer within {self._timeout_s:g} s",
                         "Give it more time with --timeout-s, or choose a smaller model.")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        import httpx2

        try:
            yield
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            raise UserError(f"{self.host} cannot be reached", "Start the server, or check its address.") from error
        except httpx2.TimeoutException as error:
            raise self._too_slow() from error
        except (httpx2.RequestError, httpx2.InvalidURL) as error:
            raise UserError(f"{self.host} broke off: {shown(str(error)) or type(error).__name__}",
                            "Look at the server's log, and try again.") from error


def is_near(address: str) -> bool:
    """Whether a server runs on this machine or in this house, where no proxy stands between and nobody listens."""
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host == "localhost" or host.endswith((".local", ".localhost", ".lan"))


def _seconds(text: str) -> float | None:
    """What a Retry-After header asks for in seconds; dates, which are rare, are not read."""
    return min(float(text), _LONGEST_WAIT_S) if text.strip().isdecimal() else None
