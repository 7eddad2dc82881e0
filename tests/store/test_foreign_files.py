"""Files that are no safetensors files: each is called what it is, and nothing in it is ever run."""

import pickle
from pathlib import Path

import pytest
import torch

from studio.core.errors import UserError
from studio.store.weight_header import read_entries

LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 4181923456\n"


class Trap:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self.mark,)


def refusal(path: Path) -> UserError:
    with pytest.raises(UserError) as refused:
        read_entries(path)
    assert str(path) in refused.value.what
    return refused.value


@pytest.mark.parametrize(("content", "said"), [
    (b"", "is empty"), (b"GGUF" + (3).to_bytes(4, "little") + (123).to_bytes(8, "little"), "is a GGUF file"),
    (LFS, "git-lfs pointer"), (b"<!DOCTYPE html><html><body>Log in</body></html>", "is a web page"),
    (b"\xef\xbb\xbf\n  <HTML lang=en>", "is a web page"), (b"\0" * 4096, "begins with zeros"),
    (b'{"error":"Access to this model is restricted"}', "is not a safetensors file"),
    (b"\xff" * 64, "is not a safetensors file"),
    (b"\x89PNG\r\n\x1a\n", "is not a safetensors file"), (b"x", "is not a safetensors file"),
])  # fmt: skip
def test_each_is_called_what_it_is(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(content)
    assert said in refusal(path).what and refusal(path).remedy.endswith(".")


def test_a_checkpoint_of_pytorch_is_named_and_not_opened(tmp_path: Path) -> None:
    torch.save({"a": torch.ones(2)}, tmp_path / "model.safetensors")
    assert "is a zip archive" in refusal(tmp_path / "model.safetensors").what
    torch.save({"a": torch.ones(2)}, tmp_path / "old.ckpt", _use_new_zipfile_serialization=False)
    assert "is a pickle" in refusal(tmp_path / "old.ckpt").what


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_a_pickle_never_runs(tmp_path: Path, protocol: int) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(pickle.dumps(Trap(tmp_path / "mark"), protocol=protocol))
    assert "is a pickle" in refusal(path).what and not (tmp_path / "mark").exists()
    pickle.loads(path.read_bytes())
    assert (tmp_path / "mark").exists()
