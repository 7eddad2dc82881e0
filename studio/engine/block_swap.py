"""Keeps the frozen weights of the last blocks in main memory, and lends them to the device while their block runs.

A block runs once on the way forward, and once more on the way back, where gradient checkpointing computes it anew; so
hooks around its forward are all there is to it. What autograd holds for the backward pass of a block is its own until
that is done. The bits are those of a transformer that fits the card.
"""

from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn


@dataclass(frozen=True, slots=True, eq=False)
class _Visit:
    """A block's weights on the device; `arrival` is when the last of them is there, None if they are there already."""

    weights: list[Tensor]
    arrival: torch.cuda.Event | None


@dataclass(frozen=True, slots=True, eq=False)
class _Home:
    """A block's frozen parameters and their weights in main memory, page-locked for a CUDA card."""

    parameters: list[nn.Parameter]
    weights: list[Tensor]

    def hold(self, weights: list[Tensor]) -> None:
        for parameter, weight in zip(self.parameters, weights, strict=True):
            parameter.data = weight


class BlockSwap:
    """The last `count` blocks of `transformer`, swapped until `restore`; with 0 nothing is.

    What is trained stays on `device`. On CUDA the next block travels while one computes, so at most two are there.
    """

    def __init__(self, transformer: nn.Module, count: int, device: torch.device) -> None:
        blocks = list(transformer.transformer_blocks)
        swapped = blocks[max(0, len(blocks) - count):]
        self._device = device
        self._stream = torch.cuda.Stream(device) if device.type == "cuda" and swapped else None
        self._homes = [_home(block, device) for block in swapped]
        self._ahead: dict[int, _Visit] = {}
        self._last = -1
        self._hooks = [hook for place, block in enumerate(swapped) for hook in (
            block.register_forward_pre_hook(partial(self._enter, place)),
            block.register_forward_hook(partial(self._leave, place), always_call=True),  # checkpointing stops early
        )]

    def restore(self) -> None:
        """Brings all weights back to the device for good; a second call does nothing."""
        for hook in self._hooks:
            hook.remove()
        for home in self._homes:
            home.hold([weight.to(self._device) for weight in home.weights])
        self._hooks, self._homes = [], []
        self._ahead.clear()

    def _enter(self, place: int, *_: object) -> None:
        visit = self._ahead.pop(place, None) or self._visit(place)
        if visit.arrival is not None:
            here = torch.cuda.current_stream(self._device)
            here.wait_event(visit.arrival)
            for weight in visit.weights:
                weight.record_stream(here)  # or its memory would be given away while the block still reads it
        self._homes[place].hold(visit.weights)
        self._fetch_next(place)

    def _leave(self, place: int, *_: object) -> None:
        home = self._homes[place]
        home.hold(home.weights)

    def _fetch_next(self, place: int) -> None:
        """The way is upwards, until the same block comes twice: there it turns."""
        onwards = place > self._last or place == 0
        following, self._last = place + (1 if onwards else -1), place
        if self._stream and 0 <= following < len(self._homes) and following not in self._ahead:
            self._ahead.clear()
            self._ahead[following] = self._visit(following)

    def _visit(self, place: int) -> _Visit:
        with torch.cuda.stream(self._stream):
            weights = [weight.to(self._device, non_blocking=True, copy=True) for weight in self._homes[place].weights]
            return _Visit(weights, self._stream.record_event() if self._stream else None)


def _home(block: nn.Module, device: torch.device) -> _Home:
    """Moves a block's frozen weights out."""
    parameters = [each for each in block.parameters() if not each.requires_grad]
    weights = [each.data.cpu() for each in parameters]
    home = _Home(parameters, [weight.pin_memory() for weight in weights] if device.type == "cuda" else weights)
    home.hold(home.weights)
    return home
