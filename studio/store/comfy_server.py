"""How is a ComfyUI server asked for pictures, so that no slow, broken or hostile one does any harm?

Only the address that a person gave is ever asked; redirects are not followed, and every answer has a time and a size.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import urlsplit

from studio.core.errors import UserError, shown
from studio.store.chat_server import is_near
from studio.store.comfy_graph import Node
from studio.store.comfy_messages import (
    Output,
    Past,
    choices_of,
    is_running,
    past_of,
    place_in,
    refusal_of,
    table_of,
)

LARGEST_TABLE, LARGEST_PICTURE = 16 * 2**20, 64 * 2**20  # bytes of an answer

_CONNECT_S, _ANSWER_S = 10.0, 60.0
_START = "Start ComfyUI, or check the address."


class Unreachable(UserError):
    """Nobody answers there, or the answer broke off: asking again may help."""


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """What is recorded of a server beside each of its pictures."""

    address: str
    version: str = ""
    device: str = ""
    torch: str = ""

    def facts(self) -> dict[str, str]:
        named = {"drawn_by": f"ComfyUI {self.version}".strip(), "at": self.address, "device": self.device,
                 "torch": self.torch}
        return {name: text for name, text in named.items() if text}


def comfy_address(text: str) -> str:
    """`127.0.0.1:8188` or `https://host/comfy` as an address without a slash at its end. Raises UserError."""
    whole = text.strip()
    whole = (whole if "://" in whole else f"http://{whole}").rstrip("/")
    try:
        parts = urlsplit(whole)
        fits = parts.scheme in ("http", "https") and parts.hostname and (parts.port or True)
    except ValueError:
        fits = False
    if not fits or parts.query or parts.fragment or parts.username or any(sign.isspace() for sign in whole):
        raise UserError(f"'{shown(text)}' is not the address of a ComfyUI",
                        "Write it as its window shows it, for example http://127.0.0.1:8188.")
    return whole


class ComfyServer:
    """One server, asked under one name (`client`), by which its websocket knows whom to tell."""

    def __init__(self, address: str, answer_s: float = _ANSWER_S, clock: Callable[[], float] = time.monotonic) -> None:
        import httpx2

        self.address, self._clock, self._answer_s = comfy_address(address), clock, answer_s
        self.host, self.client = urlsplit(self.address).netloc, uuid.uuid4().hex
        self._http = httpx2.Client(trust_env=not is_near(self.address), follow_redirects=False,
                                   timeout=httpx2.Timeout(answer_s, connect=min(answer_s, _CONNECT_S)))

    def facts(self) -> ServerFacts:
        """Raises UserError for a server that is none of ComfyUI's."""
        table = self._table("GET", "/system_stats")
        system, devices = table.get("system"), table.get("devices")
        if not isinstance(system, dict) or not isinstance(devices, list):
            raise UserError(f"{self.host} answers, but not as ComfyUI does", "Check the address.")
        device = devices[0] if devices and isinstance(devices[0], dict) else {}
        said = (system.get("comfyui_version"), device.get("name") or device.get("type"), system.get("pytorch_version"))
        return ServerFacts(self.address, *(shown(each) if isinstance(each, str) else "" for each in said))

    def node(self, kind: str) -> Mapping[str, object]:
        """What the server knows of a class of nodes; nothing if it has none."""
        return self._table("GET", "/object_info/" + kind, missing_is_empty=True)

    def choices(self, kind: str, name: str) -> tuple[str, ...] | None:
        """What an input may be; None where it may be anything."""
        return choices_of(self.node(kind), kind, name)

    def lora_metadata(self, name: str) -> Mapping[str, object]:
        """The header of a LoRA in the server's folder; empty where it has none or is too old to tell."""
        return self._table("GET", "/view_metadata/loras", params={"filename": name}, missing_is_empty=True)

    def send(self, nodes: Mapping[str, Node], prompt: str) -> str:
        """Queues a graph under the id `prompt`, a UUID with its hyphens; returns the id that the server gave it.

        Raises UserError with what the server has against it.
        """
        request = {"prompt": nodes, "client_id": self.client, "prompt_id": prompt}
        status, content = self._answer("POST", "/prompt", LARGEST_TABLE, json=request)
        answer = table_of(content)
        if status != 200 or not answer.get("prompt_id"):
            raise UserError(f"ComfyUI at {self.host} does not take the graph ({status}): {refusal_of(answer)}",
                            "Update ComfyUI, or look at what its terminal says.")
        return str(answer["prompt_id"])

    def place(self, prompt: str) -> int | None:
        """How many are before it, 0 while it is drawn; None if it is not in the queue."""
        return place_in(self._table("GET", "/queue"), prompt)

    def past(self, prompt: str) -> Past:
        return past_of(self._table("GET", f"/history/{prompt}"), prompt)

    def picture(self, output: Output) -> bytes:
        """The bytes of a picture, which nobody has looked at yet."""
        where = {"filename": output.filename, "subfolder": output.subfolder, "type": output.type}
        status, content = self._answer("GET", "/view", LARGEST_PICTURE, params=where)
        if status != 200:
            raise UserError(f"ComfyUI at {self.host} does not hand out {shown(output.filename)} ({status})",
                            "Look at its output folder.")
        return content

    def withdraw(self, prompt: str) -> None:
        """Takes a prompt back: out of the queue, or interrupted if it is being drawn; nobody else's work is touched."""
        self._answer("POST", "/queue", LARGEST_TABLE, json={"delete": [prompt]})
        if is_running(self._table("GET", "/queue"), prompt):
            self._answer("POST", "/interrupt", LARGEST_TABLE, json={"prompt_id": prompt})

    def __enter__(self) -> ComfyServer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._http.close()

    def _table(self, method: str, path: str, missing_is_empty: bool = False, **request: object) -> dict[str, object]:
        status, content = self._answer(method, path, LARGEST_TABLE, **request)
        if status in (404, 500) and missing_is_empty:
            return {}
        if status != 200:
            raise UserError(f"{self.host} answers {path} with {status}, as no ComfyUI does", "Check the address.")
        return table_of(content)

    def _answer(self, method: str, path: str, largest: int, **request: object) -> tuple[int, bytes]:
        ends = self._clock() + self._answer_s
        with self._errors(), self._http.stream(method, self.address + path, **request) as response:
            if response.is_redirect:
                raise UserError(f"{self.host} sends on to another address, which is not followed",
                                "Give the address at which ComfyUI itself answers.")
            content = bytearray()
            for piece in response.iter_bytes():
                content += piece
                if len(content) > largest:
                    raise UserError(f"An answer of {self.host} is larger than {largest // 2**20} MiB",
                                    "Check that a ComfyUI answers there.")
                if self._clock() > ends:
                    raise self._too_slow()
            return response.status_code, bytes(content)

    def _too_slow(self) -> Unreachable:
        return Unreachable(f"ComfyUI at {self.host} gave no answer within {self._answer_s:g} s",
                           "Look at its terminal, and start again: what is done is kept.")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        import httpx2

        try:
            yield
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            raise Unreachable(f"No ComfyUI can be reached at {self.address}", _START) from error
        except httpx2.TimeoutException as error:
            raise self._too_slow() from error
        except (httpx2.RequestError, httpx2.InvalidURL) as error:
            reason = shown(str(error)) or type(error).__name__
            raise Unreachable(f"ComfyUI at {self.host} broke off: {reason}",
                              "Start again: what is done is kept.") from error
