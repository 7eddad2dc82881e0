"""A server on this machine that speaks ComfyUI's HTTP and websocket, as well or as badly as a test wants."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import queue
import re
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from PIL import Image, PngImagePlugin

from studio.core.spec import SAMPLERS, SCHEDULERS

_MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, section 4.2.2
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # newer servers take no other id
_PREVIEW = struct.pack(">II", 1, 1) + b"\xff\xd8 a preview"


@dataclass(frozen=True)
class Play:
    """What becomes of a prompt: draw, cached, hidden (cached, and no picture told), fail, interrupt, hang, vanish.

    `cuts` breaks the websocket off on the way, `mute` says nothing over it.
    """

    kind: str = "draw"
    cuts: bool = False
    mute: bool = False
    content: bytes | None = None
    size: tuple[int, int] | None = None


@dataclass
class ComfyStandIn:
    """What it has, what it was asked, and what it will do: the plays in turn, the last for ever."""

    url: str = ""
    plays: list[Play] = field(default_factory=lambda: [Play()])
    files: dict[str, list[str]] = field(default_factory=dict)
    loras: list[str] = field(default_factory=list)
    lora_folder: Path | None = None
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    lacks: set[str] = field(default_factory=set)
    samplers: list[str] = field(default_factory=lambda: list(SAMPLERS))
    ahead: int = 0
    refuses: dict[str, Any] | None = None
    loses_answers: int = 0
    redirects: bool = False
    is_down: bool = False
    down_for: int = 0
    graphs: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    interrupted: list[str] = field(default_factory=list)
    history: dict[str, Any] = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)
    running: str = ""
    waiting: list[str] = field(default_factory=list)
    let_go: threading.Event = field(default_factory=threading.Event)
    begun: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._wires: dict[str, Any] = {}
        self._lock, self._work = threading.Lock(), queue.Queue()

    # What it draws

    def take(self, request: dict[str, Any]) -> dict[str, Any]:
        prompt = request.get("prompt_id") or "made-up"
        self.graphs.append(request["prompt"])
        self.waiting.append(prompt)
        self._work.put((prompt, request["client_id"], request["prompt"]))
        return {"prompt_id": prompt, "number": len(self.graphs), "node_errors": {}}

    def work(self) -> None:
        while (item := self._work.get()) is not None:
            prompt, client, graph = item
            if prompt not in self.waiting:
                continue
            self.running = prompt
            self.waiting.remove(prompt)
            play = self.plays.pop(0) if len(self.plays) > 1 else self.plays[0]
            self._play(play, prompt, client, graph)
            self.running = ""

    def _play(self, play: Play, prompt: str, client: str, graph: dict[str, Any]) -> None:
        def tell(kind: str, **facts: object) -> None:
            if not play.mute:
                self.tell(client, json.dumps({"type": kind, "data": facts | {"prompt_id": prompt}}))

        self.begun.set()
        self.tell(client, json.dumps({"type": "status", "data": {"status": {"exec_info": {"queue_remaining": 1}}}}))
        self.tell(client, _PREVIEW)
        self.tell(client, json.dumps({"type": "crystools.monitor", "data": {"gpu": 3}}))
        self.tell(client, "no json")
        tell("execution_start")
        tell("execution_cached", nodes=["1", "2"])
        tell("executing", node="7")
        steps = graph["7"]["inputs"]["steps"]
        for step in range(1, steps + 1):
            tell("progress", value=step, max=steps, node="7")
        if play.cuts:
            self.cut(client)
        if play.kind == "hang":
            while not (self.let_go.wait(0.01) or prompt in self.interrupted):
                pass
        if play.kind == "vanish":
            return
        self._end(play, prompt, graph, tell)

    def _end(self, play: Play, prompt: str, graph: dict[str, Any], tell: Any) -> None:
        if play.kind == "interrupt" or prompt in self.interrupted:
            self.history[prompt] = _past("error", [["execution_interrupted", {"prompt_id": prompt}]])
            return tell("execution_interrupted", node_id="7")
        if play.kind == "fail":
            told = {"node_id": "7", "node_type": "KSampler", "exception_message": "Allocation on device\n"}
            self.history[prompt] = _past("error", [["execution_error", told | {"prompt_id": prompt}]])
            return tell("execution_error", **told)
        name = f"ComfyUI_temp_{prompt[:8]}.png"
        self.pictures[name] = play.content or picture(graph, play.size)
        images = [] if play.kind == "hidden" else [{"filename": name, "subfolder": "", "type": "temp"}]
        self.history[prompt] = _past("success", [], {"9": {"images": images}} if images else {})
        tell("executed", node="9", output={"images": images})
        tell("execution_success")
        tell("executing", node=None)

    # What it says

    def tell(self, client: str, message: str | bytes) -> None:
        with self._lock, suppress(OSError):
            if wire := self._wires.get(client):
                content = message.encode() if isinstance(message, str) else message
                head = bytes([0x81 if isinstance(message, str) else 0x82])
                size = bytes([len(content)]) if len(content) < 126 else b"\x7e" + struct.pack(">H", len(content))
                wire.sendall(head + size + content)

    def cut(self, client: str) -> None:
        import socket

        with self._lock, suppress(OSError):
            if wire := self._wires.pop(client, None):
                wire.shutdown(socket.SHUT_RDWR)

    def hold(self, client: str, wire: Any) -> None:
        with self._lock:
            self._wires[client] = wire

    def stop(self) -> None:
        self.let_go.set()
        self._work.put(None)
        for client in list(self._wires):
            self.cut(client)

    @property
    def clients(self) -> list[str]:
        return list(self._wires)

    def _in_folder(self) -> list[str]:
        return sorted(path.name for path in self.lora_folder.iterdir()) if self.lora_folder else []

    def info(self, kind: str) -> dict[str, Any]:
        lists = {"UNETLoader": ("unet_name", self.files.get("unet", [])), "VAELoader": ("vae_name", self.files.get("vae", [])),
                 "LoraLoaderModelOnly": ("lora_name", self.loras + self._in_folder())}
        known = {"CLIPLoader", "CLIPTextEncode", "EmptyLatentImage", "KSampler", "VAEDecode", "PreviewImage", "SaveImage"}
        if kind in self.lacks or kind not in known | lists.keys():
            return {}
        required: dict[str, Any] = {name: [listed, {}] for each, (name, listed) in lists.items() if each == kind}
        if kind == "KSampler":
            required = {"sampler_name": [self.samplers, {}], "scheduler": [list(SCHEDULERS), {}]}
        if kind == "CLIPLoader":  # as newer nodes write it
            required = {"clip_name": ["COMBO", {"options": self.files.get("clip", [])}]}
        return {kind: {"input": {"required": required}, "output": []}}


def picture(graph: dict[str, Any], size: tuple[int, int] | None = None) -> bytes:
    """One colour for each graph, in the size that was asked, with the graph in it, as ComfyUI saves it."""
    latent = graph["6"]["inputs"]
    said = {name: node for name, node in graph.items() if name != "9"}
    colour = tuple(hashlib.sha256(json.dumps(said, sort_keys=True).encode()).digest()[:3])
    text = PngImagePlugin.PngInfo()
    text.add_text("prompt", json.dumps(graph))
    content = io.BytesIO()
    Image.new("RGB", size or (latent["width"], latent["height"]), colour).save(content, "PNG", pnginfo=text)
    return content.getvalue()


@contextmanager
def comfy_stand_in(**facts: Any) -> Iterator[ComfyStandIn]:
    """The server, for as long as the `with` lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.stand_in = ComfyStandIn(f"http://127.0.0.1:{server.server_port}", **facts)
    threads = [threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True),
               threading.Thread(target=server.stand_in.work, daemon=True)]
    for thread in threads:
        thread.start()
    try:
        yield server.stand_in
    finally:
        server.stand_in.stop()
        server.shutdown()
        server.server_close()
        for thread in threads:
            thread.join(5)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        stand_in: ComfyStandIn = self.server.stand_in
        address = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        stand_in.paths.append(address.path)
        if stand_in.redirects:
            return self._redirect()
        if address.path == "/queue" and (stand_in.is_down or stand_in.down_for > 0):
            stand_in.down_for -= 1
            self.close_connection = True
            return
        match address.path.strip("/").split("/"):
            case ["ws"]:
                self._upgrade(stand_in, asked["clientId"])
            case ["system_stats"]:
                self._send({"system": {"comfyui_version": "0.3.60", "pytorch_version": "2.9"},
                            "devices": [{"name": "cuda:0 Test", "type": "cuda"}]})
            case ["object_info", kind]:
                self._send(stand_in.info(kind))
            case ["view_metadata", "loras"]:
                found = stand_in.headers.get(asked["filename"])
                self._send(found or {}, 200 if found else 404)
            case ["queue"]:
                others = [[n, f"other{n}", {}, {}, []] for n in range(stand_in.ahead)]
                mine = [[100 + n, each, {}, {}, []] for n, each in enumerate(stand_in.waiting)]
                at_work = [[99, stand_in.running, {}, {}, []]] if stand_in.running else others[:1]
                self._send({"queue_running": at_work, "queue_pending": others[1:] + mine})
            case ["history", prompt]:
                self._send({prompt: stand_in.history[prompt]} if prompt in stand_in.history else {})
            case ["view"]:
                found = stand_in.pictures.get(asked["filename"])
                self._send_bytes(found or b"", 200 if found else 404, "image/png")
            case _:
                self._send({}, 404)

    def do_POST(self) -> None:
        stand_in: ComfyStandIn = self.server.stand_in
        stand_in.paths.append(self.path)
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
        match self.path:
            case "/prompt" if stand_in.refuses:
                self._send(stand_in.refuses, 400)
            case "/prompt" if not _UUID.fullmatch(request.get("prompt_id", "")):
                self._send({"error": {"message": "prompt_id must be a valid UUID"}, "node_errors": {}}, 400)
            case "/prompt":
                answer = stand_in.take(request)
                if stand_in.loses_answers:
                    stand_in.loses_answers -= 1
                    self.close_connection = True
                    return
                self._send(answer)
            case "/queue":
                stand_in.withdrawn += request["delete"]
                stand_in.waiting[:] = [each for each in stand_in.waiting if each not in request["delete"]]
                self._send_bytes(b"", 200, "text/plain")
            case "/interrupt":
                stand_in.interrupted.append(request.get("prompt_id", ""))
                self._send_bytes(b"", 200, "text/plain")
            case _:
                self._send({}, 404)

    def _upgrade(self, stand_in: ComfyStandIn, client: str) -> None:
        key = hashlib.sha1((self.headers["Sec-WebSocket-Key"] + _MAGIC).encode()).digest()
        self.send_response(101)
        for name, value in (("Upgrade", "websocket"), ("Connection", "Upgrade"),
                            ("Sec-WebSocket-Accept", base64.b64encode(key).decode())):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.flush()
        stand_in.hold(client, self.connection)
        with suppress(OSError):
            while (frame := self.connection.recv(4096)) and frame[0] & 0x0F != 8:  # its close ends it
                continue
        self.close_connection = True

    def _redirect(self) -> None:
        self.send_response(302)
        self.send_header("Location", "http://127.0.0.1:1/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, table: object, status: int = 200) -> None:
        self._send_bytes(json.dumps(table).encode(), status, "application/json")

    def _send_bytes(self, content: bytes, status: int, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


def _past(status: str, messages: list[Any], outputs: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"prompt": [], "outputs": outputs or {},
            "status": {"status_str": status, "completed": status == "success", "messages": messages}}
