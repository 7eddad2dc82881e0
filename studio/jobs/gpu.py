"""The one owner of the device's memory: lends the weights of one base model at a time."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from studio.core.events import Facts

if TYPE_CHECKING:
    from studio.engine.anima.checkpoint import Anima, BaseFiles


class Gpu:
    """Made and released in the thread that computes; torch is imported when the first weights are asked for."""

    def __init__(self, device: str = "auto") -> None:
        self._device = device
        self._files: BaseFiles | None = None
        self._precision = ""
        self._anima: Anima | None = None

    @contextmanager
    def resident(self, files: BaseFiles, precision: str = "auto") -> Iterator[Anima]:
        """The base model's weights, read only if they are not the ones that are there already.

        The borrower gives them back as they were, or calls `evict`. Precision is auto, bf16 or fp32.
        """
        if self._anima is None or (files, precision) != (self._files, self._precision):
            self.evict()
            self._anima = self._loaded(files, precision)
            self._files, self._precision = files, precision
        yield self._anima

    def evict(self) -> None:
        """Lets the weights go."""
        self._anima = self._files = None

    def facts(self) -> Facts:
        """What decides the last bits of a result, and is therefore written down with it."""
        import torch

        from studio.engine.gpu import choose_device, working_dtype

        device = choose_device(self._device)
        dtype = str(working_dtype(device)).removeprefix("torch.")
        return {"torch": torch.__version__, "device": device.type, "dtype": dtype, "threads": torch.get_num_threads(),
                "cpu": torch.backends.cpu.get_cpu_capability(), "python": platform.python_version(),
                "process": os.getpid()}

    def _loaded(self, files: BaseFiles, precision: str) -> Anima:
        from studio.engine.anima.checkpoint import load
        from studio.engine.gpu import choose_device
        from studio.engine.precision import training_dtype

        device = choose_device(self._device)
        return load(files, device, training_dtype(precision, device))
