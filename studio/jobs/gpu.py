"""The one owner of the device's memory: lends the weights of one base model at a time."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from studio.core.events import Event, Facts, Note
from studio.jobs.machine import ram_bytes

if TYPE_CHECKING:
    import torch

    from studio.engine.anima.checkpoint import Anima
    from studio.engine.anima.files import BaseFiles


Emit = Callable[[Event], None]


def _unheard(event: Event) -> None:
    """For a borrower who tells nobody."""


class Gpu:
    """Made and released in the thread that computes; torch is imported when the first weights are asked for."""

    def __init__(self, device: str = "auto") -> None:
        self._name = device
        self._files: BaseFiles | None = None
        self._precision = ""
        self._anima: Anima | None = None

    @contextmanager
    def resident(self, files: BaseFiles, precision: str = "auto", emit: Emit = _unheard) -> Iterator[Anima]:
        """The base model's weights, read only if they are not the ones that are there already.

        The borrower gives them back as they were, or calls `evict`. Precision is auto, bf16 or fp32. `emit` is told
        what a merged file holds besides, which stays unread.
        """
        if self._anima is None or (files, precision) != (self._files, self._precision):
            self.evict()
            self._anima = self._loaded(files, precision)
            self._files, self._precision = files, precision
        for sentence in self._anima.left_out:
            emit(Note(sentence))
        yield self._anima

    def evict(self) -> None:
        """Lets the weights go, and what the device keeps in reserve."""
        self._anima = self._files = None
        if (torch := sys.modules.get("torch")) and torch.cuda.is_initialized():
            torch.cuda.empty_cache()

    @property
    def device(self) -> torch.device:
        """The one that was asked for, or the best there is. Raises UserError if this machine has no such device."""
        from studio.engine.gpu import choose_device

        return choose_device(self._name)

    def dtype(self, precision: str = "auto") -> torch.dtype:
        """The format in which weights of this precision are held."""
        from studio.engine.precision import training_dtype

        return training_dtype(precision, self.device)

    def memory(self) -> tuple[int, int]:
        """(free, all) bytes for weights: the card's, or the machine's where the device has none of its own."""
        import torch

        free, total = ram_bytes()
        if self.device.type == "cuda":
            return torch.cuda.mem_get_info(self.device)
        if self.device.type == "mps":
            total = torch.mps.recommended_max_memory()
            return min(free, total - torch.mps.driver_allocated_memory()), total
        return free, total

    def facts(self, precision: str = "auto") -> Facts:
        """What decides the last bits of a result, and is therefore written down with it."""
        import torch

        device, dtype = self.device.type, str(self.dtype(precision)).removeprefix("torch.")
        return {"torch": torch.__version__, "device": device, "dtype": dtype, "threads": torch.get_num_threads(),
                "cpu": torch.backends.cpu.get_cpu_capability(), "python": platform.python_version(),
                "process": os.getpid()}

    def _loaded(self, files: BaseFiles, precision: str) -> Anima:
        from studio.engine.anima.checkpoint import load

        return load(files, self.device, self.dtype(precision))
