"""Which device does the work, in which number format, and how many pictures it draws at once."""

from typing import Literal

import torch

from studio.core.errors import UserError

DeviceName = Literal["auto", "cuda", "mps", "cpu"]

# A picture's last bits depend on the size of the batch it was drawn in, not on its place or its company. So each class
# of device draws in batches of one fixed size, and a cell of a sheet is the same cell wherever it stands.
_PICTURES_AT_ONCE = {"cpu": 4, "mps": 2, "cuda": 8}
_TOKENS_AT_ONCE = {"cpu": 1024, "mps": 2048, "cuda": 8192}
_FEWEST_TOKENS = 16  # of 1 and 3 tokens a threaded CPU was seen to give a row other bits in another place


def choose_device(name: DeviceName = "auto") -> torch.device:
    """The named device, or the best one this machine has. UserError if it has no such device."""
    if name == "auto":
        return torch.device(next(kind for kind in ("cuda", "mps", "cpu") if _is_present(kind)))
    if not _is_present(name):
        raise UserError(f"This machine has no usable {name} device", "Choose auto or cpu.")
    return torch.device(name)


def working_dtype(device: torch.device) -> torch.dtype:
    """bfloat16 on CUDA, float32 elsewhere; float16 overflows in this model's residual stream."""
    return torch.bfloat16 if device.type == "cuda" else torch.float32


def pictures_at_once(device: torch.device, tokens: int) -> int:
    """The fixed batch for pictures of `tokens` 16 x 16 px patches: the device's own, less where pictures are large."""
    if tokens < _FEWEST_TOKENS:
        return 1
    return max(1, min(_PICTURES_AT_ONCE[device.type], _TOKENS_AT_ONCE[device.type] // tokens))


def _is_present(kind: str) -> bool:
    return {"cuda": torch.cuda.is_available, "mps": torch.backends.mps.is_available, "cpu": lambda: True}[kind]()
