"""Asks a ComfyUI whether it is there, and what it is."""

from __future__ import annotations

from dataclasses import dataclass

from studio.core.events import Ending, Finished, Started
from studio.jobs.execute import Emit, Stop
from studio.jobs.gpu import Gpu
from studio.store.comfy_server import ComfyServer


@dataclass(frozen=True, slots=True)
class LookAtComfy:
    """Its results are what the server says of itself, and how many LoRAs it lists. It fails where none answers."""

    address: str
    kind = "look"
    folder = None

    def run(self, gpu: Gpu, emit: Emit, stop: Stop) -> Ending:
        emit(Started("", self.kind, 1))
        with ComfyServer(self.address) as server:
            loras = server.choices("LoraLoaderModelOnly", "lora_name") or ()
            return Finished(dict(server.facts().facts()) | {"loras": len(loras)})
