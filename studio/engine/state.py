"""What a stopped run needs to go on exactly: two files in turn, each whole, the newest one that is sound wins.

A state is small, because training draws nothing from a running generator: the step says which pictures, noises and
times come next, so only the factors and the optimizer's moments have to be kept, in float32.
"""

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from studio.core.errors import UserError
from studio.engine.tensor_files import read_tensors, write_tensors

SLOTS = ("a.safetensors", "b.safetensors")


@dataclass(frozen=True, slots=True, eq=False)
class TrainState:
    """`step` steps are done. `fingerprint` stands for recipe, images and base; `machine` decides the last bits."""

    step: int
    tensors: Mapping[str, Tensor]
    fingerprint: str
    machine: Mapping[str, str] = field(default_factory=dict)


def machine_facts(device: torch.device, optimizer: str) -> dict[str, str]:
    """What must be equal for two runs to agree in every bit."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else platform.machine()
    return {
        "torch": torch.__version__,
        "device": f"{device.type} {name}",
        "cpu capability": torch.backends.cpu.get_cpu_capability(),
        "threads": str(torch.get_num_threads()),
        "optimizer": optimizer,
    }


def write_state(folder: Path, state: TrainState) -> Path:
    """Writes into the slot that does not hold the newest state, so that a sound one is on disk at every moment."""
    path = min((folder / slot for slot in SLOTS), key=_step_of)
    header = _header(state)
    write_tensors(path, state.tensors, {"state": header, "sha256": _checksum(header, state.tensors)})
    return path


def newest_state(folder: Path) -> TrainState | None:
    """The latest state whose checksum holds, or None."""
    for path in sorted((folder / slot for slot in SLOTS), key=_step_of, reverse=True):
        if state := read_state(path):
            return state
    return None


def read_state(path: Path) -> TrainState | None:
    """The state in this file, or None if it is missing, cut short or altered."""
    try:
        tensors, metadata = read_tensors(path)
        header = metadata["state"]
    except (UserError, KeyError):
        return None
    if metadata.get("sha256") != _checksum(header, tensors):
        return None
    return TrainState(tensors=tensors, **json.loads(header))


def differences(state: TrainState, machine: Mapping[str, str]) -> tuple[str, ...]:
    """In words, why the continuation may differ in its last bits from a run that was never stopped."""
    then = state.machine
    return tuple(f"{name} was {then.get(name)}, is {now}" for name, now in machine.items() if then.get(name) != now)


def _header(state: TrainState) -> str:
    facts = {"step": state.step, "fingerprint": state.fingerprint, "machine": dict(state.machine)}
    return json.dumps(facts, sort_keys=True)


def _checksum(header: str, tensors: Mapping[str, Tensor]) -> str:
    digest = hashlib.sha256(header.encode())
    for name, value in sorted(tensors.items()):
        digest.update(f"{name} {value.dtype} {tuple(value.shape)}".encode())
        digest.update(value.detach().to("cpu").contiguous().reshape(-1).view(torch.uint8).numpy())
    return digest.hexdigest()


def _step_of(path: Path) -> int:
    """The step a file says it holds; -1 for one that says nothing."""
    try:
        with safe_open(path, framework="pt") as file:
            return int(json.loads((file.metadata() or {})["state"])["step"])
    except (SafetensorError, OSError, KeyError, ValueError):
        return -1
