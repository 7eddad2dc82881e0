"""Draws the cells of a sheet at a ComfyUI: the graph is sent, its progress heard, the picture fetched.

One cell at a time, so that a stop takes back exactly one. What became of a cell is asked of the server's history
whenever the wire is silent, so that a lost connection costs nothing that was drawn.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count, groupby
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from studio.core.errors import UserError
from studio.core.events import Facts, Note
from studio.core.spec import RenderSpec
from studio.core.sweep import Cell
from studio.jobs.comfy_fit import fit
from studio.jobs.execute import Emit, Stop
from studio.jobs.put_lora import put_lora
from studio.store.comfy_graph import SINK, Graph, ModelNames, Node, nodes_of
from studio.store.comfy_messages import Past, Said
from studio.store.comfy_server import ComfyServer, Unreachable
from studio.store.comfy_wire import Wire
from studio.store.images import decoded

if TYPE_CHECKING:
    from PIL import Image

    Drawn = tuple[Cell, Image.Image, ModelNames]

T = TypeVar("T")
OnStep = Callable[[int, int], None]  # (steps done, steps in all) of the picture at hand

_TRIES = 3             # for a picture that the server lost or kept to itself
_HEAR_S = 0.25         # so often it is looked whether to stop
_ASK_AGAIN_S = 3.0     # of silence, after which the history is asked
_LONGEST_SILENCE_S = 1800.0
_KEPT = "Start the sheet again: what is done is kept."


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a server that does not answer is waited for, and how often it is asked meanwhile."""

    whole_s: float = 90.0
    between_s: float = 2.0


class ComfyCells:
    """The pictures of cells, as they come. `models` names the files of each base by its digest, `loras` lie here.

    LoRAs that the server lacks are put into `folder`, if that is given, where it finds them.
    """

    def __init__(self, address: str, models: Mapping[str, ModelNames], loras: Mapping[str, Path], emit: Emit,
                 stop: Stop, patience: Patience = Patience(), folder: str = "") -> None:
        self._address, self._models, self._loras, self._folder = address, models, loras, folder
        self._emit, self._stop, self._patience = emit, stop, patience

    def facts(self) -> Facts:
        """What is recorded of the server. Raises UserError where none of ComfyUI's answers."""
        with ComfyServer(self._address) as server:
            return server.facts().facts()

    def pictures(self, cells: Sequence[Cell], on_step: OnStep) -> Iterator[Drawn]:
        """Ends early once it is stopped. Raises UserError, before anything is sent, for what the server lacks."""
        groups = [(digest, list(group)) for digest, group in groupby(cells, key=lambda cell: cell.spec.base)]
        with ComfyServer(self._address) as server:
            put = self._put if self._folder else None
            fits = [fit(server, [cell.spec for cell in group], self._models[digest], self._loras, put)
                    for digest, group in groups]
            with Wire(server.address, server.client) as wire:
                drawing = _Drawing(server, wire, self._emit, self._stop, self._patience, on_step)
                for (_, group), fitting in zip(groups, fits, strict=True):
                    for cell in group:
                        content = None if self._stop.is_set() else drawing.drawn(fitting.graph(cell.spec))
                        if content is None:
                            return
                        yield cell, picture_of(content, cell.spec, server.host), fitting.models

    def _put(self, lora: Path) -> None:
        self._emit(Note(f"{put_lora(lora, Path(self._folder), self._emit).name} was put into {self._folder}."))


def picture_of(content: bytes, spec: RenderSpec, host: str) -> Image.Image:
    """The picture in what a server sent. Raises UserError for anything but a whole PNG of the size that was asked."""
    found = decoded(content, f"The picture from {host}")
    if found.image.format != "PNG":
        raise UserError(f"The picture from {host} is no PNG", "Update ComfyUI.")
    if found.seen.size != (spec.width, spec.height):
        width, height = found.seen.size
        raise UserError(f"The picture from {host} is {width} x {height}, not {spec.width} x {spec.height}",
                        "Look whether an extension of that ComfyUI changes what it saves.")
    return found.seen


