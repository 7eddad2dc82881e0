"""How full, how warm and how busy is the machine that computes?

Memory is told for every device. Temperature and load come from NVIDIA's own library where it is there, and are left out
where it is not.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

from studio.core.events import Telemetry
from studio.jobs.machine import ram_bytes

if TYPE_CHECKING:
    import torch

EVERY_S = 5.0


class Gauge:
    """Reads the machine now and then: a night of readings is a megabyte of journal."""

    def __init__(self, device: torch.device, clock: Callable[[], float] = time.monotonic) -> None:
        self._device, self._clock = device, clock
        self._read_at = float("-inf")
        self._peak = 0
        self._card = Card.of(device)

    def read(self) -> Telemetry | None:
        """What it is at; None as long as the last reading is fresh."""
        now = self._clock()
        if now - self._read_at < EVERY_S:
            return None
        self._read_at = now
        used, total, peak = _memory(self._device)
        self._peak = max(self._peak, used, peak)
        temperature, busy = self._card.look() if self._card else (None, None)
        return Telemetry(used, total, self._peak, temperature, busy)


@dataclass(frozen=True, slots=True)
class Card:
    """An NVIDIA card as its driver's library (NVML) knows it."""

    handle: object

    @classmethod
    def of(cls, device: torch.device) -> Card | None:
        """None for another device, and where the library or the driver is missing."""
        if device.type != "cuda":
            return None
        try:
            import pynvml
            import torch

            pynvml.nvmlInit()
            uuid = torch.cuda.get_device_properties(device).uuid  # numbers may be masked, this is the card's own
            return cls(pynvml.nvmlDeviceGetHandleByUUID(f"GPU-{uuid}"))
        except (ImportError, AttributeError):
            return None
        except pynvml.NVMLError:
            return None

    def look(self) -> tuple[float | None, float | None]:
        """(degrees Celsius, share of the time that it computed), None for what the driver does not tell."""
        import pynvml

        temperature = busy = None
        with suppress(pynvml.NVMLError):
            temperature = float(pynvml.nvmlDeviceGetTemperature(self.handle, pynvml.NVML_TEMPERATURE_GPU))
        with suppress(pynvml.NVMLError):
            busy = pynvml.nvmlDeviceGetUtilizationRates(self.handle).gpu / 100
        return temperature, busy


def _memory(device: torch.device) -> tuple[int, int, int]:
    """(held by this process, all there is, most that was held as far as the device knows) in bytes."""
    import torch

    if device.type == "cuda":
        return (torch.cuda.memory_reserved(device), torch.cuda.mem_get_info(device)[1],
                torch.cuda.max_memory_reserved(device))
    if device.type == "mps":
        return torch.mps.driver_allocated_memory(), torch.mps.recommended_max_memory(), 0
    return psutil.Process().memory_info().rss, ram_bytes()[1], 0
