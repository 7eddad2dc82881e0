"""Headers of weight files: what safetensors writes is read, and what it would refuse is refused in one sentence."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from studio.core.errors import UserError
from studio.store.weight_header import Entry, quantised, read_entries

TENSORS = {"b": torch.ones(2, 3, dtype=torch.bfloat16), "a": torch.ones(5), "none": torch.ones(0, 4),
           "one": torch.tensor(1.0)}  # fmt: skip


def written(path: Path, header: object, body: bytes = b"") -> Path:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + body)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(UserError) as refused:
        read_entries(path)
    assert str(path) in refused.value.what
    return refused.value.what


def line(shape: object = (2,), start: object = 0, stop: object = 8, dtype: object = "F32") -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, stop]}


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    save_file(TENSORS, tmp_path / "whole.safetensors", {"format": "pt", "title": "Мира"})
    return tmp_path / "whole.safetensors"


def test_names_shapes_formats_and_places_are_those_of_the_file(whole: Path) -> None:
    entries = {entry.name: entry for entry in read_entries(whole)}
    assert {name: entry.shape for name, entry in entries.items()} == {k: tuple(v.shape) for k, v in TENSORS.items()}
    assert (entries["b"].dtype, entries["a"].dtype) == ("BF16", "F32")
    content = whole.read_bytes()
    assert content[entries["a"].start : entries["a"].stop] == TENSORS["a"].numpy().tobytes()
    assert max(entry.stop for entry in entries.values()) == len(content)


def test_entries_come_in_the_order_of_their_bytes(whole: Path) -> None:
    starts = [entry.start for entry in read_entries(whole)]
    assert starts == sorted(starts)


@pytest.mark.parametrize("kept", [1, 0.5, 0.02])
def test_a_file_cut_short_says_how_much_is_missing(whole: Path, kept: float) -> None:
    size = whole.stat().st_size
    left = size - 1 if kept == 1 else int(size * kept) + 9
    whole.write_bytes(whole.read_bytes()[:left])
    assert "is cut short" in refusal(whole) and f"{left:,}" in refusal(whole)


def test_bytes_that_no_tensor_owns_are_refused(whole: Path) -> None:
    whole.write_bytes(whole.read_bytes() + b"more")
    assert "4 bytes more than its header lists" in refusal(whole)


@pytest.mark.parametrize(("header", "why"), [
    ({"a": line(stop=4)}, "a has 4 bytes for [2] of F32"), ({"a": line(dtype="F32x")}, "unknown kind F32x"),
    ({"a": line(start=4, stop=12)}, "does not begin where"),
    ({"a": line(), "b": line(start=4, stop=12)}, "does not begin where"),
    ({"a": line(shape=[-2], stop=-8)}, "no sound size"), ({"a": line(shape=[True] * 2)}, "no sound size"),
    ({"a": line(shape=[2.0])}, "no sound size"), ({"a": line(shape=[2**70])}, "no sound size"),
    ({"a": line(shape=[1] * 100)}, "no sound size"), ({"a" * 2000: line()}, "no sound size"),
    ({"a": [1]}, "a is not described"),
    ({"__metadata__": {"format": 1}}, "free text"), ({"__metadata__": []}, "free text"),
    ({"a": {"dtype": "F32"}}, "shape"), ({"a": line(dtype=["F32"])}, "damaged header"),
    ({"a": line(start="0")}, "no sound size"),
    (b"{" + b'"a":[' * 5000, "damaged header"), (b"{\xff}", "damaged header"),
    (b'{"a": 1' + b"0" * 5000 + b"}", "damaged header"),
])  # fmt: skip
def test_a_header_that_cannot_be_true_is_refused(tmp_path: Path, header: object, why: str) -> None:
    said = refusal(written(tmp_path / "odd.safetensors", header, b"\0" * 8))
    assert why in said and "damaged header" in said


def test_a_header_without_tensors_is_an_empty_list(tmp_path: Path) -> None:
    assert read_entries(written(tmp_path / "none.safetensors", {"__metadata__": {"format": "pt"}})) == ()


def test_what_is_not_there_or_no_file_is_named(tmp_path: Path) -> None:
    assert "There is no file" in refusal(tmp_path / "gone.safetensors")
    assert "cannot be read" in refusal(tmp_path)


def test_only_plain_floats_are_not_quantised() -> None:
    kinds = ("F64", "F32", "F16", "BF16", "F8_E4M3", "I8", "U8", "F4")
    entries = [Entry(Path("x"), kind, kind, (1,), 0, 1) for kind in kinds]
    assert [entry.name for entry in quantised(entries)] == ["F8_E4M3", "I8", "U8", "F4"]