class _Drawing:
    """One picture after the other at one server."""

    def __init__(self, server: ComfyServer, wire: Wire, emit: Emit, stop: Stop, patience: Patience, on_step: OnStep,
                 clock: Callable[[], float] = time.monotonic) -> None:
        self._server, self._wire, self._emit, self._stop = server, wire, emit, stop
        self._patience, self._on_step, self._clock = patience, on_step, clock
        self.host = server.host
        self._told_queue, self._alive, self._asked = False, 0.0, 0.0

    def drawn(self, graph: Graph) -> bytes | None:
        """The bytes of the picture; None if it was stopped, and then nothing of it is left at the server."""
        nodes = nodes_of(graph, keep=False)
        for _ in range(_TRIES):
            past = self._past(nodes)
            if past is None:
                return None
            self._require_good(past)
            if past.outputs:
                return self._patiently(lambda outputs=past.outputs: self._server.picture(outputs[0]))
            if past.is_over:  # all of it was cached, and nobody says where the picture lies
                nodes = _varied(graph)
        raise UserError(f"ComfyUI at {self.host} drew a picture {_TRIES} times and did not keep it", _KEPT)

    def _past(self, nodes: Mapping[str, Node]) -> Past | None:
        """What became of a graph that is sent now; not over if the server has forgotten it, None if it was stopped."""
        prompt = self._sent(nodes)
        past = None if prompt is None else self._awaited(prompt)
        if past is None and prompt is not None:
            self._withdraw(prompt)
        return past

    def _sent(self, nodes: Mapping[str, Node]) -> str | None:
        """Its id; one that the server took though its answer was lost is not sent twice."""
        wanted, tries = str(uuid.uuid4()), count()

        def send() -> str:
            is_known = next(tries) > 0 and (self._server.place(wanted) is not None or self._server.past(wanted).is_over)
            return wanted if is_known else self._server.send(nodes, wanted)

        self._wire.open()
        return self._patiently(send)

    def _awaited(self, prompt: str) -> Past | None:
        """None if it was stopped."""
        self._alive = self._asked = self._clock()
        while not self._stop.is_set():
            if (past := self._next(prompt)) is not None:
                return past
        return None

    def _next(self, prompt: str) -> Past | None:
        """What the next message says, or the history after a silence; None while the picture is being drawn."""
        message, now = self._heard(), self._clock()
        if message and message.prompt == prompt:
            self._alive = self._asked = now
            if message.kind != "end":
                return self._told(message)
        elif now - self._asked < _ASK_AGAIN_S:
            return None
        self._asked = now
        return self._looked_up(prompt)

    def _heard(self) -> Said | None:
        if not self._wire.is_open:
            self._stop.wait(_HEAR_S)
            self._wire.open()
        return self._wire.hear(_HEAR_S)

    def _told(self, message: Said) -> Past | None:
        if message.kind == "step":
            self._on_step(message.done, message.total)
        if message.kind == "failed":
            return Past(True, why=message.why)
        return Past(True, was_interrupted=True) if message.kind == "interrupted" else None

    def _looked_up(self, prompt: str) -> Past | None:
        """None while it is in the queue; not over if the server knows nothing of it any more."""
        known = self._patiently(lambda: (self._server.place(prompt), self._server.past(prompt)))
        if known is None:
            return None
        place, past = known
        if past.is_over or place is None:
            return past
        self._tell_queue(place)
        if place == 0 and self._clock() - self._alive > _LONGEST_SILENCE_S:
            raise UserError(f"ComfyUI at {self.host} has said nothing for {_LONGEST_SILENCE_S / 60:.0f} minutes",
                            "Look at its terminal, then start the sheet again: what is done is kept.")
        return None

    def _tell_queue(self, place: int) -> None:
        if place and not self._told_queue:
            self._told_queue = True
            self._emit(Note(f"ComfyUI at {self.host} works on something else first: {place} before this sheet."))

    def _require_good(self, past: Past) -> None:
        if past.was_interrupted:
            raise UserError(f"Somebody interrupted the picture at ComfyUI, {self.host}", _KEPT)
        if past.why:
            raise UserError(f"ComfyUI at {self.host} could not draw a picture: {past.why}",
                            "Look at its terminal, then start the sheet again: what is done is kept.")

    def _withdraw(self, prompt: str) -> None:
        """A server that is gone has nothing to take back."""
        with suppress(UserError):
            self._server.withdraw(prompt)

    def _patiently(self, ask: Callable[[], T]) -> T | None:
        """The answer, asked for again and again while nobody answers; None if it was stopped meanwhile."""
        ends = self._clock() + self._patience.whole_s
        while True:
            try:
                return ask()
            except Unreachable:
                if self._clock() > ends:
                    raise
                if self._stop.wait(self._patience.between_s):
                    return None


def _varied(graph: Graph) -> dict[str, Node]:
    """The graph with another end, which no cache knows."""
    nodes = nodes_of(graph)
    nodes[SINK]["inputs"]["filename_prefix"] = f"charstudio/{uuid.uuid4().hex}"
    return nodes
