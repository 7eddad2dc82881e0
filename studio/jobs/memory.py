"""How much memory a piece of work needed at its worst."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")  # Linux alone can forget a peak
_FORGET_PEAK = "5"
_PEAK, _NOW = "VmHWM", "VmRSS"


class PeakMemory:
    """Watches the body of a `with`: bytes of main memory and of the device's, each None where nobody can tell.

    Both count what the whole process holds, what it held before included: `before` says how much main memory that was.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self.before: int | None = None
        self.main: int | None = None
        self.on_device: int | None = None

    def __enter__(self) -> PeakMemory:
        self._can_forget = _forget_peak()
        self.before = _status(_NOW)
        if self._device.type == "cuda":
            import torch

            torch.cuda.reset_peak_memory_stats(self._device)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.main = _status(_PEAK) if self._can_forget else None
        if self._device.type == "cuda":
            import torch

            self.on_device = torch.cuda.max_memory_allocated(self._device)


def _forget_peak() -> bool:
    try:
        _RESET.write_text(_FORGET_PEAK)
    except OSError:
        return False
    return True


def _status(name: str) -> int | None:
    """Bytes of one line of the process's status, which counts in KiB."""
    try:
        lines = _STATUS.read_text().splitlines()
    except OSError:
        return None
    found = next((line.split()[1] for line in lines if line.startswith(f"{name}:")), None)
    return None if found is None else int(found) * 1024
