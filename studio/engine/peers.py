"""Several processes that train one run, on one machine or on more: how they meet, and how they speak.

Whoever started them, `accelerate launch` or the studio itself, says in the environment how many there are and which one
this is. The first leads. Words go by way of the CPU with the patience of a night, as the first may be drawing pictures;
numbers go from card to card.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import torch
import torch.distributed as together
from accelerate import PartialState
from accelerate.utils import check_cuda_p2p_ib_support
from torch import Tensor

from studio.core.errors import UserError, shown
from studio.core.seats import seat_in

_NIGHT = timedelta(days=30)
_MEETING = timedelta(minutes=30)
_LEAVE = -1


class Peers:
    """The processes of a run; `place` is this one's among `count`, from 0."""

    def __init__(self, state: PartialState) -> None:
        self._state = state
        self.count, self.place = state.num_processes, state.process_index
        self._words = together.new_group(backend="gloo", timeout=_NIGHT)

    @property
    def is_first(self) -> bool:
        return self.place == 0

    def tell(self, word: object = None) -> object:
        """What the first says, to each of them."""
        heard = [word]
        with _connected():
            together.broadcast_object_list(heard, src=0, group=self._words)
        return heard[0]

    def collect(self, word: object) -> list[object]:
        """What each of them says, in their order, for the first; nothing for the others."""
        words: list[object] = [None] * self.count if self.is_first else []
        with _connected():
            together.gather_object(word, words or None, dst=0, group=self._words)
        return words

    def ask(self, step: int, turn: int) -> None:
        """The first asks for its peers' part in a turn of a step."""
        with _connected():
            together.broadcast(torch.tensor((step, turn)), src=0, group=self._words)

    def asked(self) -> tuple[int, int] | None:
        """What the first asks for next; None when it lets this one go."""
        heard = torch.zeros(2, dtype=torch.int64)
        with _connected():
            together.broadcast(heard, src=0, group=self._words)
        step, turn = heard.tolist()
        return None if step == _LEAVE else (step, turn)

    def dismiss(self) -> None:
        """The first lets the others go."""
        self.ask(_LEAVE, 0)

    def spread(self, numbers: Tensor) -> Tensor:
        """The numbers of the first, for each of them."""
        with _connected():
            together.broadcast(numbers, src=0)
        return numbers

    def gather(self, numbers: Tensor) -> list[Tensor]:
        """The numbers of each, in their order, for the first; nothing for the others."""
        found = [torch.empty_like(numbers) for _ in range(self.count)] if self.is_first else []
        with _connected():
            together.gather(numbers, found or None, dst=0)
        return found

    def close(self) -> None:
        """Parts; this process may meet others afterwards."""
        self._state.destroy_process_group()
        PartialState._reset_state()


@contextmanager
def joined(device: torch.device) -> Iterator[Peers]:
    """Meets the processes that were started with this one. Raises UserError where one of them has no card."""
    _require_card(device)
    _know_the_wires(device)
    cpu = device.type == "cpu"
    with _connected():
        peers = Peers(PartialState(cpu=cpu, backend="gloo" if cpu else None, timeout=_MEETING))
    try:
        yield peers
    finally:
        peers.close()


def flat(tensors: Iterable[Tensor]) -> Tensor:
    """All numbers in a row."""
    return torch.cat([each.detach().reshape(-1) for each in tensors])


def _know_the_wires(device: torch.device) -> None:
    """Cards of the RTX 40 series cannot reach each other directly, which NCCL has to be told."""
    if device.type == "cuda" and not check_cuda_p2p_ib_support():
        for name in ("NCCL_P2P_DISABLE", "NCCL_IB_DISABLE"):
            os.environ.setdefault(name, "1")


def _require_card(device: torch.device) -> None:
    if device.type == "mps":
        raise UserError("Several processes train on CUDA cards or on the CPU only", "Leave --processes out.")
    if device.type == "cuda" and (local := seat_in(os.environ).local) >= torch.cuda.device_count():
        raise UserError(f"Process {local + 1} of this machine has no card: it has {torch.cuda.device_count()}",
                        "Ask for as many processes as there are cards.")


@contextmanager
def _connected() -> Iterator[None]:
    """torch says in many ways that another process is gone."""
    try:
        yield
    except RuntimeError as error:
        raise UserError(f"The processes of the run lost each other: {shown(str(error))}",
                        "Its log says what the others said; resume goes on from the last state.") from error
