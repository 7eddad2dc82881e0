"""In which number format a training step computes. The factors, their moments and the loss are float32 in any case."""

from contextlib import AbstractContextManager, nullcontext

import torch

from studio.engine.gpu import working_dtype

_DTYPES = {"bf16": torch.bfloat16, "fp32": torch.float32}


def training_dtype(precision: str, device: torch.device) -> torch.dtype:
    """The format of a recipe's `precision` ("auto", "bf16", "fp32") on this device, for the base and the arithmetic."""
    return _DTYPES.get(precision) or working_dtype(device)


def arithmetic(device: torch.device, dtype: torch.dtype) -> AbstractContextManager[object]:
    """Multiplies matrices in `dtype`, whatever format their weights are stored in."""
    if dtype == torch.float32:
        return nullcontext()
    return torch.autocast(device.type, dtype)
