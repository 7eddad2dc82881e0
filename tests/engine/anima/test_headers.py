"""Weights on their way from the file into memory."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny import write_tiny_base
from torch.utils._python_dispatch import TorchDispatchMode

from studio.core.errors import UserError
from studio.engine.anima.checkpoint import load
from studio.engine.anima.headers import read_header, read_tensors

FORMATS = (torch.float64, torch.float32, torch.float16, torch.bfloat16)


class Witness(TorchDispatchMode):
    """Remembers in which formats tensors come to be on a device."""

    def __init__(self, device: str) -> None:
        super().__init__()
        self.device, self.formats = device, set()

    def __torch_dispatch__(self, operator, types, args=(), kwargs=None):  # noqa: ANN001, ANN204
        result = operator(*args, **(kwargs or {}))
        if isinstance(result, torch.Tensor) and result.device.type == self.device:
            self.formats.add(result.dtype)
        return result


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    tensors = {str(dtype): torch.randn(3, 5).to(dtype) for dtype in FORMATS}
    save_file(tensors | {"one": torch.tensor(1.5), "none": torch.ones(0, 3)}, tmp_path / "mixed.safetensors")
    return tmp_path / "mixed.safetensors"


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_values_are_those_that_safetensors_reads(mixed: Path, dtype: torch.dtype) -> None:
    values = read_tensors(read_header(mixed).values(), torch.device("cpu"), dtype)
    expected = load_file(mixed)
    assert {entry.name: value.dtype for entry, value in values.items()} == dict.fromkeys(expected, dtype)
    assert all(torch.equal(value, expected[entry.name].to(dtype)) for entry, value in values.items())
    assert all(value.shape == expected[entry.name].shape for entry, value in values.items())


def test_values_outlive_the_file(mixed: Path) -> None:
    values = read_tensors(read_header(mixed).values(), torch.device("cpu"), torch.float32)
    before = {entry: value.clone() for entry, value in values.items()}
    mixed.write_bytes(b"\0" * mixed.stat().st_size)
    assert all(torch.equal(value, before[entry]) for entry, value in values.items())


def test_a_file_that_shrinks_between_header_and_weights_is_named(mixed: Path) -> None:
    entries = read_header(mixed).values()
    mixed.write_bytes(mixed.read_bytes()[:-40])
    with pytest.raises(UserError, match="mixed.safetensors was cut short while it was read"):
        read_tensors(entries, torch.device("cpu"), torch.float32)


def test_no_double_precision_ever_reaches_the_device(tmp_path: Path) -> None:
    """Another device stands in for MPS, which has no float64: what is made there is written down."""
    files = write_tiny_base(tmp_path)
    for path in (files.transformer, files.text_encoder, files.vae):
        save_file({name: value.double() for name, value in load_file(path).items()}, path)
    with Witness("meta") as seen:
        load(files, torch.device("meta"), torch.float32)
    assert torch.float32 in seen.formats and torch.float64 not in seen.formats
