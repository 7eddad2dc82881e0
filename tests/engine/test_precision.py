"""Number formats by recipe and device."""

import pytest
import torch

from studio.engine.precision import arithmetic, training_dtype


@pytest.mark.parametrize(
    ("precision", "device", "dtype"),
    [
        ("auto", "cpu", torch.float32),
        ("auto", "cuda", torch.bfloat16),
        ("bf16", "cpu", torch.bfloat16),
        ("fp32", "cuda", torch.float32),
    ],
)
def test_auto_follows_the_device_and_words_are_obeyed(precision: str, device: str, dtype: torch.dtype) -> None:
    assert training_dtype(precision, torch.device(device)) == dtype


def test_matrices_are_multiplied_in_the_asked_format() -> None:
    matrix = torch.ones(2, 2)
    with arithmetic(torch.device("cpu"), torch.bfloat16):
        assert (matrix @ matrix).dtype == torch.bfloat16
    with arithmetic(torch.device("cpu"), torch.float32):
        assert (matrix @ matrix).dtype == torch.float32
