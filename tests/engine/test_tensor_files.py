"""Tensor files: the same content, the same bytes; readable by safetensors itself."""

from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file

from studio.core.errors import UserError
from studio.engine.tensor_files import cached_tensor, first_not_finite, read_tensors, tensor_bytes, write_tensors
from studio.store.atomic import replace_atomic

TENSORS = {"b": torch.arange(6.0).view(2, 3), "a": torch.ones(3, dtype=torch.bfloat16), "s": torch.tensor(2.5)}


def test_safetensors_reads_what_was_written(tmp_path: Path) -> None:
    write_tensors(tmp_path / "deep" / "t.safetensors", TENSORS, {"name": "Мира ✓"})
    found = load_file(tmp_path / "deep" / "t.safetensors")
    assert found.keys() == TENSORS.keys() and all(torch.equal(found[name], value) for name, value in TENSORS.items())
    with safe_open(tmp_path / "deep" / "t.safetensors", "pt") as file:
        assert file.metadata() == {"format": "pt", "name": "Мира ✓"}


def test_the_order_of_things_does_not_reach_the_bytes() -> None:
    metadata = {str(number): "x" for number in range(30)}
    backwards = dict(reversed(TENSORS.items())), dict(reversed(metadata.items()))
    assert tensor_bytes(TENSORS, metadata) == tensor_bytes(*backwards)


def test_the_header_text_is_sorted() -> None:
    raw = tensor_bytes(TENSORS, {"z": "1", "y": "2"})
    assert raw.index(b'"format"') < raw.index(b'"y"') < raw.index(b'"z"')


def test_a_transposed_tensor_is_written_as_it_looks(tmp_path: Path) -> None:
    write_tensors(tmp_path / "t.safetensors", {"t": TENSORS["b"].T}, {})
    assert torch.equal(read_tensors(tmp_path / "t.safetensors")[0]["t"], TENSORS["b"].T)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="gone.safetensors"):
        read_tensors(tmp_path / "gone.safetensors")


def test_two_who_make_the_same_tensor_at_once_do_not_touch_each_other_s_file(tmp_path: Path) -> None:
    path = tmp_path / "t.safetensors"

    def slow() -> torch.Tensor:
        """While this one is made, another run makes it, and is killed while it writes it once more."""
        assert torch.equal(cached_tensor(path, "b", lambda: TENSORS["b"]), TENSORS["b"])
        path.unlink()
        with replace_atomic(path, is_shared=True) as theirs:
            theirs.write_bytes(b"half of it")
            written.append(theirs)
            with replace_atomic(path, is_shared=True) as ours:
                ours.write_bytes(b"whole")
            assert theirs.read_bytes() == b"half of it"
        return TENSORS["b"]

    written: list[Path] = []
    assert torch.equal(cached_tensor(path, "b", slow), TENSORS["b"])
    assert written[0].name.endswith(".part") and [each.name for each in tmp_path.iterdir()] == [path.name]
    assert torch.equal(cached_tensor(path, "b", lambda: pytest.fail("it is there")), TENSORS["b"])


def test_numbers_that_are_not_finite_are_found() -> None:
    assert first_not_finite(TENSORS) is None
    assert first_not_finite({**TENSORS, "bad": torch.tensor([1.0, float("inf")])}) == "bad"
