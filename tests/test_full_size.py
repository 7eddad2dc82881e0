"""A base in the release's true shapes: loads strictly under each prefix, close to its own size in memory, and works."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from safetensors import safe_open

from tests.full_size import write_base, write_random, write_with_prefix

SCRIPT = Path(__file__).with_name("full_size.py")
PREFIXES = ("", "model.diffusion_model.", "diffusion_model.", "model.diffusion_model.net.")
MOST = 1.15  # of the files' size, at the peak of loading them in their own format


def measured(folder: Path, what: str) -> dict[str, float]:
    """What a fresh process tells."""
    said = subprocess.run([sys.executable, str(SCRIPT), str(folder), "--measure", what],
                          capture_output=True, text=True, check=True).stdout
    return json.loads(said.splitlines()[-1])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Gigabytes, so they are gone afterwards."""
    folder = tmp_path_factory.mktemp("full")
    write_base(folder, everything=True)
    yield folder
    for path in folder.rglob("*.safetensors"):
        path.unlink()


def test_what_is_written_piece_by_piece_is_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    write_random(path, {"net.a": (3, 2**23 + 1), "net.norm": (7,), "net.b.bias": ()})
    with safe_open(path, "pt") as file:
        assert file.get_tensor("net.a").float().std() == pytest.approx(1 / (2**23 + 1) ** 0.5, rel=0.01)
        assert file.get_tensor("net.norm").shape == (7,)


def test_another_prefix_changes_names_and_no_weight(tmp_path: Path) -> None:
    write_random(tmp_path / "x.safetensors", {"net.a": (3, 5), "net.b.c": (2,)})
    write_with_prefix(tmp_path / "x.safetensors", tmp_path / "y.safetensors", "model.net.")
    with safe_open(tmp_path / "x.safetensors", "pt") as x, safe_open(tmp_path / "y.safetensors", "pt") as y:
        assert set(y.keys()) == {"model.net.a", "model.net.b.c"}
        assert y.get_tensor("model.net.a").equal(x.get_tensor("net.a"))


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak of a process")
def test_it_loads_within_its_own_size_and_takes_a_step_of_each_kind(folder: Path) -> None:
    told = measured(folder, "steps")
    print(json.dumps(told))
    assert told["weights_bytes"] > 5 * 2**30 and told["peak_share"] <= MOST
    assert told["denoise_finite"] and told["loss"] > 0


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak of a process")
@pytest.mark.parametrize("prefix", PREFIXES)
def test_it_loads_under_every_prefix(folder: Path, tmp_path: Path, prefix: str) -> None:
    [source] = (folder / "diffusion_models").iterdir()
    (tmp_path / "diffusion_models").mkdir()
    for part in ("text_encoders", "vae", "tokenizers"):
        os.symlink(folder / part, tmp_path / part)
    target = tmp_path / "diffusion_models" / "other.safetensors"
    write_with_prefix(source, target, prefix)
    try:
        told = measured(tmp_path, "load")
    finally:
        target.unlink()
    print(json.dumps(told))
    assert told["peak_share"] <= MOST
