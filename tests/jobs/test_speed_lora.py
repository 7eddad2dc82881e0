"""`turbo` means the one LoRA of that name beside the base; none and two are refused, and a file of that name wins."""

from pathlib import Path

import pytest

from studio.core.errors import UserError
from studio.engine.anima.files import BaseFiles
from studio.jobs.speed_lora import turbo_of, with_turbo


@pytest.fixture
def files(tmp_path: Path) -> BaseFiles:
    models = tmp_path / "ComfyUI" / "models"
    (models / "loras" / "speed").mkdir(parents=True)
    base = models / "diffusion_models" / "anima" / "base.safetensors"
    return BaseFiles(base, base, base, models, models)


def put(files: BaseFiles, name: str) -> Path:
    path = files.transformer.parents[2] / "loras" / name
    path.write_bytes(b"")
    return path


def test_the_turbo_lora_is_found_among_comfyuis_loras(files: BaseFiles) -> None:
    put(files, "mira.safetensors")
    turbo = put(files, "speed/Anima-Turbo-v0.2.safetensors")
    assert turbo_of(files) == turbo
    assert with_turbo([(Path("mira.safetensors"), 0.8), (Path("turbo"), 1.0)], files) == (
        (Path("mira.safetensors"), 0.8), (turbo, 1.0))


def test_without_one_the_flag_is_named(files: BaseFiles) -> None:
    with pytest.raises(UserError, match=r"No Turbo LoRA lies beside the base .*--lora FILE"):
        turbo_of(files)


def test_of_two_none_is_guessed(files: BaseFiles) -> None:
    put(files, "turbo-a.safetensors")
    put(files, "turbo-b.safetensors")
    with pytest.raises(UserError, match="turbo-a.safetensors and turbo-b.safetensors"):
        turbo_of(files)


def test_a_file_called_turbo_is_that_file(
    files: BaseFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("turbo").write_bytes(b"")
    assert with_turbo([(Path("turbo"), 1.0)], files) == ((Path("turbo"), 1.0),)
